package gateway

import (
	"context"
	"fmt"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/vocab"
)

// Dataset is what a participant can send. Its id is unique for its owner.
type Dataset struct {
	ID    dataspace.DatasetID     `json:"id"`
	Owner dataspace.ParticipantID `json:"owner"`
	Title dataspace.Text          `json:"title"`
	// Source is the absolute path of a file or directory on this gateway. It is
	// never sent to a peer.
	Source    dataspace.Source `json:"source"`
	Format    string           `json:"format,omitempty"`    // of the source; empty: sniffed
	Charset   string           `json:"charset,omitempty"`   // empty: sniffed
	Delimiter string           `json:"delimiter,omitempty"` // empty: sniffed
	Dialect   string           `json:"dialect,omitempty"`   // of csv: how cells are quoted and escaped
	Header    string           `json:"header,omitempty"`    // of csv: yes, no; empty: found out
	Skip      int              `json:"skip,omitempty"`      // of csv: lines above the header or the first row
	// System is the exporter's system that gave the people their numbers, such as
	// a membership; empty: the dataset is a system of its own.
	System string `json:"system,omitempty"`
	// Purposes are the purposes for which the catalogue shows the dataset.
	// Without purposes the catalogue does not show it.
	Purposes []string `json:"purposes,omitempty"`
	// Columns are the owner's own choices, stricter than the law's.
	Columns       []dataspace.ColumnPlan `json:"columns,omitempty"`
	RetentionDays int                    `json:"retention_days,omitempty"` // at the recipient; 0: not limited
	Facts         dataspace.DatasetFacts `json:"facts"`
	Created       time.Time              `json:"created"`
	Updated       time.Time              `json:"updated"`
	// Unread are facts that were stated by words which cannot be read any more.
	// They count as unknown. It is found where a dataset is read.
	Unread []string `json:"unread,omitempty"`
}

// AddDataset registers a dataset. Its source is not opened.
func (s *Service) AddDataset(ctx context.Context, d Dataset) (Dataset, error) {
	d, err := d.read(s.facts())
	if err != nil {
		return Dataset{}, err
	}
	if err := CheckListFacts(d.Facts); err != nil {
		return Dataset{}, err
	}
	d.Created = s.cfg.Now().UTC()
	d.Updated = d.Created
	if err := s.cfg.Store.InsertDataset(ctx, d); err != nil {
		return Dataset{}, fmt.Errorf("add dataset %s of %s: %w", d.ID, d.Owner, err)
	}
	return d, nil
}

// Facts about the items of a list, by the names that they have for a dataset.
const (
	listItems     = "list_items"
	listConfirmed = "list_confirmed"
)

// CheckListFacts refuses facts that say that the items of a list are confirmed.
// Only ConfirmItems may record that, because it binds the confirmation to
// columns and a list.
func CheckListFacts(f dataspace.DatasetFacts) error {
	if f.ListMatch == nil && !f.Known.Of(listConfirmed).Known() {
		return nil
	}
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "dataset.list", Place: "facts.list_confirmed",
		Message: "a person confirms it of a registered dataset", Hint: "'hutong dataset confirm-items' does"}
}

// ChangeDataset replaces a dataset of the same owner and id.
func (s *Service) ChangeDataset(ctx context.Context, d Dataset) (Dataset, error) {
	d, err := d.read(s.facts())
	if err != nil {
		return Dataset{}, err
	}
	old, err := s.Dataset(ctx, d.Owner, d.ID)
	if err != nil {
		return Dataset{}, err
	}
	d.Created, d.Updated = old.Created, s.cfg.Now().UTC()
	if err := s.cfg.Store.ReplaceDataset(ctx, d); err != nil {
		return Dataset{}, fmt.Errorf("change dataset %s of %s: %w", d.ID, d.Owner, err)
	}
	return d, nil
}

// ConfirmItems records which items of a list a dataset matches, as confirmed by
// a person. It replaces an earlier confirmation. The caller has checked that
// the list has the items, and names the person.
func (s *Service) ConfirmItems(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID, m dataspace.ListMatch) (Dataset, error) {
	var c checks
	c.want(dataspace.IsReason(m.Reason), "reason", "expected why, in up to 2,000 bytes")
	c.want(m.By != "", "by", "expected who")
	c.want(len(m.Columns) == 64, "columns", "expected the digest of the profile's columns")
	if err := c.join(); err != nil {
		return Dataset{}, err
	}
	d, err := s.Dataset(ctx, owner, id)
	if err != nil {
		return Dataset{}, err
	}
	m.At = s.cfg.Now().UTC()
	d.Facts.ListMatch = &m
	d.Facts.Known.Forget(listItems, listConfirmed)
	return s.ChangeDataset(ctx, d)
}

// Dataset finds a dataset, or returns ErrNotFound.
func (s *Service) Dataset(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID) (Dataset, error) {
	d, err := s.cfg.Store.Dataset(ctx, owner, id)
	if err != nil {
		return Dataset{}, fmt.Errorf("find dataset %q of %q: %w", id, owner, err)
	}
	return s.MarkDataset(d), nil
}

// MarkDataset says which facts of a dataset cannot be read any more.
func (s *Service) MarkDataset(d Dataset) Dataset {
	d.Unread = fact.UnreadOfDataset(s.facts(), d.Facts.Known)
	return d
}

// Datasets lists an owner's datasets, or all when owner is empty.
func (s *Service) Datasets(ctx context.Context, owner dataspace.ParticipantID) ([]Dataset, error) {
	return s.cfg.Store.Datasets(ctx, owner)
}

// RemoveDataset removes a dataset. Flows that have begun keep their source.
func (s *Service) RemoveDataset(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID) error {
	if err := s.cfg.Store.RemoveDataset(ctx, owner, id); err != nil {
		return fmt.Errorf("remove dataset %q of %q: %w", id, owner, err)
	}
	return nil
}

// read checks a dataset and gives it with keys in the place of its words.
func (d Dataset) read(t *fact.Table) (Dataset, error) {
	var c checks
	c.add(dataspace.CheckName("dataset", string(d.ID)))
	c.add(dataspace.CheckName("participant", string(d.Owner)))
	c.add(d.Source.Check())
	c.want(d.Source.Kind != dataspace.SourceUpload, "source", "an upload belongs to one flow and cannot be registered")
	c.want(d.RetentionDays >= 0, "retention_days", "expected a number of days")
	d.Purposes = c.words(t, vocab.Purposes, "purposes", d.Purposes)
	d.Format = c.word(t, vocab.Formats, "format", d.Format)
	var err error
	d.Unread = nil
	d.Facts.Known, err = t.ReadDataset(d.Facts.Known, fact.Dataset)
	c.add(err)
	return d, c.join()
}
