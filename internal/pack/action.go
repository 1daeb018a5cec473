package pack

import (
	"slices"

	"hutong/internal/dataspace"
)

// actions from the mildest to the strictest.
var actions = []dataspace.Action{
	dataspace.Keep, dataspace.Truncate, dataspace.Generalise, dataspace.Mask, dataspace.Pseudonymise, dataspace.Drop,
}

// Strictness orders actions; -1 is no action.
func Strictness(a dataspace.Action) int { return slices.Index(actions, a) }

// Milder is the next less strict action; false if there is none.
func Milder(a dataspace.Action) (dataspace.Action, bool) {
	if i := Strictness(a); i > 0 {
		return actions[i-1], true
	}
	return "", false
}
