package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/decide"
	"hutong/internal/people"
)

// counting counts the people of a flow in the year of its exporter.
type counting struct {
	counts    Counts
	profiler  Profiler
	rules     Rules
	sensitive string // by which classification, see Config
}

// errNoCensus says that the dataset must be profiled again to find its people.
var errNoCensus = fmt.Errorf("the census of the dataset is gone: %w", dataspace.ErrUnavailable)

// errSaidSince says that the dataset must be profiled again, because people say
// something else of it now.
var errSaidSince = &dataspace.Problem{Kind: dataspace.ErrNotCleared, Code: "flow.said",
	Message: "people said something else of the dataset after it was profiled", Hint: "begin a new flow; it is decided under what they say now"}

// current fails with errSaidSince if people say something else now of a dataset
// than when it was profiled.
func (s *counting) current(ctx context.Context, f Flow, p dataspace.Profile) error {
	if ok, err := s.profiler.Current(ctx, f, p); err != nil || ok {
		return err
	}
	return errSaidSince
}

// reserve counts the people of a flow and returns the totals of the year that
// include them.
func (s *counting) reserve(ctx context.Context, f Flow, id dataspace.ReservationID, plan dataspace.Plan, c decide.Case) (dataspace.Values, error) {
	census, err := s.profiler.Census(ctx, f.ID)
	if errors.Is(err, dataspace.ErrNotFound) {
		return dataspace.Values{}, errNoCensus
	}
	if err != nil {
		return dataspace.Values{}, err
	}
	defer func() { _ = census.Close() }() // only read
	year, err := people.YearOf(c.On)
	if err != nil {
		return dataspace.Values{}, err
	}
	by := clear.NewCounting(s.rules().Counts())
	young := decide.YoungOf(s.rules(), c, by)
	totals, err := s.counts.Reserve(ctx, people.Reservation{ID: id, Flow: f.ID, Exporter: f.Local, Year: year, On: c.On, Latest: c.Latest, To: Recipient(f)}, by.Parts,
		func(algorithm string, yield func(person [16]byte, in people.Classes) error) error {
			return census.Each(algorithm, clear.Leaving(plan), by.Classes, func(person [16]byte, in people.Classes) error { return yield(person, young.Of(in)) })
		})
	if errors.Is(err, dataspace.ErrNotFound) { // a class, or a year that began with another hash, that the census does not know
		return dataspace.Values{}, errNoCensus
	}
	if err != nil {
		return dataspace.Values{}, fmt.Errorf("reserve people of flow %s: %w", f.ID, err)
	}
	counts := by.Facts(totals)
	counts.Set(dataspace.FactCountsStandard, dataspace.TextOf(s.sensitive))
	return counts, nil
}

// Recipient names the recipient of a flow where pairs are counted.
func Recipient(f Flow) string { return string(f.Peer) + "/" + string(f.Counterparty) }

// byDay reports whether people are counted over a rolling window and can be
// counted again. Without the census, the day of the decision remains their day.
func (s *counting) byDay(ctx context.Context, f Flow) bool {
	if !slices.ContainsFunc(clear.NewCounting(s.rules().Counts()).Parts, func(p people.Part) bool { return p.Months > 0 }) {
		return false
	}
	census, err := s.profiler.Census(ctx, f.ID)
	return err == nil && census.Close() == nil
}

// reservationOf is the reservation of a flow. It follows from the flow, so that
// it can be released even if a crash came before the flow recorded it.
func reservationOf(f Flow) dataspace.ReservationID { return dataspace.ReservationID(f.ID) }
