package clear

import (
	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// PersonalByPlan reports whether any data that leaves under the plan is about
// people. It returns nil if the plan does not show it.
func PersonalByPlan(known *element.Taxonomy, plan dataspace.Plan) *bool {
	answer := new(bool)
	for _, c := range plan.Columns {
		if c.Action == dataspace.Drop {
			continue
		}
		if c.Element == nil {
			answer = nil // the other side has not named the element of the column
			continue
		}
		e, ok := known.Lookup(*c.Element)
		switch {
		case ok && e.Personal == element.PersonalYes:
			yes := true
			return &yes
		case !ok || e.Personal == element.PersonalContext:
			answer = nil
		}
	}
	return answer
}
