package declare

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// Row is the newest declaration of one fact about one dataset, or about the
// owner and all its datasets.
type Row struct {
	Dataset dataspace.DatasetID
	Fact    string
	// Event is the evidence of its last change.
	Event dataspace.EventID
	Body  []byte // JSON of Kept
}

// Store keeps rows. A row is there as long as its owner and its dataset.
type Store interface {
	// Declarations are the rows of an owner in order of fact and dataset.
	Declarations(ctx context.Context, owner dataspace.ParticipantID) ([]Row, error)
	// Declare adds or replaces a row with its evidence, both or none. It returns
	// ErrStale if the row that it replaces does not have the given event, where
	// the empty event is that of no row; ErrNotFound without the owner or the
	// dataset.
	Declare(ctx context.Context, owner dataspace.ParticipantID, row Row, replaces dataspace.EventID, evidence dataspace.Event) error
}

// Stated is what somebody else states of the same facts.
type Stated struct {
	Place   string // for people, such as "dataset members"
	Dataset dataspace.DatasetID
	Facts   dataspace.Values
}

// Config of a Service; every field is needed.
type Config struct {
	Store Store
	// Facts are those of the packs in force.
	Facts func() *fact.Table
	// Today is the day where a participant is, which may be either of two.
	Today func(ctx context.Context, owner dataspace.ParticipantID) (first, last string, err error)
	// Stated is what is registered of a participant and of its datasets.
	Stated func(ctx context.Context, owner dataspace.ParticipantID) ([]Stated, error)
	Now    func() time.Time
	// Event makes the evidence of something that happens now.
	Event func(kind dataspace.EventKind, docs map[string]dataspace.Document) (dataspace.Event, error)
	// Recorded is called when evidence was stored.
	Recorded func()
}

// Service records declarations.
type Service struct{ cfg Config }

// New makes the service.
func New(cfg Config) *Service { return &Service{cfg} }

// Kept are the declarations of a participant, also those that have ended, in
// order of fact and dataset.
func (s *Service) Kept(ctx context.Context, owner dataspace.ParticipantID) ([]Kept, error) {
	rows, err := s.rows(ctx, owner)
	out := make([]Kept, len(rows))
	for i := range rows {
		out[i] = rows[i].Kept
	}
	return out, err
}

// kept is a row that was read.
type kept struct {
	Kept
	event dataspace.EventID // of the last change
}

func (s *Service) rows(ctx context.Context, owner dataspace.ParticipantID) ([]kept, error) {
	rows, err := s.cfg.Store.Declarations(ctx, owner)
	if err != nil {
		return nil, fmt.Errorf("read declarations of %s: %w", owner, err)
	}
	out := make([]kept, len(rows))
	for i, r := range rows {
		out[i].event = r.Event
		if err := json.Unmarshal(r.Body, &out[i].Kept); err != nil {
			return nil, fmt.Errorf("read the declaration of %s of %s: %w", r.Fact, owner, err)
		}
	}
	return out, nil
}

// InForce are the declarations that hold about a participant and one of its
// datasets, which need not be registered, on a day that may be either of two.
func (s *Service) InForce(ctx context.Context, owner dataspace.ParticipantID, dataset dataspace.DatasetID, first, last string) ([]dataspace.Declaration, error) {
	list, err := s.Kept(ctx, owner)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return InForce(s.cfg.Facts(), list, dataset, first, last), nil
}

// The states of a declaration.
const (
	inForce = "in_force"
	ended   = "ended"
	gone    = "revoked"
)

// State is the state of a declaration today: in_force, ended or revoked.
func (s *Service) State(ctx context.Context, k Kept) (string, error) {
	if k.Revoked != nil {
		return gone, nil
	}
	first, last, err := s.cfg.Today(ctx, k.Owner)
	if err == nil && k.Holds(first, last) {
		return inForce, nil
	}
	return ended, err
}

// Check refuses facts that contradict a declaration in force. The facts have the
// names that they have in a flow.
func (s *Service) Check(ctx context.Context, owner dataspace.ParticipantID, in Stated) error {
	list, err := s.Kept(ctx, owner)
	if err != nil || len(list) == 0 {
		return err
	}
	first, last, err := s.cfg.Today(ctx, owner)
	if err != nil {
		return err
	}
	return Contradictions(InForce(s.cfg.Facts(), list, in.Dataset, first, last), in.Place, in.Facts)
}

// By is who declares something, and why.
type By struct {
	Name   string
	Key    string
	Reason string
}

func (b By) check() error {
	if !dataspace.IsReason(b.Reason) {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "declaration.reason", Place: "reason", Message: "a declaration needs a reason of up to 2,000 bytes",
			Hint: "say on what it rests; the reason is kept as evidence"}
	}
	if b.Name == "" || b.Key == "" {
		return fmt.Errorf("record a declaration of nobody: %w", dataspace.ErrInvalid)
	}
	return nil
}

// Answer is what is to be declared.
type Answer struct {
	Fact    string // its name, or the name that it has where it is stated
	Dataset dataspace.DatasetID
	// Value may be a text, as a person writes it, of a fact of any type.
	Value dataspace.Value
	Until string // last day; empty: as long as it may hold
	// Edition is the edition of the list that was looked at; nil: none is named.
	Edition *dataspace.Edition
}

// Declare records a declaration. It replaces an earlier one of the same fact
// about the same dataset.
func (s *Service) Declare(ctx context.Context, owner dataspace.ParticipantID, in Answer, by By) (Kept, error) {
	if err := by.check(); err != nil {
		return Kept{}, err
	}
	d, err := s.declarable(in.Fact)
	if err != nil {
		return Kept{}, err
	}
	k := Kept{Declaration: dataspace.Declaration{Owner: owner, Dataset: in.Dataset, Fact: d.Name, Reason: by.Reason, By: by.Name, Key: by.Key, At: s.at()}}
	if d.Standing.About == fact.AboutCompany && in.Dataset != "" {
		return Kept{}, invalid("declaration.about", d.Name, "is about the participant, not about a dataset", "leave out the dataset")
	}
	if k.Value, err = read(d, in.Value); err != nil {
		return Kept{}, err
	}
	first, last, err := s.cfg.Today(ctx, owner)
	if err != nil {
		return Kept{}, err
	}
	if k.Edition, err = edition(d, in.Edition, last); err != nil {
		return Kept{}, err
	}
	if k.From, k.Until, err = term(d, first, in.Until); err != nil {
		return Kept{}, err
	}
	if err := s.contradicted(ctx, k.Declaration); err != nil {
		return Kept{}, err
	}
	before, err := s.find(ctx, owner, d.Name, in.Dataset)
	if err != nil {
		return Kept{}, err
	}
	if before.event != "" && before.Revoked == nil {
		k.Replaces = before.Declaration.Event
	}
	return s.put(ctx, owner, k, dataspace.EventDeclaration, before.event)
}

// Revoke ends a declaration before its time.
func (s *Service) Revoke(ctx context.Context, owner dataspace.ParticipantID, name string, dataset dataspace.DatasetID, by By) (Kept, error) {
	if err := by.check(); err != nil {
		return Kept{}, err
	}
	if d, err := s.declarable(name); err == nil {
		name = d.Name // else a fact of a pack that is not loaded any more
	}
	before, err := s.find(ctx, owner, name, dataset)
	if err != nil {
		return Kept{}, err
	}
	if before.event == "" || before.Revoked != nil {
		return Kept{}, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "declaration.none", Place: name,
			Message: "nothing is declared of it that could be revoked", Hint: "'hutong declare list' shows the declarations"}
	}
	k := before.Kept
	k.Revoked = &dataspace.Withdrawn{Reason: by.Reason, By: by.Name, At: s.at(), Event: k.Event}
	return s.put(ctx, owner, k, dataspace.EventRevocation, before.event)
}

func (s *Service) at() string { return s.cfg.Now().UTC().Format(time.RFC3339) }

// put stores a declaration, or its revocation, with its evidence.
func (s *Service) put(ctx context.Context, owner dataspace.ParticipantID, k Kept, kind dataspace.EventKind, replaces dataspace.EventID) (Kept, error) {
	said := k
	said.Event = ""
	doc, err := dataspace.NewDocument(said)
	if err != nil {
		return Kept{}, err
	}
	e, err := s.cfg.Event(kind, map[string]dataspace.Document{dataspace.DocDeclaration: doc})
	if err != nil {
		return Kept{}, err
	}
	if kind == dataspace.EventDeclaration {
		k.Event = e.ID
	}
	body, err := json.Marshal(k)
	if err != nil {
		return Kept{}, err
	}
	err = s.cfg.Store.Declare(ctx, owner, Row{Dataset: k.Dataset, Fact: k.Fact, Event: e.ID, Body: body}, replaces, e)
	switch {
	case errors.Is(err, dataspace.ErrStale):
		return Kept{}, &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "declaration.changed", Place: k.Fact,
			Message: "somebody else has just changed the declaration", Hint: "look at it, and try again", Err: err}
	case errors.Is(err, dataspace.ErrNotFound):
		return Kept{}, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "declaration.of", Place: of(k.Declaration),
			Message: "there is no such participant or registered dataset", Hint: "without a dataset a declaration is about all of them"}
	case err != nil:
		return Kept{}, fmt.Errorf("record the declaration of %s of %s: %w", k.Fact, owner, err)
	}
	s.cfg.Recorded()
	return k, nil
}

// find is the row of a fact and a dataset; the zero value if there is none.
func (s *Service) find(ctx context.Context, owner dataspace.ParticipantID, name string, dataset dataspace.DatasetID) (kept, error) {
	rows, err := s.rows(ctx, owner)
	for _, r := range rows {
		if r.Fact == name && r.Dataset == dataset {
			return r, err
		}
	}
	return kept{}, err
}

// contradicted refuses a declaration against what is registered. One about all
// datasets says nothing of a dataset that has one of its own.
func (s *Service) contradicted(ctx context.Context, d dataspace.Declaration) error {
	stated, err := s.cfg.Stated(ctx, d.Owner)
	if err != nil {
		return err
	}
	rows, err := s.rows(ctx, d.Owner)
	if err != nil {
		return err
	}
	own := func(id dataspace.DatasetID) bool {
		return slices.ContainsFunc(rows, func(r kept) bool { return r.Fact == d.Fact && r.Dataset == id })
	}
	var errs []error
	for _, st := range stated {
		if st.Dataset == "" || st.Dataset == d.Dataset || d.Dataset == "" && !own(st.Dataset) {
			errs = append(errs, Contradictions([]dataspace.Declaration{d}, st.Place, st.Facts))
		}
	}
	return errors.Join(errs...)
}

// declarable finds a fact that can be declared, by its name or the name that it
// has where it is stated.
func (s *Service) declarable(name string) (*fact.Definition, error) {
	t := s.cfg.Facts()
	var found []*fact.Definition
	for i := range t.All() {
		d := t.At(i)
		if d.Standing == nil {
			continue
		}
		if d.Name == name {
			return d, nil
		}
		if name == d.DatasetName() || name == d.FieldName() || name == d.FlagName() {
			found = append(found, d)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return nil, invalid("declaration.fact", name, "is no fact that can be declared", "'hutong declare list' names those that can")
}

// read is a value as the fact has it.
func read(d *fact.Definition, v dataspace.Value) (dataspace.Value, error) {
	if v.Kind() == dataspace.TextValue && d.Kind() != dataspace.TextValue {
		parsed, err := d.Parse(v.Text())
		if err != nil {
			return v, err
		}
		v = parsed
	}
	if !v.Known() {
		return v, invalid("declaration.value", d.Name, "a declaration needs a value: "+d.Form(), "what is not known is not declared")
	}
	return v, d.Check(v)
}

// maxEdition is in bytes.
const maxEdition = 200

// edition is the edition of a list that somebody looked at, today at the latest.
func edition(d *fact.Definition, in *dataspace.Edition, today string) (*dataspace.Edition, error) {
	switch {
	case in == nil:
		return nil, nil
	case d.Standing.Edition == "":
		return nil, invalid("declaration.edition", d.Name, "is no fact about a list, so no edition of one was looked at", "leave out the edition")
	case strings.TrimSpace(in.Name) == "" || len(in.Name) > maxEdition:
		return nil, invalid("declaration.edition", "edition", "the edition needs a name of up to 200 bytes", "name the list and its edition as its issuer does")
	case !dataspace.ValidDay(in.On):
		return nil, invalid("declaration.edition", "edition.on", "the day on which the edition was looked at is no day of the form 2006-01-02", "")
	case in.On > today:
		return nil, invalid("declaration.edition", "edition.on", "lies in the future: today is "+today, "")
	}
	return &dataspace.Edition{Name: in.Name, On: in.On}, nil
}

// term is the first and the last day of a declaration that is made on a day.
func term(d *fact.Definition, today, until string) (string, string, error) {
	most := lastDay(today, d.Standing.Most())
	switch {
	case until == "":
		return today, most, nil
	case !dataspace.ValidDay(until):
		return "", "", invalid("declaration.until", "until", "is no day of the form 2006-01-02", "")
	case until < today:
		return "", "", invalid("declaration.until", "until", "is over: today is "+today, "")
	case until > most:
		return "", "", invalid("declaration.until", "until", "a declaration of "+d.Name+" that is made today holds until "+most+" at most", "declare it again then")
	}
	return today, until, nil
}

// lastDay is the last day of some months that begin on a day.
func lastDay(from string, months int) string {
	day, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return from // a gateway gives days of this form
	}
	next := time.Date(day.Year(), day.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := min(day.Day(), next.AddDate(0, 1, -1).Day())
	return next.AddDate(0, 0, last-2).Format(time.DateOnly)
}

func invalid(code, place, message, hint string) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: code, Place: place, Message: message, Hint: hint}
}

func byFact(a, b dataspace.Declaration) int { return cmp.Compare(a.Fact, b.Fact) }
