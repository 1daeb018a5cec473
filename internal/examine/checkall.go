package examine

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

// CheckAll checks each pack as Check does, and all of them together: whether
// they can be one set, rules that no flow reaches, and packs of one
// jurisdiction with different results for the same flow. It also finds an
// obligation or a kind of instrument that two packs describe. The findings are
// by pack; a finding about two packs is listed under the later one.
func CheckAll(packs []*pack.Pack) map[dataspace.PackID][]Finding {
	out := make(map[dataspace.PackID][]Finding, len(packs))
	byPlace := map[dataspace.Jurisdiction][]*pack.Pack{}
	for _, p := range packs {
		out[p.Ref().ID] = append(out[p.Ref().ID], Check(p)...)
		byPlace[p.Jurisdiction()] = append(byPlace[p.Jurisdiction()], p)
	}
	a := &assembly{out: out}
	a.together(packs)
	a.instruments(packs)
	for _, place := range slices.Sorted(maps.Keys(byPlace)) {
		a.jurisdiction(byPlace[place])
	}
	return out
}

// assembly collects the findings about several packs together.
type assembly struct {
	out map[dataspace.PackID][]Finding
}

func (a *assembly) find(p *pack.Pack, rule dataspace.RuleID, code, format string, args ...any) {
	a.out[p.Ref().ID] = append(a.out[p.Ref().ID], Finding{rule, code, fmt.Sprintf(format, args...)})
}

// together finds what stops the packs from forming one set. A pack that
// overlays one outside of the list was loaded together with it.
func (a *assembly) together(packs []*pack.Pack) {
	_, err := rules.NewSampleSet(withBases(packs)...)
	for _, err := range eachOf(err) {
		var p *dataspace.Problem
		if !errors.As(err, &p) {
			continue
		}
		for _, pack := range packs {
			if p.Place == string(pack.Ref().ID) || slices.Contains(pack.RuleIDs(), dataspace.RuleID(p.Place)) {
				a.find(pack, "", p.Code, "%s %s", p.Place, p.Message)
			}
		}
	}
}

func eachOf(err error) []error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		return many.Unwrap()
	}
	return []error{err}
}

// withBases adds the packs that others overlay.
func withBases(packs []*pack.Pack) []*pack.Pack {
	out := slices.Clone(packs)
	for _, p := range packs {
		if p.Base() != nil && !slices.ContainsFunc(out, func(q *pack.Pack) bool { return q.Ref().ID == p.Base().Ref().ID }) {
			out = append(out, p.Base())
		}
	}
	return out
}

// instruments finds kinds that two packs describe in different ways: a flow
// would get one of the two descriptions by chance.
func (a *assembly) instruments(packs []*pack.Pack) {
	first := map[string]*pack.Pack{}
	for _, p := range packs {
		for _, kind := range sorted(p.Document().Instruments) {
			other, ok := first[kind]
			if !ok {
				first[kind] = p
				continue
			}
			x, y := other.Document().Instruments[kind], p.Document().Instruments[kind]
			if x.Name != y.Name || x.Years != y.Years || !reflect.DeepEqual(x.Renew, y.Renew) || !reflect.DeepEqual(x.Triggers, y.Triggers) {
				a.find(p, dataspace.RuleID("instrument."+kind), "set.instrument", "is described differently in %s", other.Ref().ID)
			}
		}
	}
}

func (a *assembly) jurisdiction(packs []*pack.Pack) {
	a.obligations(packs)
	x, err := newExplorer(withBases(packs))
	if err != nil {
		return // together has reported why
	}
	for _, r := range x.set.Regimes() {
		never := x.unreached(&r)
		for _, p := range packs {
			for _, ru := range p.Compiled() {
				if why, ok := never[ru.ID]; ok && ru.Side == r.Side {
					a.find(p, ru.ID, "rule.unreached", "%s", why)
				}
			}
		}
		for _, c := range x.clashes(&r) {
			if slices.Contains(packs, c.second.Pack) {
				a.find(c.second.Pack, c.second.ID, "set.conflict", "says %s where %s of %s says %s, and only their order decides",
					c.second.Pathway, c.first.ID, c.first.Pack.Ref().ID, c.first.Pathway)
			}
		}
	}
}

// obligations finds ids that two packs define on one side: only one of the two
// would ever be demanded.
func (a *assembly) obligations(packs []*pack.Pack) {
	first := map[string]*pack.Rule{}
	for _, p := range packs {
		for _, r := range p.Compiled() {
			if r.Obligation == nil {
				continue
			}
			key := string(r.Side) + " " + r.Obligation.ID
			if other, ok := first[key]; ok && other.Pack != p {
				a.find(p, r.ID, "set.obligation", "obligation %s is also in %s", r.Obligation.ID, other.Pack.Ref().ID)
			}
			first[key] = r
		}
	}
}
