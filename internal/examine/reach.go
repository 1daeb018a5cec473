package examine

import (
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

// explorer computes the results of the packs of one jurisdiction at the points
// of a grid. The facts outside of a question stay unknown: a result that holds
// then holds for every value of them.
type explorer struct {
	packs []*pack.Pack
	set   *rules.Set
	grid  *grid
}

func newExplorer(packs []*pack.Pack) (*explorer, error) {
	set, err := rules.NewSampleSet(packs...)
	if err != nil {
		return nil, err
	}
	g, err := gridOf(packs)
	if err != nil {
		return nil, err
	}
	return &explorer{packs: packs, set: set, grid: g}, nil
}

// dayFact is the fact that is tried day by day.
const dayFact = "on"

// days are those around which something in a regime begins or ends, if a rule
// is in force.
func (x *explorer) days(list ...*pack.Rule) []string {
	days := []string{"2000-01-01", "2100-01-01"}
	for _, p := range x.packs {
		for _, r := range p.Compiled() {
			for _, d := range []string{r.From, r.To} {
				if pack.ValidDay(d) {
					days = append(days, dayAfter(d, -1), d, dayAfter(d, 1))
				}
			}
		}
	}
	slices.Sort(days)
	return slices.DeleteFunc(slices.Compact(days), func(d string) bool {
		return slices.ContainsFunc(list, func(r *pack.Rule) bool { return !r.Span().InForce(d) })
	})
}

// where calls visit at each point, on each day, where all of some rules surely
// hold, until it returns false. It reports whether the grid had a point for
// everything that the rules can distinguish.
func (x *explorer) where(visit func(*rules.Probe) bool, list ...*pack.Rule) (complete bool) {
	var facts []string
	for _, r := range list {
		if r.Withdrawn != "" || open(r.Pack, r.Asks()) {
			return false
		}
		facts = append(facts, r.Facts()...)
	}
	slices.Sort(facts)
	facts = slices.Compact(facts)
	if !x.grid.covers(facts) {
		return false
	}
	facts = slices.DeleteFunc(facts, func(name string) bool { return name == dayFact })
	complete, more := true, true
	for _, day := range x.days(list...) {
		probe := x.set.Probe(day)
		complete = x.grid.points(facts, probe.Give, func() bool {
			if slices.ContainsFunc(list, func(r *pack.Rule) bool { return !probe.Holds(r) }) {
				return true
			}
			more = visit(probe)
			return more
		})
		if !complete || !more {
			break
		}
	}
	return complete
}

// open reports whether names lead to something that no point of a grid decides:
// a list, a switch, a number that is not known.
func open(p *pack.Pack, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		switch n, _ := p.Name(name); n.Kind {
		case pack.ListName, pack.SwitchName:
			return true
		case pack.NumberName:
			return len(n.Values) == 0
		case pack.DefinitionName:
			return open(p, n.Refs)
		}
		return false
	})
}

// unreached are the rules of a regime that no point of the grid reaches: the
// condition never holds, or an earlier pathway rule holds wherever it holds. The
// text says which, and names an earlier rule.
func (x *explorer) unreached(r *rules.Regime) map[dataspace.RuleID]string {
	out := map[dataspace.RuleID]string{}
	for _, list := range [][]*pack.Rule{r.Pathways, r.Bars, r.Obligations, r.Notes} {
		for _, one := range list {
			if why := x.never(r, one); why != "" {
				out[one.ID] = why
			}
		}
	}
	return out
}

func (x *explorer) never(r *rules.Regime, one *pack.Rule) string {
	holds, reached := false, false
	var by dataspace.RuleID
	complete := x.where(func(probe *rules.Probe) bool {
		holds = true
		reached = true
		for _, other := range r.Pathways {
			if one.Kind != pack.PathwayRule || other == one {
				break
			}
			if probe.Holds(other) {
				reached, by = false, other.ID
				break
			}
		}
		return !reached
	}, one)
	switch {
	case !complete || reached:
		return ""
	case !holds:
		return "its condition never holds"
	}
	return fmt.Sprintf("wherever it holds an earlier rule does, %s for one", by)
}

// clash is two pathway rules that hold for one flow with different results,
// from packs that do not overlay each other.
type clash struct{ first, second *pack.Rule }

// clashes lists those for which a point of the grid shows that only the order
// decides.
func (x *explorer) clashes(r *rules.Regime) []clash {
	var out []clash
	for i, a := range r.Pathways {
		for _, b := range r.Pathways[i+1:] {
			if !unrelated(a.Pack, b.Pack) || a.Pathway == b.Pathway && slices.Equal(a.Demands, b.Demands) || !a.Span().Overlaps(b.Span()) {
				continue
			}
			met := false
			x.where(func(probe *rules.Probe) bool {
				met = !slices.ContainsFunc(r.Pathways[:i], probe.Holds)
				return !met
			}, a, b)
			if met {
				out = append(out, clash{a, b})
			}
		}
	}
	return out
}

// unrelated reports whether neither of two packs names the other.
func unrelated(p, q *pack.Pack) bool {
	return p.Ref().ID != q.Ref().ID && p.Overlays() != q.Ref().ID && q.Overlays() != p.Ref().ID
}
