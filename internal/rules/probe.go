package rules

import (
	"slices"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// This file gives results rule by rule to packages that examine packs.

// Effective lists the rules with their full effect on a flow: the pathway that
// one rule alone chose, or may lead to by a text that is missing, the bars and
// obligations that surely hold, the notes, and the treatments.
func (s *Set) Effective(f dataspace.Facts) []dataspace.RuleID {
	e := s.evaluation(&f)
	defer e.release()
	var ids []dataspace.RuleID
	for _, o := range e.judge.run().regimes {
		for _, sp := range o.spoken {
			if (!sp.wide || sp.rule.Perhaps) && sp.answer.Truth == pack.Yes {
				ids = append(ids, sp.rule.ID)
			}
		}
	}
	for _, h := range e.known.handling() {
		if !slices.Contains(ids, h.Rule) {
			ids = append(ids, h.Rule)
		}
	}
	return ids
}

// WithList returns the set with another list for a pack; nil is none. The new set
// keeps nothing for many flows between two places: it is for few flows.
func (s *Set) WithList(p *pack.Pack, list *pack.ItemList) *Set {
	out := s.changed(func(l *law) { l.lists = map[*pack.Pack]*pack.ItemList{p: list} })
	out.narrowed = nil
	out.facts = factsOf(&out.law, s.elements)
	return out
}

// Regime has the rules of all packs of a set for one jurisdiction on one side.
type Regime struct {
	Jurisdiction dataspace.Jurisdiction
	Side         dataspace.Side
	Pathways     []*pack.Rule // in the order of evaluation
	Bars         []*pack.Rule
	Obligations  []*pack.Rule // without those that a pathway must demand
	Notes        []*pack.Rule
}

// Regimes lists the regimes of the set by side and jurisdiction.
func (s *Set) Regimes() []Regime {
	out := make([]Regime, 0, len(s.law.regimes))
	for _, r := range s.law.regimes {
		out = append(out, Regime{
			Jurisdiction: r.jurisdiction, Side: r.side, Pathways: rulesOf(r.pathways),
			Bars: rulesOf(r.bars), Obligations: rulesOf(r.obligations), Notes: rulesOf(r.notes),
		})
	}
	return out
}

func rulesOf(entries []entry) []*pack.Rule {
	out := make([]*pack.Rule, 0, len(entries))
	for _, e := range entries {
		out = append(out, e.Rule)
	}
	return out
}

// Probe evaluates single rules of a set while facts are given one by one. Every
// fact is unknown until it is given, and so are the operator's choices. Not safe
// for concurrent use.
type Probe struct {
	of *knowledge
	at map[*pack.Pack]int // number of each pack in the set
}

// Probe starts with only the day known.
func (s *Set) Probe(on string) *Probe {
	k := newKnowledge(&s.law)
	k.begin(&dataspace.Facts{On: on})
	k.open()
	p := &Probe{of: &k, at: make(map[*pack.Pack]int, len(s.law.packs))}
	for i, pack := range s.law.packs {
		p.at[pack] = i
	}
	p.Give("on", types.String(on))
	return p
}

// Give sets the value of a fact.
func (p *Probe) Give(fact string, v ref.Val) { p.of.change(p.of.law.facts.Number(fact), v) }

// Holds reports whether a rule of the set surely holds by the known facts.
func (p *Probe) Holds(r *pack.Rule) bool {
	return p.of.holds(p.of.law.entry(r, p.at[r.Pack])).Truth == pack.Yes
}

// Alone is a set of the pack and the one that it overlays: the given one, or the
// one that was loaded beside it.
func Alone(p *pack.Pack, with ...*pack.Pack) (*Set, error) {
	packs := append([]*pack.Pack{p}, with...)
	if len(with) == 0 && p.Base() != nil {
		packs = append(packs, p.Base())
	}
	return newSet(packs)
}
