package dataspace

import "time"

// Role is the side of a flow or a protocol process this gateway plays.
type Role string

// The roles.
const (
	Provider Role = "provider"
	Consumer Role = "consumer"
)

// Opposite is the other side.
func (r Role) Opposite() Role {
	if r == Provider {
		return Consumer
	}
	return Provider
}

// FlowState is the state of a flow.
type FlowState string

// The states. A provider's flow passes through the list; a consumer's begins at
// Checking. Waiting states wait for a person, all others for the gateway.
const (
	Profiling     FlowState = "profiling"
	Checking      FlowState = "checking"       // facts, counts and rules
	WaitingAction FlowState = "waiting_action" // for instruments
	WaitingReview FlowState = "waiting_review" // for a compliance officer
	Negotiating   FlowState = "negotiating"
	Delivering    FlowState = "delivering"
	Proving       FlowState = "proving" // receipts, cosigned checkpoint, waybill
	Ending        FlowState = "ending"  // ending, see Flow.EndsAs
	Completed     FlowState = "completed"
	Refused       FlowState = "refused" // by a rule, a person or the other side
	Stopped       FlowState = "stopped" // by a person
	Failed        FlowState = "failed"
)

// Final reports whether the state is the last one.
func (s FlowState) Final() bool {
	switch s {
	case Completed, Refused, Stopped, Failed:
		return true
	}
	return false
}

// Waiting reports whether a person must act first.
func (s FlowState) Waiting() bool { return s == WaitingAction || s == WaitingReview }

// EventKind is what an evidence entry records.
type EventKind string

// The kinds of evidence. Do not rename: they are in logs that last for years.
const (
	EventProfile    EventKind = "profile"
	EventDecision   EventKind = "decision"
	EventReview     EventKind = "review" // a person's decision
	EventAgreement  EventKind = "agreement"
	EventStart      EventKind = "start"
	EventReceipt    EventKind = "receipt"
	EventRefusal    EventKind = "refusal"
	EventStop       EventKind = "stop"
	EventInstrument EventKind = "instrument"
	EventObligation EventKind = "obligation" // a person fulfilled one
	EventFiling     EventKind = "filing"     // a person approved its documents
	EventCorrection EventKind = "correction" // of a count of people
	EventStatement  EventKind = "statement"  // a person's word on a dataset
	EventWithdrawal EventKind = "withdrawal" // of such a word
	// EventDeclaration is what was declared for a time, EventRevocation its end
	// before that.
	EventDeclaration EventKind = "declaration"
	EventRevocation  EventKind = "revocation"
	// EventScreening is an import or a removal of a list of barred recipients, or
	// what a person says of an entry that looks like a recipient.
	EventScreening EventKind = "screening"
)

// Event is something that happened and must be in the evidence log exactly
// once. It is stored in the same transaction as the state change it records.
type Event struct {
	ID        EventID
	Kind      EventKind
	Flow      FlowID
	At        time.Time
	Documents map[string]Document // by name: "profile", "decision", ...
	Salts     map[string]Salt     // one for each document, random
}

// PassingFlows are the states of flows that may still move data.
func PassingFlows() []FlowState {
	return []FlowState{Profiling, Checking, WaitingAction, WaitingReview, Negotiating, Delivering}
}

// OpenFlows are the states of flows that have not ended.
func OpenFlows() []FlowState { return append(PassingFlows(), Proving, Ending) }

// FlowStateNames lists the names of all states.
func FlowStateNames() (out []string) {
	for _, s := range append(OpenFlows(), Completed, Refused, Stopped, Failed) {
		out = append(out, string(s))
	}
	return out
}
