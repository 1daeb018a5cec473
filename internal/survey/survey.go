// Package survey checks all exporters, some at a time, and stores how close their
// counts of people are to the legal thresholds. A caller gets the stored result
// at once, for any number of exporters.
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

// Exporters is how many exporters one step looks at.
const Exporters = 10

// Config is what a survey asks; all fields are needed.
type Config struct {
	// Page reads participants in order of identifier, behind one of them.
	Page func(ctx context.Context, after dataspace.ParticipantID, limit int) ([]gateway.Participant, error)
	// Outlooks is how near one exporter is to each number.
	Outlooks func(ctx context.Context, p gateway.Participant) ([]clear.Outlook, error)
	Now      func() time.Time
}

// Number is a number of a pack.
type Number struct {
	Pack dataspace.PackID
	Name string
}

// Figures say nothing of whose they are.
type Figures struct {
	// Used is people as a share of a number, of the exporter who is nearest to
	// it.
	Used     map[Number]float64
	Warnings int // numbers that an exporter comes near to, or will soon reach
	// Since is when the round began that they are of: nothing of them is older.
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

// Survey goes round and round. It is kept in memory: a new process begins anew.
type Survey struct {
	cfg  Config
	turn sync.Mutex // one step at a time
	next dataspace.ParticipantID
	here Figures // of the round that is under way

	mu   sync.Mutex
	last Figures
}

// New makes a survey that has looked at nobody yet.
func New(cfg Config) *Survey {
	return &Survey{cfg: cfg, last: Figures{Used: map[Number]float64{}}}
}

// Step looks at the next exporters. At the end of a round its figures take the
// place of those of the round before; until a first round has ended, they grow
// with each step. An error ends the round, and the next step begins a new one.
// It reports whether the round has ended.
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

// Figures are those of the last round.
func (s *Survey) Figures() Figures {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.last
	out.Used = maps.Clone(s.last.Used)
	return out
}
