package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/prove"
)

// Flows keeps flows, their documents and the outbox.
type Flows struct{ s *State }

var _ flow.Store = Flows{}

// Flows returns the store of the flow service.
func (s *State) Flows() Flows { return Flows{s} }

// find returns the flows that want chooses, newest first. The lock is held.
func (f Flows) find(want func(flow.Flow) bool) ([]flow.Flow, error) {
	list, err := all(f.s.flows, want)
	slices.SortFunc(list, func(a, b flow.Flow) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

// Create implements flow.Store.
func (f Flows) Create(ctx context.Context, fl flow.Flow) error {
	if err := f.s.lock(ctx); err != nil {
		return err
	}
	defer f.s.mu.Unlock()
	same, err := f.find(func(o flow.Flow) bool { return fl.Negotiation != "" && o.Negotiation == fl.Negotiation })
	if err == nil && len(same) > 0 {
		err = dataspace.ErrConflict
	}
	if err == nil {
		err = f.s.flows.insert(fl.ID, fl)
	}
	if err != nil {
		return fmt.Errorf("create flow %s: %w", fl.ID, err)
	}
	return nil
}

// Update implements flow.Store.
func (f Flows) Update(ctx context.Context, fl flow.Flow, docs []dataspace.Document, events []prove.Row) (flow.Flow, error) {
	if err := f.s.lock(ctx); err != nil {
		return flow.Flow{}, err
	}
	defer f.s.mu.Unlock()
	old, err := load[flow.Flow](f.s.flows, fl.ID)
	if err != nil || old.Version != fl.Version {
		return flow.Flow{}, fmt.Errorf("update flow %s: %w", fl.ID, dataspace.ErrStale)
	}
	if err := f.s.insertEvents(events); err != nil {
		return flow.Flow{}, fmt.Errorf("update flow %s: %w", fl.ID, err)
	}
	f.s.insertDocuments(docs)
	fl.Version++
	return fl, f.s.flows.put(fl.ID, fl)
}

// Flow implements flow.Store.
func (f Flows) Flow(_ context.Context, id dataspace.FlowID) (flow.Flow, error) {
	f.s.mu.Lock()
	defer f.s.mu.Unlock()
	fl, err := load[flow.Flow](f.s.flows, id)
	if err != nil {
		return flow.Flow{}, fmt.Errorf("read flow %s: %w", id, err)
	}
	return fl, nil
}

// one returns the only flow that want chooses.
func (f Flows) one(what string, want func(flow.Flow) bool) (flow.Flow, error) {
	f.s.mu.Lock()
	defer f.s.mu.Unlock()
	list, err := f.find(want)
	if err == nil && len(list) == 0 {
		err = dataspace.ErrNotFound
	}
	if err != nil {
		return flow.Flow{}, fmt.Errorf("read flow of %s: %w", what, err)
	}
	return list[0], nil
}

// ByNegotiation implements flow.Store.
func (f Flows) ByNegotiation(_ context.Context, id dataspace.NegotiationID) (flow.Flow, error) {
	return f.one("negotiation "+string(id), func(o flow.Flow) bool { return id != "" && o.Negotiation == id })
}

// ByAgreement implements flow.Store.
func (f Flows) ByAgreement(_ context.Context, id dataspace.AgreementID, role dataspace.Role) (flow.Flow, error) {
	return f.one("agreement "+string(id), func(o flow.Flow) bool { return id != "" && o.Agreement == id && o.Role == role })
}

// ByTransfer implements flow.Store.
func (f Flows) ByTransfer(_ context.Context, id dataspace.TransferID) (flow.Flow, error) {
	return f.one("transfer "+string(id), func(o flow.Flow) bool { return id != "" && o.Transfer == id })
}

// Unfinished implements flow.Store.
func (f Flows) Unfinished(_ context.Context, after dataspace.FlowID, limit int) ([]dataspace.FlowID, error) {
	f.s.mu.Lock()
	defer f.s.mu.Unlock()
	from, err := load[flow.Flow](f.s.flows, after)
	if err != nil && after != "" {
		return nil, nil
	}
	older := func(a, b flow.Flow) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID)) }
	list, err := f.find(func(o flow.Flow) bool {
		return !o.State.Final() && !o.State.Waiting() && (after == "" || older(from, o) < 0)
	})
	slices.SortFunc(list, older)
	var out []dataspace.FlowID
	for _, o := range list[:min(len(list), limit)] {
		out = append(out, o.ID)
	}
	return out, err
}

// List implements flow.Store.
func (f Flows) List(_ context.Context, filter flow.Filter) ([]flow.Flow, error) {
	f.s.mu.Lock()
	defer f.s.mu.Unlock()
	list, err := f.find(func(o flow.Flow) bool {
		return (filter.Local == "" || o.Local == filter.Local) &&
			(filter.Counterparty == "" || o.Peer == filter.Peer && o.Counterparty == filter.Counterparty) &&
			(filter.Since.IsZero() || !o.Updated.Before(filter.Since)) &&
			(len(filter.States) == 0 || slices.Contains(filter.States, o.State))
	})
	if err != nil {
		return nil, fmt.Errorf("list flows: %w", err)
	}
	limit := cmp.Or(filter.Limit, 100)
	if limit > 0 && len(list) > limit {
		list = list[:limit]
	}
	return list, nil
}

// CountByState implements flow.Store.
func (f Flows) CountByState(context.Context) (map[flow.RoleState]int64, error) {
	f.s.mu.Lock()
	defer f.s.mu.Unlock()
	out := map[flow.RoleState]int64{}
	list, err := f.find(func(flow.Flow) bool { return true })
	for _, o := range list {
		out[flow.RoleState{Role: o.Role, State: o.State}]++
	}
	return out, err
}

// Document implements flow.Store.
func (f Flows) Document(_ context.Context, digest dataspace.Digest) (dataspace.Document, error) {
	f.s.mu.Lock()
	defer f.s.mu.Unlock()
	return f.s.document(digest)
}
