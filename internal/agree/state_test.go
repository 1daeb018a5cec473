package agree_test

import (
	"strings"
	"testing"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
)

// spec is the specification's list of transitions: from, who, message, to.
// Termination is listed for every state that is not final, as the text says.
const spec = `
negotiation - C request REQUESTED
negotiation - P offer OFFERED
negotiation REQUESTED P offer OFFERED
negotiation REQUESTED P agree AGREED
negotiation OFFERED C request REQUESTED
negotiation OFFERED C accept ACCEPTED
negotiation ACCEPTED P agree AGREED
negotiation AGREED C verify VERIFIED
negotiation VERIFIED P finalize FINALIZED
negotiation REQUESTED C terminate TERMINATED
negotiation REQUESTED P terminate TERMINATED
negotiation OFFERED C terminate TERMINATED
negotiation OFFERED P terminate TERMINATED
negotiation ACCEPTED C terminate TERMINATED
negotiation ACCEPTED P terminate TERMINATED
negotiation AGREED C terminate TERMINATED
negotiation AGREED P terminate TERMINATED
negotiation VERIFIED C terminate TERMINATED
negotiation VERIFIED P terminate TERMINATED
transfer - C transfer REQUESTED
transfer REQUESTED P start STARTED
transfer REQUESTED C terminate TERMINATED
transfer REQUESTED P terminate TERMINATED
transfer STARTED C complete COMPLETED
transfer STARTED P complete COMPLETED
transfer STARTED C suspend SUSPENDED
transfer STARTED P suspend SUSPENDED
transfer STARTED C terminate TERMINATED
transfer STARTED P terminate TERMINATED
transfer SUSPENDED C start STARTED
transfer SUSPENDED P start STARTED
transfer SUSPENDED C terminate TERMINATED
transfer SUSPENDED P terminate TERMINATED
`

var (
	allStates = []agree.State{
		"", agree.Requested, agree.Offered, agree.Accepted, agree.Agreed, agree.Verified, agree.Finalized,
		agree.Started, agree.Suspended, agree.Completed, agree.Terminated, "NONSENSE",
	}
	allMessages = []agree.MessageType{
		agree.MsgRequest, agree.MsgOffer, agree.MsgAccept, agree.MsgAgree, agree.MsgVerify, agree.MsgFinalize,
		agree.MsgTerminate, agree.MsgTransfer, agree.MsgStart, agree.MsgSuspend, agree.MsgComplete, "nonsense",
	}
)

// TestEveryTransition tries every combination of kind, state, side and message,
// and expects exactly the specification's list.
func TestEveryTransition(t *testing.T) {
	want := map[string]agree.State{}
	for line := range strings.Lines(strings.TrimSpace(spec)) {
		f := strings.Fields(line)
		want[strings.Join(f[:4], " ")] = agree.State(f[4])
	}
	asked, had := 0, 0
	for _, kind := range []agree.Kind{agree.KindNegotiation, agree.KindTransfer} {
		for _, from := range allStates {
			for by, letter := range map[dataspace.Role]string{dataspace.Consumer: "C", dataspace.Provider: "P"} {
				for _, msg := range allMessages {
					name := string(from)
					if name == "" {
						name = "-"
					}
					key := strings.Join([]string{string(kind), name, letter, string(msg)}, " ")
					to, ok := agree.Next(kind, from, by, msg)
					expected, possible := want[key]
					if ok != possible || to != expected {
						t.Errorf("%s: %q %v, want %q %v", key, to, ok, expected, possible)
					}
					asked++
					if ok {
						had++
					}
				}
			}
		}
	}
	if had != len(want) || asked != 2*len(allStates)*2*len(allMessages) {
		t.Errorf("%d of %d transitions, %d asked", had, len(want), asked)
	}
}
