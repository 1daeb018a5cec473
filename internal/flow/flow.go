// Package flow conducts a dataset along its one way: profile, clear, agree,
// deliver, prove. It decides what comes next and makes each step durable; how
// a step is done belongs to the services that it calls.
//
// A flow is a row with a state. A step reads the row, acts, and writes the
// outcome together with the evidence of it in one transaction. After a crash
// every unfinished row is stepped again, so each action must bear repetition.
package flow

import (
	"context"
	"time"

	"hutong/internal/dataspace"
)

// Flow is one dataset going to one recipient for one purpose, as one of the
// two gateways sees it.
type Flow struct {
	ID           dataspace.FlowID        `json:"id"`
	Role         dataspace.Role          `json:"role"`
	Local        dataspace.ParticipantID `json:"participant"` // behind this gateway
	Peer         dataspace.PeerName      `json:"peer"`
	Counterparty dataspace.ParticipantID `json:"counterparty"` // behind the peer
	Dataset      dataspace.DatasetID     `json:"dataset"`
	Purpose      string                  `json:"purpose"`
	Format       string                  `json:"format"` // of the delivered file: csv, jsonl, parquet

	State   dataspace.FlowState `json:"state"`
	Verdict dataspace.Verdict   `json:"verdict,omitempty"`
	Trouble *Trouble            `json:"trouble,omitempty"` // why it waits, or why it ended

	// What the provider knows of the dataset and nobody can read off it.
	Source   string                  `json:"source,omitempty"` // path on the provider's side
	Terms    Terms                   `json:"terms"`
	Own      []dataspace.ColumnPlan  `json:"own_columns,omitempty"` // the sender's stricter choices
	SourceAt string                  `json:"source_stamp,omitempty"`
	Reserved dataspace.ReservationID `json:"reservation,omitempty"`

	// The documents of the flow, by what they are.
	Documents map[string]dataspace.Digest `json:"documents,omitempty"`

	Review *Review `json:"review,omitempty"`

	Negotiation dataspace.NegotiationID `json:"negotiation,omitempty"`
	Agreement   dataspace.AgreementID   `json:"agreement,omitempty"`
	Transfer    dataspace.TransferID    `json:"transfer,omitempty"`
	Delivered   *Delivered              `json:"delivered,omitempty"`
	Waybill     string                  `json:"waybill,omitempty"` // path, once it is written

	Version int64     `json:"version"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
}

// Terms are the facts about a dataset and its export that no profile finds.
// Absent means unknown.
type Terms struct {
	Title          string                  `json:"title,omitempty"`
	Act            string                  `json:"act,omitempty"`
	Sector         string                  `json:"sector,omitempty"`
	Scenario       string                  `json:"scenario,omitempty"`
	NecessityShown *bool                   `json:"necessity_shown,omitempty"`
	HRBasis        *dataspace.HRBasis      `json:"hr_basis,omitempty"`
	Origin         string                  `json:"origin,omitempty"`
	DomesticMixed  *bool                   `json:"domestic_mixed,omitempty"`
	Important      string                  `json:"important,omitempty"`
	Core           *bool                   `json:"core,omitempty"`
	StateSecret    *bool                   `json:"state_secret,omitempty"`
	ListItems      []string                `json:"list_items,omitempty"`
	Consent        *dataspace.ConsentFacts `json:"consent,omitempty"`
	RetentionDays  int                     `json:"retention_days,omitempty"`
}

// Trouble says, for people, why a flow waits or ended. It never holds data.
type Trouble struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Retry   bool   `json:"retry,omitempty"` // the gateway goes on trying by itself
}

// Review is a person's decision where one was asked for. It stands beside the
// computed decision and never replaces it.
type Review struct {
	Approve  bool             `json:"approve"`
	Reason   string           `json:"reason"`
	By       string           `json:"by"` // name of the key it was made with
	At       time.Time        `json:"at"`
	Decision dataspace.Digest `json:"decision"` // the computed decision it was made on
}

// Delivered is what reached the recipient's storage.
type Delivered struct {
	Root   string           `json:"root"` // Merkle root, hexadecimal
	Size   int64            `json:"size"`
	Rows   int64            `json:"rows"`
	Leaves int64            `json:"leaves"`
	Path   string           `json:"path,omitempty"` // on the recipient's side
	SHA256 dataspace.Digest `json:"sha256,omitempty"`
}

// Names of a flow's documents.
const (
	DocProfile   = "profile"
	DocFacts     = "facts"
	DocDecision  = "decision"
	DocPlan      = "plan"
	DocReview    = "review"
	DocAgreement = "agreement"
	DocStart     = "start"
	DocReceipt   = "receipt"
	DocRefusal   = "refusal"
	DocStop      = "stop"
)

// Filter selects flows; empty fields select all.
type Filter struct {
	Local  dataspace.ParticipantID
	States []dataspace.FlowState
	Limit  int // 0 means 100
}

// Store keeps flows, their documents and the outbox of evidence.
type Store interface {
	// Create adds a new flow. ErrConflict if the id, or a flow with the same
	// negotiation, exists.
	Create(ctx context.Context, f Flow) error
	// Update replaces the flow if the stored version is f.Version, stores the
	// documents, and puts the events into the outbox: all or nothing, durable
	// on return. It returns the flow with its new version. ErrConflict if
	// somebody else was first.
	Update(ctx context.Context, f Flow, docs []dataspace.Document, events []dataspace.Event) (Flow, error)
	// Flow returns one flow; ErrNotFound.
	Flow(ctx context.Context, id dataspace.FlowID) (Flow, error)
	// ByNegotiation, ByAgreement and ByTransfer find the flow of a protocol
	// process; ErrNotFound.
	ByNegotiation(ctx context.Context, id dataspace.NegotiationID) (Flow, error)
	ByAgreement(ctx context.Context, id dataspace.AgreementID, role dataspace.Role) (Flow, error)
	ByTransfer(ctx context.Context, id dataspace.TransferID) (Flow, error)
	// List returns flows, newest first.
	List(ctx context.Context, filter Filter) ([]Flow, error)
	// Document returns a stored document; ErrNotFound.
	Document(ctx context.Context, digest dataspace.Digest) (dataspace.Document, error)
}
