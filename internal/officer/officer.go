package officer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// Kind is a kind of rows.
type Kind string

// The kinds.
const (
	Column Kind = "column" // JSON of dataspace.Statement, named by the column
	Key    Kind = "key"    // JSON of dataspace.KeyChoice, named by the role
)

// Row is what somebody says of one thing in a dataset.
type Row struct {
	Kind Kind
	Name string
	Body []byte
}

// Gone names rows.
type Gone struct {
	Kind  Kind
	Names []string
}

// Store keeps the rows of datasets. A row is there as long as its dataset.
type Store interface {
	// Rows are in order of kind and name.
	Rows(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID) ([]Row, error)
	// Put adds or replaces rows with their evidence, all or none; ErrNotFound
	// without the dataset.
	Put(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID, rows []Row, evidence []dataspace.Event) error
	// Remove removes rows and adds the evidence, all or none; ErrNotFound if a row
	// is not there.
	Remove(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID, gone Gone, evidence []dataspace.Event) error
}

// Kept is all that people say of a dataset.
type Kept struct {
	Columns []dataspace.Statement `json:"columns"`
	Keys    []dataspace.KeyChoice `json:"keys"`
}

// Say returns the function that joins columns with what is said of them; nil if
// nothing is.
func (k Kept) Say(known *element.Taxonomy) func([]dataspace.ColumnProfile) []dataspace.ColumnProfile {
	if len(k.Columns) == 0 {
		return nil
	}
	return func(columns []dataspace.ColumnProfile) []dataspace.ColumnProfile {
		return Say(known, k.Columns, columns)
	}
}

// Config of a Service; every field is needed.
type Config struct {
	Store Store
	// Elements are those that the packs in force know.
	Elements func() *element.Taxonomy
	Now      func() time.Time
	// Event makes the evidence of something that happens now.
	Event func(kind dataspace.EventKind, docs map[string]dataspace.Document) (dataspace.Event, error)
	// Recorded is called when evidence was stored.
	Recorded func()
}

// Service records what people say.
type Service struct{ cfg Config }

// New makes the service.
func New(cfg Config) *Service { return &Service{cfg} }

// Kept is what people say of a dataset; empty for one that is not registered.
func (s *Service) Kept(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID) (Kept, error) {
	k := Kept{Columns: []dataspace.Statement{}, Keys: []dataspace.KeyChoice{}}
	rows, err := s.cfg.Store.Rows(ctx, owner, id)
	if err != nil {
		return k, fmt.Errorf("read what people say of %s of %s: %w", id, owner, err)
	}
	for _, r := range rows {
		switch r.Kind {
		case Column:
			k.Columns, err = appendRow(k.Columns, r)
		case Key:
			k.Keys, err = appendRow(k.Keys, r)
		}
		if err != nil {
			return k, fmt.Errorf("read what people say of %s of %s: %w", id, owner, err)
		}
	}
	return k, nil
}

func appendRow[T any](list []T, r Row) ([]T, error) {
	var v T
	err := json.Unmarshal(r.Body, &v)
	return append(list, v), err
}

// Saying is what a person says of one column.
type Saying struct {
	Column  string
	Says    dataspace.Saying
	Element dataspace.ElementID // of correct
}

// By is who says something, and why.
type By struct {
	Name   string
	Reason string
}

func (b By) check() error {
	if !dataspace.IsReason(b.Reason) {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "statement.reason", Place: "reason", Message: "a statement needs a reason of up to 2,000 bytes",
			Hint: "say what you looked at; the reason is kept as evidence"}
	}
	if b.Name == "" {
		return fmt.Errorf("record a statement of nobody: %w", dataspace.ErrInvalid)
	}
	return nil
}

// State records what a person says of columns, as they are in the profile of
// the dataset: all or nothing. It returns ErrConflict where values prove
// themselves against it.
func (s *Service) State(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID, p dataspace.Profile, list []Saying, by By) (Kept, error) {
	if err := by.check(); err != nil {
		return Kept{}, err
	}
	if len(list) == 0 {
		return Kept{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "statement.column", Place: "columns", Message: "no column is named"}
	}
	schema, err := p.Schema()
	if err != nil {
		return Kept{}, err
	}
	var rows []Row
	var events []dataspace.Event
	var errs []error
	for _, one := range list {
		st, err := s.statement(p, one)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		st.Reason, st.By, st.At, st.Schema = by.Reason, by.Name, s.cfg.Now().UTC().Format(time.RFC3339), schema
		e, err := s.event(dataspace.EventStatement, dataspace.Spoken{Owner: owner, Dataset: id, Statement: &st})
		if err != nil {
			return Kept{}, err
		}
		st.Event, events = e.ID, append(events, e)
		body, err := json.Marshal(st)
		errs = append(errs, err)
		if slices.ContainsFunc(rows, func(r Row) bool { return r.Name == st.Column }) {
			errs = append(errs, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "statement.column", Place: "column " + st.Column, Message: "is named twice"})
		}
		rows = append(rows, Row{Kind: Column, Name: st.Column, Body: body})
	}
	if err := errors.Join(errs...); err != nil {
		return Kept{}, err
	}
	if err := s.cfg.Store.Put(ctx, owner, id, rows, events); err != nil {
		return Kept{}, fmt.Errorf("record statements on %s of %s: %w", id, owner, err)
	}
	s.cfg.Recorded()
	return s.Kept(ctx, owner, id)
}

// statement is what a person says of a column, bound to the column as it is.
func (s *Service) statement(p dataspace.Profile, in Saying) (dataspace.Statement, error) {
	c, ok := p.Column(in.Column)
	if !ok {
		return dataspace.Statement{}, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "statement.column", Place: "column " + in.Column,
			Message: "the dataset has no such column", Hint: "'hutong profile' lists its columns"}
	}
	st := dataspace.Statement{Column: c.Name, Says: in.Says, Type: c.Type, Forms: c.Forms, Found: c.Element}
	wrong := func(message, hint string) (dataspace.Statement, error) {
		return st, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "statement.element", Place: "column " + c.Name, Message: message, Hint: hint}
	}
	known := s.cfg.Elements()
	if in.Element != "" && in.Says != dataspace.SaysCorrect {
		return wrong("an element is named beside "+string(in.Says), "only correct names one")
	}
	switch in.Says {
	case dataspace.SaysConfirm:
		if c.Element == nil {
			return wrong("nothing was found that could be confirmed", "say with correct what it is, or that it is not personal")
		}
		st.Element = c.Element
	case dataspace.SaysCorrect:
		if _, ok := known.Lookup(in.Element); !ok {
			return wrong(fmt.Sprintf("there is no element %q", in.Element), "docs/reference/vocabularies.md lists the elements, and 'hutong pack list' the packs that add some")
		}
		st.Element = &in.Element
	case dataspace.SaysNotPersonal:
	default:
		return wrong(fmt.Sprintf("nobody can say %q of a column", in.Says), "say confirm, correct or not_personal")
	}
	own, inside := against(known, st.Says, st.Element, c)
	if proved := append(own, inside...); len(proved) > 0 {
		return st, conflict(c.Name, proved)
	}
	return st, nil
}

// conflict names what proves itself, and in how many rows.
func conflict(column string, proved []dataspace.Contained) error {
	var what []string
	for _, p := range proved {
		rows := "rows"
		if p.Rows == 1 {
			rows = "row"
		}
		what = append(what, fmt.Sprintf("%s in %d %s", p.Element, p.Rows, rows))
	}
	return &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "statement.proved", Place: "column " + column,
		Message: "its values prove otherwise: " + strings.Join(what, ", "),
		Hint:    "nothing was recorded; what proves itself stays, whatever a person says. Remove the values from the source, or drop the column"}
}

// event is the evidence of what a person says.
func (s *Service) event(kind dataspace.EventKind, of dataspace.Spoken) (dataspace.Event, error) {
	doc, err := dataspace.NewDocument(of)
	if err != nil {
		return dataspace.Event{}, err
	}
	return s.cfg.Event(kind, map[string]dataspace.Document{dataspace.DocStatement: doc})
}

// Withdraw takes back what was said of columns.
func (s *Service) Withdraw(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID, columns []string, by By) (Kept, error) {
	return s.remove(ctx, owner, id, Gone{Column, columns}, by)
}

// remove takes back what was said, with evidence of what that was.
func (s *Service) remove(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID, gone Gone, by By) (Kept, error) {
	if err := by.check(); err != nil {
		return Kept{}, err
	}
	kept, err := s.Kept(ctx, owner, id)
	if err != nil {
		return Kept{}, err
	}
	var events []dataspace.Event
	for _, name := range gone.Names {
		of := dataspace.Spoken{Owner: owner, Dataset: id, Withdrawn: &dataspace.Withdrawn{Reason: by.Reason, By: by.Name, At: s.cfg.Now().UTC().Format(time.RFC3339)}}
		switch gone.Kind {
		case Column:
			if i := slices.IndexFunc(kept.Columns, func(c dataspace.Statement) bool { return c.Column == name }); i >= 0 {
				of.Statement, of.Withdrawn.Event, kept.Columns[i].Event = &kept.Columns[i], kept.Columns[i].Event, ""
			}
		case Key:
			if i := slices.IndexFunc(kept.Keys, func(k dataspace.KeyChoice) bool { return k.Role == name }); i >= 0 {
				of.Choice, of.Withdrawn.Event, kept.Keys[i].Event = &kept.Keys[i], kept.Keys[i].Event, ""
			}
		}
		e, err := s.event(dataspace.EventWithdrawal, of)
		if err != nil {
			return Kept{}, err
		}
		events = append(events, e)
	}
	if err := s.cfg.Store.Remove(ctx, owner, id, gone, events); errors.Is(err, dataspace.ErrNotFound) {
		return Kept{}, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "statement.none", Place: string(gone.Kind) + " " + strings.Join(gone.Names, ", "),
			Message: "nobody says anything of one of them", Hint: "'hutong dataset column list' shows what people say"}
	} else if err != nil {
		return Kept{}, fmt.Errorf("withdraw statements on %s of %s: %w", id, owner, err)
	}
	s.cfg.Recorded()
	return s.Kept(ctx, owner, id)
}
