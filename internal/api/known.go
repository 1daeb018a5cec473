package api

import (
	"fmt"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/vocab"
)

// oneOf refuses a value that is none of a closed set, and names the nearest: an
// empty list would say that nothing is there.
func oneOf(place, v string, known []string) error {
	words := make([]vocab.Word, len(known))
	for i, k := range known {
		words[i].Key = k
		if k == v {
			return nil
		}
	}
	hint := "one of: " + strings.Join(known, ", ")
	if near := vocab.Options(words).Match(v).Near; len(near) > 0 {
		hint = fmt.Sprintf("the nearest are %s", strings.Join(near, ", "))
	}
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "query.unknown", Place: place, Message: fmt.Sprintf("%q is not known", v), Hint: hint}
}
