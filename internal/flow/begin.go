package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"hutong/internal/dataspace"
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
	if err := r.check(); err != nil {
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
	if err := r.checkFacts(s.rules().Facts(), local, other); err != nil {
		return Flow{}, err
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

func (r Request) check() error {
	var errs []error
	bad := func(field, message string) {
		errs = append(errs, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "flow." + field, Place: field, Message: message})
	}
	if r.Purpose == "" {
		bad("purpose", "a purpose is needed")
	} else if !slices.Contains(Purposes, r.Purpose) {
		bad("purpose", fmt.Sprintf("unknown purpose %q, expected one of %v", r.Purpose, Purposes))
	}
	if !slices.Contains(Formats, r.Format) && r.Format != "" {
		bad("format", fmt.Sprintf("unknown format %q, expected one of %v", r.Format, Formats))
	}
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

// Purposes are those of facts.schema.json.
var Purposes = []string{"business", "contract_with_individual", "hr_employees", "emergency", "statutory_duty", "processing_for_foreign_client"}

// Formats are those of a delivered file.
var Formats = []string{"csv", "jsonl", "parquet"}
