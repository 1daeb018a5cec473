package agree

import (
	"context"
	"time"

	"hutong/internal/dataspace"
)

// Row is a process as a store sees it: the fields by which it finds rows, and a
// body that it does not read.
type Row struct {
	Ref
	// Origin is set on a process that the other side began, and is unique: the
	// same first message, sent twice, must not make two processes.
	Origin    string
	Local     dataspace.ParticipantID
	Flow      dataspace.FlowID
	Agreement dataspace.AgreementID
	State     State
	Pending   bool  // a message waits to be sent
	Changed   int64 // number of changes that the handler must be told of
	Handled   int64 // the last change that it was told of; only Handled writes it
	Version   int64 // compare and swap; 1 after Create
	Body      []byte
	Created   time.Time
	Updated   time.Time
}

// Filter selects rows; empty fields select all.
type Filter struct {
	Kind      Kind
	Local     dataspace.ParticipantID
	Flow      dataspace.FlowID
	Agreement dataspace.AgreementID
	State     State
	Limit     int // 0 means 100
}

// Mark is the last change of a process that the handler was told of.
type Mark struct {
	Ref
	Changed int64
}

// Store keeps processes. Changes are durable when a method returns; a row is
// changed whole or not at all. All methods are safe for concurrent use.
type Store interface {
	Rows
	Queue
	// List returns rows, newest first; rows of the same moment in order of
	// their id.
	List(ctx context.Context, f Filter) ([]Row, error)
}

// Rows are the processes themselves.
type Rows interface {
	// Create adds a row. ErrConflict if its Ref or its Origin exists.
	Create(ctx context.Context, r Row) error
	// Update replaces the row if its stored version is r.Version, which then
	// grows by one. Origin, Handled and Created stay. ErrStale if the row was
	// changed before or does not exist.
	Update(ctx context.Context, r Row) error
	// Load returns one row; ErrNotFound.
	Load(ctx context.Context, ref Ref) (Row, error)
	// ByOrigin returns the row with that origin; ErrNotFound.
	ByOrigin(ctx context.Context, origin string) (Row, error)
}

// Queue says which processes have work to do.
type Queue interface {
	// Unfinished returns at most limit rows with a message to send or a change
	// that was not handled, oldest first, after the given one; the zero Ref:
	// from the first.
	Unfinished(ctx context.Context, after Ref, limit int) ([]Ref, error)
	// Handled records marks. A mark that is older than the stored one changes
	// nothing.
	Handled(ctx context.Context, marks []Mark) error
}
