package rules

import (
	"slices"
	"strings"
	"sync"

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

// combinations keeps the strictest treatments for each combination of handling
// rules: there are few, and each has many elements.
type combinations struct {
	mu    sync.Mutex
	known map[string][]dataspace.Handling
}

const maxCombinations = 1024

func (k *knowledge) handling() []dataspace.Handling {
	var rules []*pack.HandlingRule
	var key strings.Builder
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
	for _, h := range rules {
		key.WriteString(string(h.ID))
		key.WriteByte(' ')
	}
	if len(rules) == 0 {
		return nil
	}
	return slices.Clone(k.law.treatments.of(key.String(), rules))
}

// treatments adds the handling rules of a regime that hold on the day.
func (k *knowledge) treatments(r *regime, rules []*pack.HandlingRule) []*pack.HandlingRule {
	for _, h := range r.handling {
		if h.Span().Holds(k.day, k.facts.KnownOn) &&
			k.applies(h.at, r.side).Truth != pack.No &&
			h.Condition.Eval(&k.scopes[h.at]).Truth != pack.No && !slices.Contains(rules, h.HandlingRule) {
			rules = append(rules, h.HandlingRule)
		}
	}
	return rules
}

func (c *combinations) of(key string, rules []*pack.HandlingRule) []dataspace.Handling {
	c.mu.Lock()
	defer c.mu.Unlock()
	if out, ok := c.known[key]; ok {
		return out
	}
	out := strictest(rules)
	if c.known == nil {
		c.known = map[string][]dataspace.Handling{}
	}
	if len(c.known) < maxCombinations {
		c.known[key] = out
	}
	return out
}

func strictest(rules []*pack.HandlingRule) []dataspace.Handling {
	best := map[dataspace.ElementID]dataspace.Handling{}
	for _, h := range rules {
		for _, el := range h.Elements {
			if old, ok := best[el]; !ok || pack.Strictness(h.Action) > pack.Strictness(old.Action) {
				best[el] = dataspace.Handling{Element: el, Action: h.Action, Rule: h.ID}
			}
		}
	}
	out := make([]dataspace.Handling, 0, len(best))
	for _, h := range best {
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b dataspace.Handling) int { return strings.Compare(string(a.Element), string(b.Element)) })
	return out
}
