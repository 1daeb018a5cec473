package dataspace

// Counterparty is the other side of a protocol process: its identity, the peer
// through which it is trusted, and its address.
type Counterparty struct {
	Participant ParticipantID `json:"participant"`    // as it names itself on the wire
	Peer        PeerName      `json:"peer,omitempty"` // empty for a connector that is not a gateway
	// Address is its DSP base without a trailing slash. Paths such as
	// /negotiations are appended to it. Example:
	// "https://sg.example:8443/p/acme/dsp".
	Address string `json:"address"`
}

// Caller is the sender of an authenticated request.
type Caller struct {
	Participant ParticipantID
	Peer        PeerName
}

// OperationKind is a kind of exchange that a policy can refuse for a peer.
type OperationKind string

// The operations.
const (
	OpCatalogue OperationKind = "catalogue"
	OpNegotiate OperationKind = "negotiate"
	OpTransfer  OperationKind = "transfer"
)

// Operation is a request of a caller to a local participant, or of a local
// participant to the caller.
type Operation struct {
	Kind     OperationKind
	Local    ParticipantID
	Outbound bool
	// Address is the DSP address for later messages, empty if the operation
	// sets none. It comes from the other side.
	Address string
}
