package flow

import (
	"strings"

	"hutong/internal/dataspace"
)

// farewell is what the other side is told of why a flow has ended: a stable
// code and a sentence. What this side tells its own people may name files,
// columns, papers and persons, and is not for the other side, unless it is
// about what the other side itself has sent.
func farewell(c Course) (code, message string) {
	t := c.Trouble
	if t == nil {
		t = &Trouble{Code: "flow.ended"}
	}
	switch {
	case c.EndsAs == dataspace.Stopped:
		return t.Code, "the flow was stopped by this side"
	case strings.HasPrefix(t.Code, "offer."), strings.HasPrefix(t.Code, "transfer."), t.Code == "flow.terms", t.Code == "flow.rejected":
		return t.Code, t.Message
	case c.EndsAs == dataspace.Refused:
		return t.Code, "this side may not go on with the flow"
	}
	return t.Code, "this side cannot go on with the flow; its operator finds the cause there"
}
