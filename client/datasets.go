package client

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// Dataset is what a participant can send. Its id is unique for its owner.
type Dataset struct {
	ID    string `json:"id"`
	Owner string `json:"owner"`
	Title Text   `json:"title" required:"false"`
	// Source is a file or directory on the gateway. It is never sent to a peer.
	Source    Source `json:"source"`
	Format    string `json:"format,omitempty"`                // of the source; empty: found out
	Charset   string `json:"charset,omitempty"`               // empty: found out
	Delimiter string `json:"delimiter,omitempty"`             // empty: found out
	Dialect   string `json:"dialect,omitempty"`               // of csv: how cells are quoted and escaped, such as mysql, or quote=single,escape=backslash
	Header    string `json:"header,omitempty" enum:"yes,no"`  // of csv; no: the first line is a row; empty: found out
	Skip      int    `json:"skip,omitempty" minimum:"0"`      // of csv: lines above the header or the first row
	System    string `json:"system,omitempty" maxLength:"64"` // of the exporter, which gave the people their numbers; empty: the dataset is a system of its own
	// Purposes are the purposes for which the catalogue shows the dataset.
	// Without purposes the catalogue does not show it.
	Purposes []string `json:"purposes,omitempty"`
	// Columns are the owner's own choices, stricter than the law's.
	Columns       []ColumnPlan `json:"columns,omitempty"`
	RetentionDays int          `json:"retention_days,omitempty"` // at the recipient; 0: not limited
	Facts         Facts        `json:"facts" required:"false"`
	Created       time.Time    `json:"created" required:"false" readOnly:"true"`
	Updated       time.Time    `json:"updated" required:"false" readOnly:"true"`
	// Unread are facts that were stated by words which cannot be read any more.
	// They count as unknown.
	Unread []string `json:"unread,omitempty" readOnly:"true"`
}

// ConfirmItems is a person's confirmation of which items of a list a dataset
// matches.
type ConfirmItems struct {
	Pack    string   `json:"pack"`
	Items   []string `json:"items" doc:"ids of all items that match; empty: none matches"`
	Columns string   `json:"columns" doc:"digest of the columns that were compared"`
	Reason  string   `json:"reason"`
}

// DatasetFilter selects datasets; empty fields select all.
type DatasetFilter struct {
	Owner  string // of the dataset
	Search string // words that its id or title begins with or holds
}

// Datasets gives access to registered datasets.
type Datasets struct{ t *transport }

// List ranges over datasets, in order of owner and id.
func (d Datasets) List(ctx context.Context, f DatasetFilter) iter.Seq2[Dataset, error] {
	return pages(func(p Page) ([]Dataset, string, error) {
		return page[Dataset](ctx, d.t, "/datasets", values("owner", f.Owner, "search", f.Search), p)
	})
}

// Get returns a dataset, or ErrNotFound.
func (d Datasets) Get(ctx context.Context, owner, id string) (Dataset, error) {
	return call[Dataset](ctx, d.t, http.MethodGet, path("participants", owner, "datasets", id), nil)
}

// Add registers a dataset. It returns ErrConflict if the owner has a dataset of
// that id.
func (d Datasets) Add(ctx context.Context, in Dataset) (Dataset, error) {
	return call[Dataset](ctx, d.t, http.MethodPost, "/datasets", in)
}

// ConfirmItems records which items of a list the dataset matches.
func (d Datasets) ConfirmItems(ctx context.Context, owner, id string, in ConfirmItems) (Dataset, error) {
	return call[Dataset](ctx, d.t, http.MethodPost, path("participants", owner, "datasets", id, "list-match"), in)
}

// Remove removes a dataset.
func (d Datasets) Remove(ctx context.Context, owner, id string) error {
	return d.t.remove(ctx, path("participants", owner, "datasets", id))
}
