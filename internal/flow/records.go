package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/prove"
)

// records reads and changes flows. It stores each change together with its
// documents and evidence. Every role of this package uses it.
type records struct {
	gateway  dataspace.GatewayID // named in the evidence
	store    Store
	evidence Evidence
	clock    clock.Clock
	watchers *watchers
}

func (s *records) now() time.Time { return s.clock.Now().UTC() }

func (s *records) newFlow(role dataspace.Role) Flow {
	now := s.now()
	return Flow{ID: dataspace.FlowID(newID("flow-")), Role: role, Mark: Mark{Created: now, Updated: now}}
}

func (s *records) record(f Flow) record { return record{flow: f, at: s.now()} }

// Flow returns one flow; ErrNotFound.
func (s *records) Flow(ctx context.Context, id dataspace.FlowID) (Flow, error) {
	return s.store.Flow(ctx, id)
}

// Version returns the version of a flow; ErrNotFound.
func (s *records) Version(ctx context.Context, id dataspace.FlowID) (int64, error) {
	return s.store.Version(ctx, id)
}

// List returns flows, newest first.
func (s *records) List(ctx context.Context, filter Filter) ([]Flow, error) {
	return s.store.List(ctx, filter)
}

// eachPage is how many flows Each reads at a time.
const eachPage = 256

// Each runs fn on the flows of a filter, newest first, until one fails. However
// many there are, one page of them is in memory.
func (s *records) Each(ctx context.Context, filter Filter, fn func(Flow) error) error {
	for filter.Limit = eachPage; ; {
		list, err := s.store.List(ctx, filter)
		for i := 0; i < len(list) && err == nil; i++ {
			filter.After = Newest{Created: list[i].Created, ID: list[i].ID}
			err = fn(list[i])
		}
		if err != nil || len(list) < eachPage {
			return err
		}
	}
}

// CountByState counts all flows.
func (s *records) CountByState(ctx context.Context) (map[RoleState]int64, error) {
	return s.store.CountByState(ctx)
}

// Document returns one of a flow's documents by its name; ErrNotFound.
func (s *records) Document(ctx context.Context, f Flow, name string) (dataspace.Document, error) {
	digest, ok := f.Documents[name]
	if !ok {
		return nil, fmt.Errorf("flow %s has no %s: %w", f.ID, name, dataspace.ErrNotFound)
	}
	return s.store.Document(ctx, digest)
}

// save writes a record and returns the flow with its new version. It removes a
// trouble that has ended.
func (s *records) save(ctx context.Context, r record) (Flow, error) {
	r.flow.Updated = s.now()
	rows, err := prove.Encode(s.gateway, r.events...)
	if err != nil {
		return Flow{}, fmt.Errorf("record flow %s: %w", r.flow.ID, err)
	}
	f, err := s.store.Update(ctx, r.flow, r.docs, rows)
	if err != nil {
		return Flow{}, err
	}
	if len(r.events) > 0 {
		s.evidence.Notify()
	}
	s.watchers.changed(f.ID)
	return f, nil
}

// errUnchanged tells mutate that there is nothing to write.
var errUnchanged = errors.New("unchanged")

// mutate changes a flow and tries again when another change came first. fn
// fills the record; it may run several times.
func (s *records) mutate(ctx context.Context, id dataspace.FlowID, fn func(r *record) error) (Flow, error) {
	for {
		f, err := s.store.Flow(ctx, id)
		if err != nil {
			return Flow{}, err
		}
		r := s.record(f)
		if err := fn(&r); errors.Is(err, errUnchanged) {
			return f, nil
		} else if err != nil {
			return Flow{}, err
		}
		f, err = s.save(ctx, r)
		if !errors.Is(err, dataspace.ErrStale) || ctx.Err() != nil {
			return f, err
		}
	}
}

// proceed is mutate for the result of a long step: it returns ErrStale if the
// flow has left the state in which the step began. A change that kept the state
// does not discard the work.
func (s *records) proceed(ctx context.Context, id dataspace.FlowID, from dataspace.FlowState, fn func(r *record) error) error {
	_, err := s.mutate(ctx, id, func(r *record) error {
		if r.flow.State != from {
			return fmt.Errorf("proceed with flow %s: it is %s, no longer %s: %w", id, r.flow.State, from, dataspace.ErrStale)
		}
		return fn(r)
	})
	return err
}

func (s *records) read(ctx context.Context, f Flow, name string, v any) error {
	d, err := s.Document(ctx, f, name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(d, v); err != nil {
		return fmt.Errorf("read %s of flow %s: %w", name, f.ID, err)
	}
	return nil
}

// Changed returns a channel that is closed when the flow next changes, and
// perhaps earlier: look at its version then. Get the channel before looking, or
// a change in between is missed.
func (s *records) Changed(id dataspace.FlowID) <-chan struct{} {
	w := s.watchers
	w.mu.Lock()
	defer w.mu.Unlock()
	slot := w.slot(id)
	if *slot == nil {
		*slot = make(chan struct{})
	}
	return *slot
}
