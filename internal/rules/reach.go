package rules

import (
	"fmt"
	"slices"

	"cel.dev/cel-go/common/types"

	"hutong/internal/dataspace"
)

// explorer asks what packs of one jurisdiction would say at the points of a
// grid. The facts that a question does not name stay unknown: what then surely
// holds, holds whatever they are.
type explorer struct {
	set  *Set
	grid *grid
}

func newExplorer(packs []*Pack) (*explorer, error) {
	set, err := NewSampleSet(packs...)
	if err != nil {
		return nil, err
	}
	set.narrowed = nil // nothing is left out
	return &explorer{set: set, grid: gridOf(packs)}, nil
}

var onFact = variableIndex["on"]

// days are those around which something in a regime begins or ends, as far as
// a rule is in force.
func (x *explorer) days(rules ...entry) []string {
	days := []string{"2000-01-01", "2100-01-01"}
	for _, p := range x.set.packs {
		for _, r := range p.rules {
			for _, d := range []string{r.From, r.To} {
				if validDay(d) {
					days = append(days, dayAfter(d, -1), d, dayAfter(d, 1))
				}
			}
		}
	}
	slices.Sort(days)
	return slices.DeleteFunc(slices.Compact(days), func(d string) bool {
		return slices.ContainsFunc(rules, func(r entry) bool { return !inForce(r.From, r.To, d) })
	})
}

// where calls visit at each point, on each day, where all of some rules surely
// hold, until it returns false. It reports whether the grid had a point for
// whatever the rules can tell apart.
func (x *explorer) where(visit func(*evaluation) bool, rules ...entry) (complete bool) {
	var facts []int
	for _, r := range rules {
		if r.Withdrawn != "" || r.pack.open(slices.Concat(r.when.refs, r.pack.sides[r.Side].refs)) {
			return false
		}
		facts = append(facts, x.factsOf(r)...)
	}
	slices.Sort(facts)
	facts = slices.Compact(facts)
	if !x.grid.covers(facts) {
		return false
	}
	if slices.Contains(facts, onFact) {
		facts = slices.DeleteFunc(facts, func(i int) bool { return i == onFact }) // days are gone through below
	}
	complete, more := true, true
	for _, day := range x.days(rules...) {
		e := x.set.begin(&dataspace.Facts{On: day})
		for i := range e.scopes {
			e.scopes[i].open = true
		}
		e.change(onFact, types.String(day))
		complete = x.grid.points(facts, e.change, func() bool {
			for _, r := range rules {
				if e.holds(r).truth != yes {
					return true
				}
			}
			more = visit(e)
			return more
		})
		if !complete || !more {
			break
		}
	}
	return complete
}

// open reports whether names lead to what no point of a grid settles: a list, a
// switch, a number that is not known.
func (p *Pack) open(names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool {
		switch at := p.names[n]; at.kind {
		case listSlot, switchSlot:
			return true
		case numberSlot:
			return p.numbers[at.index].yaml.Value == nil
		case defineSlot:
			return p.open(p.define[at.index].refs)
		}
		return false
	})
}

// factsOf are the facts that a rule and its pack's applying hang on.
func (x *explorer) factsOf(r entry) []int {
	var out []int
	for i := range variables {
		if r.reads.has(i) {
			out = append(out, i)
		}
	}
	return out
}

// unreached are the rules of a regime that no point of the grid reaches: the
// condition never holds, or an earlier pathway rule holds wherever it does. The
// second result names that one, where there is a single one.
func (x *explorer) unreached(r *regime) map[dataspace.RuleID]string {
	out := map[dataspace.RuleID]string{}
	for _, list := range [][]entry{r.pathways, r.bars, r.obligations, r.notes} {
		for _, e := range list {
			if why := x.never(r, e); why != "" {
				out[e.ID] = why
			}
		}
	}
	return out
}

func (x *explorer) never(r *regime, e entry) string {
	holds, reached := false, false
	var by dataspace.RuleID
	complete := x.where(func(ev *evaluation) bool {
		holds = true
		reached = true
		for _, other := range r.pathways {
			if e.kind != pathwayRule || other.rule == e.rule {
				break
			}
			if ev.holds(other).truth == yes {
				reached, by = false, other.ID
				break
			}
		}
		return !reached
	}, e)
	switch {
	case !complete || reached:
		return ""
	case !holds:
		return "its condition never holds"
	}
	return fmt.Sprintf("wherever it holds an earlier rule does, %s for one", by)
}

// clash is two pathway rules that hold of one flow and say different things,
// of packs neither of which is meant to lie over the other.
type clash struct{ first, second entry }

// clashes lists those of which a point of the grid shows that the order decides
// and nothing else.
func (x *explorer) clashes(r *regime) []clash {
	var out []clash
	for i, a := range r.pathways {
		for _, b := range r.pathways[i+1:] {
			if !x.strangers(a, b) || a.Pathway == b.Pathway && slices.Equal(a.Demands, b.Demands) || !overlap(a.span(), b.span()) {
				continue
			}
			met := false
			x.where(func(e *evaluation) bool {
				met = !slices.ContainsFunc(r.pathways[:i], func(other entry) bool { return e.holds(other).truth == yes })
				return !met
			}, a, b)
			if met {
				out = append(out, clash{a, b})
			}
		}
	}
	return out
}

// strangers reports whether two rules are of packs that do not know each other.
func (x *explorer) strangers(a, b entry) bool {
	p, q := &a.pack.yaml, &b.pack.yaml
	return p.ID != q.ID && p.Overlays != q.ID && q.Overlays != p.ID
}
