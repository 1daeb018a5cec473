package prove

import (
	"context"

	"hutong/internal/dataspace"
	"hutong/internal/tlog"
)

// Pending is an event that is not in the log yet.
type Pending struct {
	ID    dataspace.EventID
	Flow  dataspace.FlowID
	Entry []byte
}

// Mark is the index of an event in the log.
type Mark struct {
	ID    dataspace.EventID
	Index uint64
}

// Opening is what opens one commitment: the salt, and the document's digest.
type Opening struct {
	Salt   dataspace.Salt   `json:"salt"`
	Digest dataspace.Digest `json:"digest"`
}

// Row is an event as a store keeps it: the fields by which it is found, and
// bytes that no store reads. Encode makes them.
type Row struct {
	ID       dataspace.EventID
	Flow     dataspace.FlowID
	Kind     dataspace.EventKind
	Entry    []byte // for the log
	Openings []byte // JSON of map[string]Opening; only a waybill contains it
	// Documents are those that the entry commits to. A store keeps them by
	// their digests and does not read them back with the row.
	Documents []dataspace.Document
}

// LoggedRow is a stored event with its index in the log.
type LoggedRow struct {
	Row
	Index  uint64
	Logged bool
}

// Outbox is the durable queue between the events and the log.
type Outbox interface {
	// Pending returns up to limit events that are not marked, oldest first.
	Pending(ctx context.Context, limit int) ([]Pending, error)
	// MarkLogged records the indices of events: all or none, durable on return.
	// A second mark with the same index changes nothing. It returns ErrNotFound
	// if an event does not exist, ErrConflict if it is marked with another
	// index or the index belongs to another event.
	MarkLogged(ctx context.Context, marks []Mark) error
	// LoggedSize is the highest marked index plus one, 0 if none is marked.
	LoggedSize(ctx context.Context) (uint64, error)
	// LoggedAt returns the index of an event; logged is false while the log
	// does not have it. ErrNotFound if there is no such event.
	LoggedAt(ctx context.Context, id dataspace.EventID) (index uint64, logged bool, err error)
	// FlowEvents returns the events of a flow in the order in which they
	// happened; none for an unknown flow.
	FlowEvents(ctx context.Context, flow dataspace.FlowID) ([]LoggedRow, error)
	// Event returns an event; ErrNotFound.
	Event(ctx context.Context, id dataspace.EventID) (LoggedRow, error)
	// Document returns a document that an event commits to; ErrNotFound.
	Document(ctx context.Context, digest dataspace.Digest) (dataspace.Document, error)
}

// CosignedStore keeps our newest checkpoint that each witness cosigned.
type CosignedStore interface {
	// SaveCosigned records a checkpoint with our signature and that of the
	// witness whose vkey is given. A smaller tree than the recorded one
	// changes nothing.
	SaveCosigned(ctx context.Context, witness string, size uint64, checkpoint []byte) error
	// Cosigned returns the newest checkpoint that the witness cosigned;
	// ErrNotFound if there is none.
	Cosigned(ctx context.Context, witness string) (checkpoint []byte, err error)
	// CosignedSize is the size of the largest tree any witness cosigned.
	CosignedSize(ctx context.Context) (uint64, error)
}

// Store is all the state of the log besides its own files.
type Store interface {
	Outbox
	CosignedStore
}

// WitnessStore keeps the last checkpoint of each log that this gateway's
// witness cosigned. A cosignature is worthless without it: if it is lost, the
// witness could cosign a fork.
type WitnessStore interface {
	// Witnessed returns the checkpoint last cosigned for the log; the zero
	// value with the origin set if there is none.
	Witnessed(ctx context.Context, origin string) (tlog.Checkpoint, error)
	// SetWitnessed replaces old by next if old is still what is stored: one
	// atomic step, durable on return. ErrStale if it is not.
	SetWitnessed(ctx context.Context, old, next tlog.Checkpoint) error
}
