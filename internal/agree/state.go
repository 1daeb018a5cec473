package agree

import "hutong/internal/dataspace"

// Kind is one of the two kinds of processes.
type Kind string

// The kinds.
const (
	KindNegotiation Kind = "negotiation"
	KindTransfer    Kind = "transfer"
)

// State is the state of a process in the words of the specification.
// Requested and Terminated are states of both kinds.
type State string

// The states.
const (
	Requested  State = "REQUESTED"
	Offered    State = "OFFERED"
	Accepted   State = "ACCEPTED"
	Agreed     State = "AGREED"
	Verified   State = "VERIFIED"
	Finalized  State = "FINALIZED"
	Started    State = "STARTED"
	Suspended  State = "SUSPENDED"
	Completed  State = "COMPLETED"
	Terminated State = "TERMINATED"
)

// begin is the state of a process before its first message.
const begin State = ""

// Final reports whether no message can change the state any more.
func (s State) Final() bool { return s == Finalized || s == Completed || s == Terminated }

// MessageType is what a message asks for. The two events of a negotiation are
// types of their own here.
type MessageType string

// The messages of a negotiation.
const (
	MsgRequest   MessageType = "request"
	MsgOffer     MessageType = "offer"
	MsgAccept    MessageType = "accept"
	MsgAgree     MessageType = "agree"
	MsgVerify    MessageType = "verify"
	MsgFinalize  MessageType = "finalize"
	MsgTerminate MessageType = "terminate" // of both kinds
)

// The messages of a transfer.
const (
	MsgTransfer MessageType = "transfer"
	MsgStart    MessageType = "start"
	MsgSuspend  MessageType = "suspend"
	MsgComplete MessageType = "complete"
)

type arc struct {
	from State
	by   dataspace.Role
	msg  MessageType
}

const (
	consumer = dataspace.Consumer
	provider = dataspace.Provider
)

// negotiationArcs are the transitions of the specification's diagram, with more
// terminations than the diagram shows: the text of the termination message lets
// either side send it in any state but a final one. The conformance kit and
// other connectors follow the text.
var negotiationArcs = map[arc]State{
	{begin, consumer, MsgRequest}:     Requested,
	{begin, provider, MsgOffer}:       Offered,
	{Requested, provider, MsgOffer}:   Offered,
	{Requested, provider, MsgAgree}:   Agreed,
	{Offered, consumer, MsgRequest}:   Requested,
	{Offered, consumer, MsgAccept}:    Accepted,
	{Accepted, provider, MsgAgree}:    Agreed,
	{Agreed, consumer, MsgVerify}:     Verified,
	{Verified, provider, MsgFinalize}: Finalized,
}

var transferArcs = map[arc]State{
	{begin, consumer, MsgTransfer}:  Requested,
	{Requested, provider, MsgStart}: Started,
}

func init() {
	for _, by := range []dataspace.Role{consumer, provider} {
		for _, from := range []State{Requested, Offered, Accepted, Agreed, Verified} {
			negotiationArcs[arc{from, by, MsgTerminate}] = Terminated
		}
		for _, from := range []State{Requested, Started, Suspended} {
			transferArcs[arc{from, by, MsgTerminate}] = Terminated
		}
		transferArcs[arc{Started, by, MsgComplete}] = Completed
		transferArcs[arc{Started, by, MsgSuspend}] = Suspended
		transferArcs[arc{Suspended, by, MsgStart}] = Started
	}
}

// Next returns the state after by has sent msg in state from, and whether the
// specification has that transition.
func Next(kind Kind, from State, by dataspace.Role, msg MessageType) (State, bool) {
	arcs := negotiationArcs
	if kind == KindTransfer {
		arcs = transferArcs
	}
	to, ok := arcs[arc{from, by, msg}]
	return to, ok
}
