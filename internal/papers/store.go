package papers

import (
	"context"

	"hutong/internal/dataspace"
)

// Store keeps documents. Every change is atomic, and durable on return. A row is
// there as long as nobody removes it, and its owner stays as long.
type Store interface {
	// Insert adds a document. It returns ErrConflict if the owner has one of that
	// id, ErrNotFound without the owner.
	Insert(ctx context.Context, p Paper) error
	// Paper finds one, or returns ErrNotFound.
	Paper(ctx context.Context, of Key) (Paper, error)
	// Papers lists those of an owner, or all if it is empty, in order of owner and
	// id.
	Papers(ctx context.Context, owner dataspace.ParticipantID) ([]Paper, error)
	// Page lists like Papers, after one and at most limit.
	Page(ctx context.Context, owner dataspace.ParticipantID, after Key, limit int) ([]Paper, error)
	// Shared returns the documents of the other participants of a group that name
	// the exporter among those who share them. An empty group has none. It takes
	// the same time at any number of participants and documents outside of the
	// group.
	Shared(ctx context.Context, exporter dataspace.ParticipantID, group string) ([]Paper, error)
	// Replace replaces a document with its evidence, both or none. It returns
	// ErrStale if the stored one is not was, ErrNotFound if there is none.
	Replace(ctx context.Context, was, now Paper, evidence dataspace.Event) error
	// Remove removes a document with its evidence, both or none. The errors are
	// those of Replace.
	Remove(ctx context.Context, was Paper, evidence ...dataspace.Event) error
}
