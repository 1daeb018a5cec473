package rules

import (
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// Handling is the minimum treatment of each element that the packs which apply to
// the flow demand, in order of element; the strictest wins. It has every element
// that a pack names, even if the flow does not have it, so that a plan can be
// made before the facts are complete. An unknown fact leads to the stricter
// treatment.
func (s *Set) Handling(f dataspace.Facts) []dataspace.Handling {
	e := s.evaluation(&f)
	defer e.release()
	return e.known.handling()
}

func (k *knowledge) handling() []dataspace.Handling {
	var rules []*pack.HandlingRule
	for i, r := range k.law.regimes {
		if k.days == nil {
			rules = k.treatments(r, rules)
			continue
		}
		for _, day := range k.daysOf(i) {
			k.turn(day)
			rules = k.treatments(r, rules)
		}
	}
	if len(rules) == 0 {
		return nil
	}
	return slices.Clone(k.law.treatments.Of(rules))
}

// treatments adds the handling rules of a regime that hold on the day.
func (k *knowledge) treatments(r *regime, rules []*pack.HandlingRule) []*pack.HandlingRule {
	for _, h := range r.handling {
		if k.applies(h.at, r.side).Truth != pack.No && h.Span().Holds(k.day, k.facts.KnownOn) &&
			h.Condition.Eval(&k.scopes[h.at]).Truth != pack.No && !slices.Contains(rules, h.HandlingRule) {
			rules = append(rules, h.HandlingRule)
		}
	}
	return rules
}
