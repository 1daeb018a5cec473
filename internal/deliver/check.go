package deliver

import (
	"errors"
	"fmt"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/table"
)

// The forms that generalise can produce.
const (
	toYear  = "year"
	toMonth = "month"
	toGrid  = "grid"
)

// The parameters of a minimum treatment whose rule names only an action.
const (
	defaultLength = 6   // of an address: province and city
	defaultGrid   = 0.1 // degrees: about 11 km
	maxGrid       = 90
)

// Check checks a finished plan. The plan names every column of schema once and
// no other column, its parameters are valid, and each column is treated at
// least as strictly as the law asks for its element. Check reports all errors
// together, each as a *dataspace.Problem: dataspace.ErrDenied for a column
// treated too loosely, else dataspace.ErrInvalid.
//
// The plan says by itself what each column is. It does not say what a column of
// free text contains: check a plan that comes from outside with CheckProfile.
func (l Law) Check(plan dataspace.Plan, schema table.Schema) error {
	names := make([]string, len(schema.Fields))
	for i, f := range schema.Fields {
		names[i] = f.Name
	}
	errs := checkNames(plan, names)
	for _, c := range plan.Columns {
		if err := checkColumn(c); err != nil {
			errs = append(errs, err)
			continue
		}
		var could []dataspace.ElementID
		if c.Element != nil {
			could = append(could, *c.Element)
		}
		if floor := l.floorFor(c.Name, c.Element, could); !atLeast(c, floor) {
			errs = append(errs, tooLoose(c, floor))
		}
	}
	return errors.Join(append(errs, checkWhole(plan)...)...)
}

// CheckProfile checks a plan as Check does, but takes the elements of each
// column from the profile and not from the plan.
func (l Law) CheckProfile(plan dataspace.Plan, p dataspace.Profile) error {
	errs := checkNames(plan, columnNames(p))
	for _, c := range plan.Columns {
		if err := checkColumn(c); err != nil {
			errs = append(errs, err)
			continue
		}
		found, ok := p.Column(c.Name)
		if !ok {
			continue // reported by checkNames
		}
		if floor := l.floorOf(found); !atLeast(c, floor) {
			errs = append(errs, tooLoose(c, floor))
		}
	}
	return errors.Join(append(errs, checkWhole(plan)...)...)
}

func checkNames(plan dataspace.Plan, names []string) []error {
	var errs []error
	seen := make(map[string]bool, len(plan.Columns))
	known := make(map[string]bool, len(names))
	for _, n := range names {
		known[n] = true
	}
	for _, c := range plan.Columns {
		switch {
		case !known[c.Name]:
			errs = append(errs, unknownColumn(c.Name, names))
		case seen[c.Name]:
			errs = append(errs, &dataspace.Problem{
				Kind: dataspace.ErrInvalid, Code: "plan.column.twice", Place: "column " + c.Name,
				Message: "the plan names it twice", Hint: "name each column once",
			})
		}
		seen[c.Name] = true
	}
	for _, n := range names {
		if !seen[n] {
			errs = append(errs, &dataspace.Problem{
				Kind: dataspace.ErrInvalid, Code: "plan.column.missing", Place: "column " + n,
				Message: "the plan does not say what happens to it", Hint: "name every column; use drop for a column that must not leave",
			})
		}
	}
	return errs
}

// checkWhole checks what concerns the plan as a whole.
func checkWhole(plan dataspace.Plan) []error {
	var errs []error
	switch plan.Format {
	case "csv", "jsonl", "parquet":
	default:
		errs = append(errs, &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "plan.format", Place: "format",
			Message: fmt.Sprintf("unknown format %q", plan.Format), Hint: "use csv, jsonl or parquet",
		})
	}
	for _, c := range plan.Columns {
		if c.Action != dataspace.Drop {
			return errs
		}
	}
	return append(errs, &dataspace.Problem{
		Kind: dataspace.ErrDenied, Code: "plan.empty", Place: "plan",
		Message: "every column is dropped, so nothing would be delivered",
		Hint:    "send a dataset that has columns which may leave",
	})
}

// checkColumn checks action and parameters. It refuses a parameter of another
// action, because that parameter would have no effect.
func checkColumn(c dataspace.ColumnPlan) error {
	wrong := func(message, hint string) error {
		return &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "plan.column.parameter", Place: "column " + c.Name, Message: message, Hint: hint,
		}
	}
	rest := c
	switch c.Action {
	case dataspace.Keep, dataspace.Pseudonymise, dataspace.Drop:
	case dataspace.Truncate:
		rest.Length = 0
		if c.Length < 1 {
			return wrong("truncate needs a length of at least 1", "set length to the number of characters to keep")
		}
	case dataspace.Mask:
		rest.First, rest.Last = 0, 0
		if c.First < 0 || c.Last < 0 {
			return wrong("mask cannot keep fewer than 0 characters", "set first and last to 0 or more")
		}
	case dataspace.Generalise:
		rest.To, rest.Grid = "", 0
		switch {
		case c.To == toGrid && !(c.Grid > 0 && c.Grid <= maxGrid):
			return wrong("the grid must be more than 0 and at most 90 degrees", "set grid, for example 0.1")
		case c.To != toGrid && c.Grid != 0:
			return wrong("grid is set, but the action does not use a grid", "set to: grid")
		case c.To != toGrid && c.To != toYear && c.To != toMonth:
			return wrong(fmt.Sprintf("generalise does not know %q", c.To), "set to: year, month or grid")
		}
	default:
		return &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "plan.action", Place: "column " + c.Name,
			Message: fmt.Sprintf("unknown action %q", c.Action),
			Hint:    "use keep, truncate, generalise, mask, pseudonymise or drop",
		}
	}
	if !bare(rest) {
		return wrong(string(c.Action)+" does not use all the parameters given", "remove those of other actions")
	}
	return nil
}

const middle = 2

// severity orders actions; 0 is an unknown action.
func severity(a dataspace.Action) int {
	switch a {
	case dataspace.Keep:
		return 1
	case dataspace.Truncate, dataspace.Generalise, dataspace.Mask, dataspace.Pseudonymise:
		return middle
	case dataspace.Drop:
		return 3
	}
	return 0
}

// atLeast reports whether c treats a column at least as strictly as floor.
func atLeast(c, floor dataspace.ColumnPlan) bool {
	if c.Action != floor.Action {
		return severity(c.Action) > severity(floor.Action)
	}
	switch c.Action {
	case dataspace.Truncate:
		return c.Length <= floor.Length
	case dataspace.Mask:
		return c.First <= floor.First && c.Last <= floor.Last
	case dataspace.Generalise:
		if c.To == toGrid || floor.To == toGrid {
			return c.To == floor.To && c.Grid >= floor.Grid
		}
		return c.To == toYear || floor.To == toMonth
	}
	return true
}

// bare reports whether the action has no parameter.
func bare(c dataspace.ColumnPlan) bool {
	return c.Length == 0 && c.First == 0 && c.Last == 0 && c.To == "" && c.Grid == 0
}

func sameTreatment(a, b dataspace.ColumnPlan) bool {
	return a.Action == b.Action && a.Length == b.Length && a.First == b.First && a.Last == b.Last && a.To == b.To && a.Grid == b.Grid
}

// withDefaults fills in the parameters of an action that was given without any.
// The same values are the loosest that a minimum of that action allows.
func (l Law) withDefaults(c dataspace.ColumnPlan) dataspace.ColumnPlan {
	c.Length, c.First, c.Last, c.To, c.Grid = 0, 0, 0, "", 0
	switch c.Action {
	case dataspace.Truncate:
		c.Length = defaultLength
	case dataspace.Mask:
		c.First, c.Last = l.maskDefault(c.Element)
	case dataspace.Generalise:
		c.To = toYear
		if l.isPosition(c.Element) {
			c.To, c.Grid = toGrid, defaultGrid
		}
	}
	return c
}

// maskDefault keeps what is usual for the kind of value: the first three and
// last four characters of a number, the first character of a name or address.
func (l Law) maskDefault(id *dataspace.ElementID) (first, last int) {
	e, ok := l.element(id)
	if !ok {
		return 1, 0
	}
	phone := strings.HasPrefix(string(e.ID), "mobile") || strings.HasPrefix(string(e.ID), "phone")
	if phone || e.Group == "gov_id" || e.Group == "financial" {
		return 3, 4
	}
	return 1, 0
}

// isPosition reports whether the element's values are coordinates.
func (l Law) isPosition(id *dataspace.ElementID) bool {
	e, ok := l.element(id)
	return ok && (e.Group == "location" || e.Has(element.Position))
}
