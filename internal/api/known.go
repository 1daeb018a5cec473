package api

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
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

// known refuses a participant that does not stand behind this gateway, and names
// the nearest: no answer about nobody.
func known(ctx context.Context, g *gateway.Service, place string, id dataspace.ParticipantID) error {
	if _, err := g.Participant(ctx, id); !errors.Is(err, dataspace.ErrNotFound) {
		return err
	}
	list, err := g.Participants(ctx)
	if err != nil {
		return err
	}
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = string(p.ID)
	}
	return oneOf(place, string(id), names)
}
