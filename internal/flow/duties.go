package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"hutong/internal/dataspace"
)

// What is open about flows is read from tables, so that an agenda takes the
// same time at any number of flows. A flow is looked at, that is, decided as
// of today, once a day, under new rules, and after each change of what its
// decision rests on; the store knows which have to be.

// DutyStore keeps what was open about each flow when it was looked at last.
// Flows that nothing is asked of, never decided or ended without a delivery,
// are not in it.
type DutyStore interface {
	// Unlooked returns flows that were not looked at by this day and these
	// rules, or not since something changed: those that were looked at longest ago first, after the
	// given one.
	Unlooked(ctx context.Context, of AgendaFilter, asOf string, after Unlooked, limit int) ([]Unlooked, error)
	// PutLook replaces what is open about a flow, atomically. It does nothing
	// when the flow has changed again since Unlooked.
	PutLook(ctx context.Context, u Unlooked, l Look) error
	// Duties returns the obligations that the filter selects, in the order of
	// Place, after a place. The filter's DueBefore is compared with Rank.
	Duties(ctx context.Context, of AgendaFilter, after Place, limit int) ([]Ranked, error)
	// Notices returns the warnings that the filter selects, each once with the
	// first of its flows.
	Notices(ctx context.Context, of AgendaFilter, limit int) ([]Notice, error)
	// Undecided counts the flows that Unlooked would return.
	Undecided(ctx context.Context, of AgendaFilter, asOf string) (int64, error)
}

// Unlooked is a flow that must be looked at, as of one of its changes.
type Unlooked struct {
	AsOf    string // of the last look; empty: never, or before a change
	Flow    dataspace.FlowID
	Changed int64
}

// Look is what was found open about a flow.
type Look struct {
	AsOf     string // day and rules, see asOf
	Local    dataspace.ParticipantID
	Duties   []Ranked
	Warnings []dataspace.Warning
}

// Ranked is an obligation with its place in an agenda.
type Ranked struct {
	Duty
	Place
	// Open is false for what is done, and for a record whose time is over.
	Open bool
}

// Place is where an obligation stands in an agenda.
type Place struct {
	Rank string // the day on which it is due, then what has none, then what is done
	Flow dataspace.FlowID
	N    int // of the flow
}

// Ranks of what has no date, and of what is done: both sort behind days.
const (
	rankUndated = "x"
	rankDone    = "~"
)

// Of the flows that must be looked at, lookBatch are read at a time, and
// lookAtOnce are looked at side by side.
const (
	lookBatch  = 100
	lookAtOnce = 16
)

// LookAtFlows looks at every flow that must be looked at. A flow that cannot
// be decided is an error; the others are looked at all the same.
func (s *Service) LookAtFlows(ctx context.Context) error {
	return s.look(ctx, AgendaFilter{}, time.Time{})
}

// look looks at the flows of a filter until the time is over; zero: at all.
func (s *Service) look(ctx context.Context, of AgendaFilter, until time.Time) error {
	asOf, err := s.asOf()
	if err != nil {
		return err
	}
	var errs []error
	for after := (Unlooked{}); ; {
		list, err := s.cfg.Duties.Unlooked(ctx, of, asOf, after, lookBatch)
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		if ctx.Err() != nil || !until.IsZero() && s.now().After(until) {
			return errors.Join(append(errs, ctx.Err())...)
		}
		errs = append(errs, s.lookAtAll(ctx, list, asOf)...)
		if len(list) < lookBatch {
			return errors.Join(errs...)
		}
		after = list[len(list)-1]
	}
}

// lookAtAll looks at flows, some at once: what they write waits for one
// commit together.
func (s *Service) lookAtAll(ctx context.Context, list []Unlooked, asOf string) []error {
	errs := make([]error, len(list))
	var wg sync.WaitGroup
	free := make(chan struct{}, lookAtOnce)
	for i, u := range list {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			if err := s.lookAt(ctx, u, asOf); err != nil {
				errs[i] = fmt.Errorf("decide flow %s as of today: %w", u.Flow, err)
			}
		})
	}
	wg.Wait()
	return errs
}

func (s *Service) lookAt(ctx context.Context, u Unlooked, asOf string) error {
	f, err := s.Flow(ctx, u.Flow)
	if err != nil {
		return err
	}
	d, err := s.anew(ctx, f)
	if err != nil {
		return err
	}
	l := lookOf(f, d, s.today())
	l.AsOf = asOf
	return s.cfg.Duties.PutLook(ctx, u, l)
}

// asOf names the day, the rules and the operator's choices by which flows are
// looked at.
func (s *Service) asOf() (string, error) {
	digest, err := RulesDigest(s.cfg.Rules())
	if err != nil {
		return "", err
	}
	doc, err := dataspace.NewDocument(map[string]any{"rules": digest, "switches": s.cfg.Switches})
	if err != nil {
		return "", fmt.Errorf("name rules and switches: %w", err)
	}
	return s.today() + " " + string(doc.Digest()), nil
}

// lookOf is what a decision leaves open about a flow on a day.
func lookOf(f Flow, d dataspace.Decision, day string) Look {
	l := Look{Local: f.Local}
	for _, o := range d.Obligations {
		duty := Duty{Flow: f.ID, Participant: f.Local, Dataset: f.Dataset, DeliveredOn: f.deliveredOn(), Obligation: o}
		if at := slices.IndexFunc(f.Done, func(done Done) bool { return done.Obligation == o.ID }); at >= 0 && !o.Satisfied {
			duty.Satisfied, duty.Done = true, &f.Done[at]
		}
		kept := o.Due == nil && o.Until != nil && *o.Until < day // the time of a record is over
		l.Duties = append(l.Duties, Ranked{Duty: duty, Place: Place{Rank: rankOf(duty), Flow: f.ID}, Open: !duty.Satisfied && !kept})
	}
	slices.SortStableFunc(l.Duties, func(a, b Ranked) int { return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.ID, b.ID)) })
	for i := range l.Duties {
		l.Duties[i].N = i
	}
	for _, w := range d.Warnings {
		if w.Kind != dataspace.WarnCount { // of the day of the flow; the counts themselves tell today's
			l.Warnings = append(l.Warnings, w)
		}
	}
	return l
}

func rankOf(d Duty) string {
	switch {
	case d.Satisfied:
		return rankDone
	case d.Due == nil:
		return rankUndated
	}
	return *d.Due
}
