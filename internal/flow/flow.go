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
	"hutong/internal/deliver"
	"hutong/internal/prove"
)

// Flow is one dataset going to one recipient for one purpose, as one of the
// two gateways sees it. Its parts are named, so that what needs one of them is
// given that one. How it is stored is said by Encode.
type Flow struct {
	ID   dataspace.FlowID `json:"id"`
	Role dataspace.Role   `json:"role"`
	// Asked is set on the side where somebody asked for the flow.
	Asked bool `json:"asked,omitempty"`
	Way
	Subject
	Course
	Supply
	People
	Papers
	Judgements
	Links
	Outcome
	Mark
}

// Way is between whom a flow goes.
type Way struct {
	Local        dataspace.ParticipantID `json:"participant"` // behind this gateway
	Peer         dataspace.PeerName      `json:"peer"`
	Counterparty dataspace.ParticipantID `json:"counterparty"` // behind the peer
}

// Subject is what goes.
type Subject struct {
	Dataset dataspace.DatasetID `json:"dataset"`
	Purpose string              `json:"purpose"`
	Format  string              `json:"format"` // of the delivered file: csv, jsonl, parquet
}

// Course is how far a flow has come.
type Course struct {
	State   dataspace.FlowState `json:"state"`
	Verdict dataspace.Verdict   `json:"verdict,omitempty"`
	Trouble *Trouble            `json:"trouble,omitempty"` // why it waits, or why it ended
	// EndsAs is the final state of a flow that is ending.
	EndsAs dataspace.FlowState `json:"ends_as,omitempty"`
}

// Supply is what the provider knows of the dataset and nobody can read off it.
type Supply struct {
	Source        dataspace.Source       `json:"source,omitzero"` // on the provider's side; older rows hold a path
	SourceForm    SourceForm             `json:"source_form"`
	Stamp         string                 `json:"stamp,omitempty"` // of the source when it was profiled
	Facts         dataspace.DatasetFacts `json:"facts"`
	Own           []dataspace.ColumnPlan `json:"own_columns,omitempty"` // the sender's stricter choices
	RetentionDays int                    `json:"retention_days,omitempty"`
}

// People says whether the people of a flow count.
type People struct {
	// Reserved are the people counted for this flow before its delivery.
	Reserved dataspace.ReservationID `json:"reservation,omitempty"`
	// Uncounted is set where the rules leave the flow out of the count.
	Uncounted bool `json:"uncounted,omitempty"`
}

// Papers are the documents of a flow, by what they are, and its entries in the
// log of evidence, in order.
type Papers struct {
	Documents map[string]dataspace.Digest `json:"documents,omitempty"`
	Events    []dataspace.EventID         `json:"events,omitempty"`
}

// Judgements are what was said of a flow beside its decision.
type Judgements struct {
	Review *Review `json:"review,omitempty"`
	// Rechecks are decisions that came out otherwise after the rules had
	// changed, oldest first.
	Rechecks []Recheck `json:"rechecks,omitempty"`
	// Done are obligations that a person fulfilled after the delivery.
	Done []Done `json:"done,omitempty"`
}

// Links name the protocol processes of a flow.
type Links struct {
	Negotiation dataspace.NegotiationID `json:"negotiation,omitempty"`
	Agreement   dataspace.AgreementID   `json:"agreement,omitempty"`
	Transfer    dataspace.TransferID    `json:"transfer,omitempty"`
}

// Outcome is what a flow has led to.
type Outcome struct {
	Delivered *Delivered `json:"delivered,omitempty"`
	Waybill   string     `json:"waybill,omitempty"` // where it lies, for people, once it is there
}

// Mark is of the stored row: Version grows with each change.
type Mark struct {
	Version int64     `json:"version"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
}

// SourceForm is how a source is to be read; empty fields are sniffed.
type SourceForm struct {
	Format    string `json:"format,omitempty"`
	Charset   string `json:"charset,omitempty"`
	Delimiter string `json:"delimiter,omitempty"`
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
	deliver.Result
	Path string    `json:"path,omitempty"` // on the recipient's side
	At   time.Time `json:"at"`
}

// Names of a flow's documents.
const (
	DocProfile   = "profile"
	DocFacts     = "facts"
	DocDecision  = "decision"
	DocPlan      = "plan"
	DocOffer     = "offer"
	DocReview    = "review"
	DocAgreement = "agreement"
	DocStart     = "start"
	// What was decided on the day on which the stream was opened.
	DocStartFacts    = "start_facts"
	DocStartDecision = "start_decision"
	DocParties       = "parties"
	DocReceipt       = "receipt"
	DocRefusal       = "refusal"
	DocStop          = "stop"
	DocDone          = "done"
)

// Filter selects flows; empty fields select all.
type Filter struct {
	Local        dataspace.ParticipantID
	Peer         dataspace.PeerName      // with Counterparty
	Counterparty dataspace.ParticipantID // empty: any
	Since        time.Time               // of the last change; zero: ever
	States       []dataspace.FlowState
	// Rechecked selects those that came out otherwise after an update of the
	// rules.
	Rechecked bool
	// After is the last flow of the page before.
	After Newest
	Limit int // 0 means 100, negative: all
}

// Newest is the place of a flow in a list that begins with the newest.
type Newest struct {
	Created time.Time
	ID      dataspace.FlowID
}

// RoleState is a role and a state, to count by.
type RoleState struct {
	Role  dataspace.Role
	State dataspace.FlowState
}

// Store keeps flows, their documents and the outbox of evidence. It is safe
// for concurrent use.
type Store interface {
	Writer
	Finder
	Lister
	// Document returns a stored document; ErrNotFound.
	Document(ctx context.Context, digest dataspace.Digest) (dataspace.Document, error)
}

// Writer keeps what the steps of flows come to.
type Writer interface {
	// Create adds a new flow. ErrConflict if the id, or a flow with the same
	// negotiation, exists.
	Create(ctx context.Context, f Flow) error
	// Update replaces the flow if the stored version is f.Version, stores the
	// documents, and puts the events into the outbox: all or nothing, durable
	// on return. It returns the flow with its new version. ErrStale if
	// somebody else was first or the flow is not there.
	Update(ctx context.Context, f Flow, docs []dataspace.Document, events []prove.Row) (Flow, error)
}

// Finder finds one flow; ErrNotFound.
type Finder interface {
	Flow(ctx context.Context, id dataspace.FlowID) (Flow, error)
	// ByNegotiation, ByAgreement and ByTransfer find the flow of a protocol
	// process.
	ByNegotiation(ctx context.Context, id dataspace.NegotiationID) (Flow, error)
	ByAgreement(ctx context.Context, id dataspace.AgreementID, role dataspace.Role) (Flow, error)
	ByTransfer(ctx context.Context, id dataspace.TransferID) (Flow, error)
}

// Lister looks over many flows.
type Lister interface {
	// Unfinished returns at most limit flows that have not ended and wait for
	// nobody, oldest first, behind the one named after; empty: from the first.
	Unfinished(ctx context.Context, after dataspace.FlowID, limit int) ([]dataspace.FlowID, error)
	// List returns flows, newest first; flows of the same moment in order of
	// their id.
	List(ctx context.Context, filter Filter) ([]Flow, error)
	// CountByState counts all flows.
	CountByState(ctx context.Context) (map[RoleState]int64, error)
}
