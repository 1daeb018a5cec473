// Package treatment finds the strictest treatment of each element among handling
// rules of packs.
package treatment

import (
	"slices"
	"strings"
	"sync"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// Combinations keeps the strictest treatments for each combination of handling
// rules: there are few, and each has many elements. It is safe for
// concurrent use.
type Combinations struct {
	mu    sync.Mutex
	known map[string][]dataspace.Handling
}

const maxCombinations = 1024

// Of is the strictest treatment of each element that a rule names, in order of
// element. Callers must not change it.
func (c *Combinations) Of(rules []*pack.HandlingRule) []dataspace.Handling {
	var name strings.Builder
	for _, h := range rules {
		name.WriteString(string(h.ID))
		name.WriteByte(' ')
	}
	key := name.String()
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
			if old, ok := best[el]; !ok || h.Action.Strictness() > old.Action.Strictness() {
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
