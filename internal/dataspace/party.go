package dataspace

// Counterparty is the other side of a protocol process: who it is, through
// which peer it is trusted, and where it listens.
type Counterparty struct {
	Participant ParticipantID `json:"participant"`    // as it names itself on the wire
	Peer        PeerName      `json:"peer,omitempty"` // empty for a connector that is no gateway
	// Address is its DSP base without a trailing slash: where paths such as
	// /negotiations are appended. Example:
	// "https://sg.example:8443/p/acme/dsp".
	Address string `json:"address"`
}

// Caller is who sent an authenticated request.
type Caller struct {
	Participant ParticipantID
	Peer        PeerName
}

// OperationKind is one of the paths that policy can cut for a peer.
type OperationKind string

// The operations.
const (
	OpCatalogue OperationKind = "catalogue"
	OpNegotiate OperationKind = "negotiate"
	OpTransfer  OperationKind = "transfer"
)

// Operation is something a caller asks of a local participant, or the local
// participant is about to ask of it.
type Operation struct {
	Kind     OperationKind
	Local    ParticipantID
	Outbound bool
	// Address is the DSP address that messages would go to from now on;
	// empty where the operation sets none. It comes from the other side.
	Address string
}
