package flow

import (
	"strings"

	"hutong/internal/dataspace"
)

// termination is the message that tells the other side why a flow has ended: a
// stable code and a sentence. The message for this side's own people may name
// files, columns, instruments and persons. The other side gets it only if it is
// about what the other side itself has sent.
func termination(c Course) (code, message string) {
	t := c.Trouble
	if t == nil {
		t = &Trouble{Code: "flow.ended"}
	}
	switch {
	case c.EndsAs == dataspace.Stopped:
		return t.Code, "the flow was stopped by this side"
	case strings.HasPrefix(t.Code, "offer."), strings.HasPrefix(t.Code, "transfer."), strings.HasPrefix(t.Code, "delivery."), t.Code == "flow.terms", t.Code == "flow.rejected":
		return t.Code, t.Message
	case c.EndsAs == dataspace.Refused:
		return t.Code, "this side may not continue the flow"
	}
	return t.Code, "this side cannot continue the flow; its operator can see the cause"
}
