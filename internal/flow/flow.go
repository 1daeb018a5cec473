// Package flow moves a dataset through its steps: profile, clear, agree,
// deliver, prove. It decides which step comes next and makes each step durable.
// The services that it calls do the work of each step.
//
// A flow is a row with a state. A step reads the row, acts, and writes the
// result together with its evidence in one transaction. After a crash every
// unfinished row is stepped again, so each action must be safe to repeat.
package flow

import (
	"context"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/prove"
)

// Flow is one dataset going to one recipient for one purpose, as one of the two
// gateways sees it. It is divided into named parts, so that code that needs
// only one part gets only that part. Encode defines the stored form.
type Flow struct {
	ID   dataspace.FlowID `json:"id"`
	Role dataspace.Role   `json:"role"`
	// Asked is set on the side where a person asked for the flow.
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

// Way names the two sides of a flow.
type Way struct {
	Local        dataspace.ParticipantID `json:"participant"` // behind this gateway
	Peer         dataspace.PeerName      `json:"peer"`
	Counterparty dataspace.ParticipantID `json:"counterparty"` // behind the peer
}

// Subject is what the flow delivers.
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

// Supply is what only the provider knows and states about the dataset.
type Supply struct {
	Source        dataspace.Source       `json:"source,omitzero"` // on the provider's side; older rows hold a path
	SourceForm    SourceForm             `json:"source_form"`
	Stamp         string                 `json:"stamp,omitempty"` // of the source when it was profiled
	Facts         dataspace.DatasetFacts `json:"facts"`
	Own           []dataspace.ColumnPlan `json:"own_columns,omitempty"` // the sender's stricter choices
	RetentionDays int                    `json:"retention_days,omitempty"`
}

// People says how the people of a flow are counted.
type People struct {
	// Reserved are the people counted for this flow before its delivery.
	Reserved dataspace.ReservationID `json:"reservation,omitempty"`
	// Uncounted is set where the rules leave the flow out of the count.
	Uncounted bool `json:"uncounted,omitempty"`
}

// Papers are the documents of a flow, by their names, and its entries in the
// log of evidence, in order.
type Papers struct {
	Documents map[string]dataspace.Digest `json:"documents,omitempty"`
	Events    []dataspace.EventID         `json:"events,omitempty"`
}

// Judgements are the decisions on a flow beside the first one.
type Judgements struct {
	Review *Review `json:"review,omitempty"`
	// Rechecks are decisions that differ from the first one because the rules
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

// Outcome is the result of a flow.
type Outcome struct {
	Delivered *Delivered `json:"delivered,omitempty"`
	Waybill   string     `json:"waybill,omitempty"` // where it is stored, for people; empty until it exists
}

// Mark describes the stored row: Version grows with each change.
type Mark struct {
	Version int64     `json:"version"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
}

// SourceForm is how a source is to be read; empty fields are detected from the
// data.
type SourceForm struct {
	Format    string `json:"format,omitempty"`
	Charset   string `json:"charset,omitempty"`
	Delimiter string `json:"delimiter,omitempty"`
	Dialect   string `json:"dialect,omitempty"` // of csv: how cells are quoted and escaped
	Header    string `json:"header,omitempty"`  // of csv: yes, or no: the first line is a row
	Skip      int    `json:"skip,omitempty"`    // of csv: lines above the header or the first row
	System    string `json:"system,omitempty"`  // of the exporter, which gave the people their numbers; empty: the dataset is one
}

// Trouble says, for people, why a flow waits or ended. It never contains data.
type Trouble struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Retry   bool   `json:"retry,omitempty"` // the gateway tries again automatically
	// Contradictions are the statements that cannot both be true.
	Contradictions dataspace.Contradictions `json:"contradictions,omitempty"`
}

// Review is a person's decision where one was required. It is kept beside the
// computed decision and never replaces it.
type Review struct {
	Approve  bool             `json:"approve"`
	Reason   string           `json:"reason"`
	By       string           `json:"by"` // name of the key it was made with
	At       time.Time        `json:"at"`
	Decision dataspace.Digest `json:"decision"` // the computed decision it was made on
}

// Delivered is the data in the recipient's storage.
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
	DocMost      = "most" // what the provider said would come at most
	DocReview    = "review"
	DocAgreement = "agreement"
	DocStart     = "start"
	// The decision of the day on which the stream was opened.
	DocStartFacts    = "start_facts"
	DocStartDecision = "start_decision"
	DocParties       = "parties"
	DocReceipt       = "receipt"
	DocRefusal       = "refusal"
	DocStop          = "stop"
	DocStreamed      = "streamed" // what had left of a flow that ended without a receipt
	DocDone          = "done"
)

// Filter selects flows; empty fields select all.
type Filter struct {
	Local        dataspace.ParticipantID
	Peer         dataspace.PeerName      // with Counterparty
	Counterparty dataspace.ParticipantID // empty: any
	Since        time.Time               // of the last change; zero: ever
	States       []dataspace.FlowState
	// Rechecked selects the flows whose decision changed after an update of the
	// rules.
	Rechecked bool
	// After is the last flow of the previous page.
	After Newest
	Limit int // 0 means 100, negative: all
}

// Newest is the position of a flow in a list ordered from newest to oldest.
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

// Writer stores the results of the steps of flows.
type Writer interface {
	// Create adds a new flow. ErrConflict if the id, or a flow with the same
	// negotiation, exists.
	Create(ctx context.Context, f Flow) error
	// Update replaces the flow if the stored version is f.Version, stores the
	// documents, and puts the events into the outbox: all or nothing, durable
	// on return. It returns the flow with its new version. It returns ErrStale
	// if the flow was changed before or does not exist.
	Update(ctx context.Context, f Flow, docs []dataspace.Document, events []prove.Row) (Flow, error)
}

// Finder finds one flow; ErrNotFound.
type Finder interface {
	Flow(ctx context.Context, id dataspace.FlowID) (Flow, error)
	// Version returns the version of a flow. It is cheaper than Flow.
	Version(ctx context.Context, id dataspace.FlowID) (int64, error)
	// ByNegotiation, ByAgreement and ByTransfer find the flow of a protocol
	// process.
	ByNegotiation(ctx context.Context, id dataspace.NegotiationID) (Flow, error)
	ByAgreement(ctx context.Context, id dataspace.AgreementID, role dataspace.Role) (Flow, error)
	ByTransfer(ctx context.Context, id dataspace.TransferID) (Flow, error)
}

// Lister looks over many flows.
type Lister interface {
	// Unfinished returns at most limit flows that have not ended and wait for
	// no person, oldest first, after the given one; empty: from the first.
	Unfinished(ctx context.Context, after dataspace.FlowID, limit int) ([]dataspace.FlowID, error)
	// List returns flows, newest first; flows of the same moment in order of
	// their id.
	List(ctx context.Context, filter Filter) ([]Flow, error)
	// CountByState counts all flows.
	CountByState(ctx context.Context) (map[RoleState]int64, error)
}
