package gateway

import (
	"context"

	"hutong/internal/dataspace"
)

// Lists reads lists page by page: each query takes the same time at any number
// of rows. A page begins after the last row of the page before; the zero value
// begins with the first row. A page with fewer rows than limit is the last.
type Lists interface {
	// ParticipantsPage, KeysPage and PeersPage are in order of identifier.
	ParticipantsPage(ctx context.Context, after dataspace.ParticipantID, limit int) ([]Participant, error)
	KeysPage(ctx context.Context, after KeyID, limit int) ([]APIKey, error)
	PeersPage(ctx context.Context, after dataspace.PeerName, limit int) ([]Peer, error)
	// DatasetsPage is in order of owner and identifier; a search is in the order in
	// which they were registered.
	DatasetsPage(ctx context.Context, of DatasetQuery) ([]Dataset, error)
}

// DatasetQuery selects datasets; empty fields select all.
type DatasetQuery struct {
	Owner   dataspace.ParticipantID
	Offered bool   // only what is in the catalogue; not with Search
	Search  string // beginnings of words of id or title; Han characters match anywhere
	After   DatasetKey
	Limit   int
}

// DatasetKey names a dataset.
type DatasetKey struct {
	Owner dataspace.ParticipantID
	ID    dataspace.DatasetID
}
