package frame

import (
	"errors"
	"fmt"
	"io"

	"hutong/client"
	"hutong/internal/dataspace"
)

// Contradictions prints for each contradiction both places, why they exclude each
// other, and what to do.
func (env *Env) Contradictions(w io.Writer, list []client.Contradiction) {
	w = plain{w}
	for _, c := range list {
		for _, place := range []client.Text{c.A, c.B} {
			mark := "  ✗ "
			if place == c.B {
				mark = "    "
			}
			Paragraph(w, mark, "      ", env.Text(dataspace.Text(place)))
		}
		Paragraph(w, "    ", "    ", env.Text(dataspace.Text(c.Is)))
		Paragraph(w, "    → ", "      ", env.Text(dataspace.Text(c.Do))+" ["+c.Code+"]")
	}
}

// contradictionsOf are those of a local error, or of a refusal of a gateway.
func contradictionsOf(err error) []client.Contradiction {
	var refused *client.Error
	if errors.As(err, &refused) {
		return refused.Contradictions
	}
	var all dataspace.Contradictions
	if !errors.As(err, &all) {
		return nil
	}
	out, err := Wire[[]client.Contradiction](all)
	if err != nil {
		return []client.Contradiction{{Code: all[0].Code, Is: client.Text{EN: fmt.Sprint(all)}}}
	}
	return out
}
