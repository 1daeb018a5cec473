package rules

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"hutong/internal/dataspace"
)

// CheckAll checks each pack as Check does, and all of them together: whether
// they can be one set, rules that no flow reaches, packs of one jurisdiction
// that say different things of the same flow, an obligation or a kind of
// instrument that two packs describe. The findings are by pack; a finding about
// two packs stands at the later one.
func CheckAll(packs []*Pack) map[dataspace.PackID][]Finding {
	out := make(map[dataspace.PackID][]Finding, len(packs))
	byPlace := map[dataspace.Jurisdiction][]*Pack{}
	for _, p := range packs {
		out[p.yaml.ID] = append(out[p.yaml.ID], p.Check()...)
		byPlace[p.yaml.Jurisdiction] = append(byPlace[p.yaml.Jurisdiction], p)
	}
	a := &assembly{out: out}
	a.together(packs)
	a.instruments(packs)
	for _, place := range slices.Sorted(keysOf(byPlace)) {
		a.jurisdiction(byPlace[place])
	}
	return out
}

func keysOf[K comparable, V any](m map[K]V) func(func(K) bool) {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// assembly collects what is found about packs beside each other.
type assembly struct {
	out map[dataspace.PackID][]Finding
}

func (a *assembly) find(p *Pack, rule dataspace.RuleID, code, format string, args ...any) {
	a.out[p.yaml.ID] = append(a.out[p.yaml.ID], Finding{rule, code, fmt.Sprintf(format, args...)})
}

// together finds what keeps the packs from being one set. One that lies over a
// pack which is not among them was loaded beside it.
func (a *assembly) together(packs []*Pack) {
	_, err := NewSampleSet(withBases(packs)...)
	for _, err := range eachOf(err) {
		var p *dataspace.Problem
		if !errors.As(err, &p) {
			continue
		}
		for _, pack := range packs {
			if p.Place == string(pack.yaml.ID) || slices.Contains(pack.ruleIDs(), dataspace.RuleID(p.Place)) {
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

// withBases adds the packs that others lie over.
func withBases(packs []*Pack) []*Pack {
	out := slices.Clone(packs)
	for _, p := range packs {
		if p.base != nil && !slices.ContainsFunc(out, func(q *Pack) bool { return q.yaml.ID == p.base.yaml.ID }) {
			out = append(out, p.base)
		}
	}
	return out
}

// instruments finds kinds that two packs describe in different ways: a flow
// would be told one of the two by accident.
func (a *assembly) instruments(packs []*Pack) {
	first := map[string]*Pack{}
	for _, p := range packs {
		for _, kind := range sortedKeys(p.yaml.Instruments) {
			other, ok := first[kind]
			if !ok {
				first[kind] = p
				continue
			}
			x, y := other.yaml.Instruments[kind], p.yaml.Instruments[kind]
			if x.Name != y.Name || x.Years != y.Years || !reflect.DeepEqual(x.Renew, y.Renew) || !reflect.DeepEqual(x.Triggers, y.Triggers) {
				a.find(p, dataspace.RuleID("instrument."+kind), "set.instrument", "is described otherwise in %s", other.yaml.ID)
			}
		}
	}
}

func (a *assembly) jurisdiction(packs []*Pack) {
	a.obligations(packs)
	x, err := newExplorer(withBases(packs))
	if err != nil {
		return // together has found why
	}
	for _, r := range x.set.regimes {
		never := x.unreached(r)
		for _, p := range packs {
			for _, ru := range p.rules {
				if why, ok := never[ru.ID]; ok && ru.Side == r.side {
					a.find(p, ru.ID, "rule.unreached", "%s", why)
				}
			}
		}
		for _, c := range x.clashes(r) {
			if slices.Contains(packs, c.second.pack) {
				a.find(c.second.pack, c.second.ID, "set.conflict", "says %s where %s of %s says %s, and only their order decides",
					c.second.Pathway, c.first.ID, c.first.pack.yaml.ID, c.first.Pathway)
			}
		}
	}
}

// obligations finds ids that two packs define on one side: only one of the two
// would ever be demanded.
func (a *assembly) obligations(packs []*Pack) {
	first := map[string]*rule{}
	for _, p := range packs {
		for _, r := range p.rules {
			if r.Obligation == nil {
				continue
			}
			key := string(r.Side) + " " + r.Obligation.ID
			if other, ok := first[key]; ok && other.pack != p {
				a.find(p, r.ID, "set.obligation", "obligation %s is also in %s", r.Obligation.ID, other.pack.yaml.ID)
			}
			first[key] = r
		}
	}
}
