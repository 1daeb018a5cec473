package rules

import (
	"slices"

	"hutong/internal/dataspace"
)

// actions from the mildest to the strictest.
var actions = []dataspace.Action{
	dataspace.Keep, dataspace.Truncate, dataspace.Generalise, dataspace.Mask, dataspace.Pseudonymise, dataspace.Drop,
}

// strictness orders actions; -1 is no action.
func strictness(a dataspace.Action) int { return slices.Index(actions, a) }

// Handling is the least treatment of each element that the packs which apply
// to the flow ask for, in order of element; the strictest wins. It names every
// element a pack speaks of, whether the flow has it or not, so that a plan can
// be made before the facts are complete. What is not known asks for the
// stricter treatment.
func (s *Set) Handling(f dataspace.Facts) []dataspace.Handling {
	return s.evaluation(&f).handling()
}

func (e *evaluation) handling() []dataspace.Handling {
	strictest := map[dataspace.ElementID]dataspace.Handling{}
	for _, r := range e.set.regimes {
		for _, h := range r.handling {
			if !inForce(h.From, h.To, e.facts.On) ||
				e.set.packs[h.at].sides[r.side].eval(&e.scopes[h.at]).truth == no ||
				h.when.eval(&e.scopes[h.at]).truth == no {
				continue
			}
			for _, el := range h.elements {
				if old, ok := strictest[el]; !ok || strictness(h.Action) > strictness(old.Action) {
					strictest[el] = dataspace.Handling{Element: el, Action: h.Action, Rule: h.ID}
				}
			}
		}
	}
	var out []dataspace.Handling
	for _, el := range sortedIDs(strictest) {
		out = append(out, strictest[el])
	}
	return out
}

func sortedIDs[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
