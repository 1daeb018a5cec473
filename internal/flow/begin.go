package flow

import (
	"context"
	"errors"
	"time"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/decide"
	"hutong/internal/fact"
	"hutong/internal/vocab"
)

// Request is what a person asks for: a dataset to be sent to a recipient, or to
// be fetched from a provider.
type Request struct {
	Role         dataspace.Role // Provider: send. Consumer: fetch.
	Local        dataspace.ParticipantID
	Peer         dataspace.PeerName
	Counterparty dataspace.ParticipantID
	Dataset      dataspace.DatasetID
	Purpose      string
	Format       string // of the delivered file; empty: csv

	// For Provider only.
	Source        dataspace.Source
	SourceForm    SourceForm
	Facts         dataspace.DatasetFacts
	Own           []dataspace.ColumnPlan
	RetentionDays int
}

// Begin creates a flow and starts it.
func (s *Commands) Begin(ctx context.Context, r Request) (Flow, error) {
	if err := r.check(s.rules().Facts()); err != nil {
		return Flow{}, err
	}
	local, err := s.directory.Participant(ctx, r.Local)
	if err != nil {
		return Flow{}, err
	}
	// The peer is asked now: an unknown name is a mistake of the caller, who
	// must learn it before hours of profiling.
	other, err := s.directory.Counterparty(ctx, r.Peer, r.Counterparty)
	if err != nil {
		return Flow{}, err
	}
	declared, err := s.directory.Declared(ctx, r.Local, r.Dataset, s.now())
	if err != nil {
		return Flow{}, err
	}
	if err := r.readFacts(s.rules().Facts(), local, declared, other); err != nil {
		return Flow{}, err
	}
	if r.Role == dataspace.Provider {
		set := s.rules()
		from := local.Exporter(set.Facts())
		err := decide.Begun(set, decide.Case{Exporter: from, Recipient: other.Recipient(set.Facts(), local.Group), Purpose: r.Purpose, Dataset: r.Facts,
			Declared: declared, Dates: clear.DatesOf(set.Home(from), s.now(), time.Time{})})
		if err != nil {
			return Flow{}, err
		}
	}
	f := s.newFlow(r.Role)
	f.Local, f.Peer, f.Counterparty = r.Local, r.Peer, r.Counterparty
	f.Dataset, f.Purpose, f.Format = r.Dataset, r.Purpose, r.Format
	f.Source, f.SourceForm, f.Facts, f.Own, f.RetentionDays = r.Source, r.SourceForm, r.Facts, r.Own, r.RetentionDays
	if f.Format == "" {
		f.Format = "csv"
	}
	f.Asked = true
	f.State = dataspace.Negotiating
	if r.Role == dataspace.Provider {
		f.State = dataspace.Profiling
	}
	if err := s.store.Create(ctx, f); err != nil {
		return Flow{}, err
	}
	s.wake(f.ID)
	return f, nil
}

// check checks a request and puts keys in the place of its words.
func (r *Request) check(t *fact.Table) error {
	var errs []error
	bad := func(field, message string) {
		errs = append(errs, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "flow." + field, Place: field, Message: message})
	}
	if r.Purpose == "" {
		bad("purpose", "a purpose is needed")
	}
	read := func(n vocab.Name, place string, word *string) {
		key, err := t.Words().Read(n, place, *word)
		*word, errs = key, append(errs, err)
	}
	read(vocab.Purposes, "purpose", &r.Purpose)
	read(vocab.Formats, "format", &r.Format)
	if r.Role == dataspace.Provider && r.Source.IsZero() {
		bad("source", "a source is needed")
	} else if r.Role == dataspace.Provider {
		errs = append(errs, r.Source.Check())
	}
	for kind, name := range map[string]string{"participant": string(r.Local), "peer": string(r.Peer), "counterparty": string(r.Counterparty), "dataset": string(r.Dataset)} {
		if err := dataspace.CheckName(kind, name); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
