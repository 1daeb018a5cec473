// Package survey checks all exporters, a few at a time, and remembers how near
// their counts of people are to the numbers of the law. A caller gets the
// remembered figures immediately, however many exporters there are.
package survey

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// Exporters is the number of exporters that one step checks.
const Exporters = 10

// Config holds the sources of a survey; all fields are needed.
type Config struct {
	// Page reads the participants after a given one, in order of identifier.
	Page func(ctx context.Context, after dataspace.ParticipantID, limit int) ([]gateway.Participant, error)
	// Outlooks says how near one exporter is to each number.
	Outlooks func(ctx context.Context, p gateway.Participant) ([]clear.Outlook, error)
	Now      func() time.Time
}

// Number is a number of a pack.
type Number struct {
	Pack dataspace.PackID
	Name string
}

// Figures do not name any exporter.
type Figures struct {
	// Used is the count of people as a share of the number, for the exporter
	// who is nearest to it.
	Used     map[Number]float64
	Warnings int // numbers that an exporter is near to or will soon reach
	// Since is the start of the round of these figures: no figure is older.
	Since time.Time
}

func (f *Figures) add(list []clear.Outlook) {
	for _, o := range list {
		n := Number{o.Pack, o.Name}
		f.Used[n] = max(f.Used[n], float64(o.Count)/float64(o.Value))
		if len(o.Warn) > 0 {
			f.Warnings++
		}
	}
}

// Survey repeats its rounds without end. It is in memory only: a new process
// begins with a new round.
type Survey struct {
	cfg  Config
	turn sync.Mutex // one step at a time
	next dataspace.ParticipantID
	here Figures // of the round that is under way

	mu   sync.Mutex
	last Figures
}

// New makes a survey without figures.
func New(cfg Config) *Survey {
	return &Survey{cfg: cfg, last: Figures{Used: map[Number]float64{}}}
}

// Step checks the next exporters. At the end of a round its figures replace the
// figures of the round before. Until the first round has ended, the figures
// grow with each step. An error ends the round, and the next step begins a new
// one. Step reports whether the round has ended.
func (s *Survey) Step(ctx context.Context) (whole bool, err error) {
	s.turn.Lock()
	defer s.turn.Unlock()
	if s.next == "" {
		s.here = Figures{Used: map[Number]float64{}, Since: s.cfg.Now()}
	}
	page, err := s.look(ctx)
	if err != nil {
		s.next = ""
		return false, err
	}
	whole = len(page) < Exporters
	if s.next = ""; !whole {
		s.next = page[len(page)-1].ID
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if whole || s.last.Since.IsZero() || s.last.Since.Equal(s.here.Since) {
		s.last = s.here
		s.last.Used = maps.Clone(s.here.Used)
	}
	return whole, nil
}

func (s *Survey) look(ctx context.Context) ([]gateway.Participant, error) {
	page, err := s.cfg.Page(ctx, s.next, Exporters)
	if err != nil {
		return nil, fmt.Errorf("look at the counts of exporters: %w", err)
	}
	for _, p := range page {
		list, err := s.cfg.Outlooks(ctx, p)
		if err != nil {
			return nil, fmt.Errorf("look at the counts of exporters: %w", err)
		}
		s.here.add(list)
	}
	return page, nil
}

// Figures returns the figures of the last round.
func (s *Survey) Figures() Figures {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.last
	out.Used = maps.Clone(s.last.Used)
	return out
}
