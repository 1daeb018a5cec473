package dataspace

import "slices"

// actions from the mildest to the strictest.
var actions = []Action{Keep, Truncate, Generalise, Mask, Pseudonymise, Drop}

// Strictness orders actions; -1 is no action.
func (a Action) Strictness() int { return slices.Index(actions, a) }

// Milder is the next less strict action; false if there is none.
func (a Action) Milder() (Action, bool) {
	if i := a.Strictness(); i > 0 {
		return actions[i-1], true
	}
	return "", false
}
