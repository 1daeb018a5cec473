package rules

import (
	"maps"
	"slices"

	"hutong/internal/dataspace"
)

func problem(code, place, message string, err error) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: code, Place: place, Message: message, Err: err}
}

// sorted returns the keys of a map in order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
