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
type Flows struct {
	lock
	rows     table[dataspace.FlowID, flow.Flow]
	evidence *Evidence
	duties   *Duties
}

var _ flow.Store = (*Flows)(nil)

// find returns the flows that want chooses, newest first. The caller holds the
// lock.
func (f *Flows) find(want func(flow.Flow) bool) ([]flow.Flow, error) {
	list, err := f.rows.all(want)
	slices.SortFunc(list, func(a, b flow.Flow) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

// Create implements flow.Store.
func (f *Flows) Create(ctx context.Context, fl flow.Flow) error {
	if err := f.begin(ctx); err != nil {
		return err
	}
	defer f.mu.Unlock()
	same, err := f.find(func(o flow.Flow) bool { return fl.Negotiation != "" && o.Negotiation == fl.Negotiation })
	if err == nil && len(same) > 0 {
		err = dataspace.ErrConflict
	}
	if err == nil {
		err = f.rows.insert(fl.ID, fl)
	}
	if err != nil {
		return fmt.Errorf("create flow %s: %w", fl.ID, err)
	}
	return nil
}

// Update implements flow.Store.
func (f *Flows) Update(ctx context.Context, fl flow.Flow, docs []dataspace.Document, events []prove.Row) (flow.Flow, error) {
	if err := f.begin(ctx); err != nil {
		return flow.Flow{}, err
	}
	defer f.mu.Unlock()
	old, err := f.rows.load(fl.ID)
	if err != nil || old.Version != fl.Version {
		return flow.Flow{}, fmt.Errorf("update flow %s: %w", fl.ID, dataspace.ErrStale)
	}
	f.evidence.mu.Lock()
	defer f.evidence.mu.Unlock()
	if err := f.evidence.insertEvents(events); err != nil {
		return flow.Flow{}, fmt.Errorf("update flow %s: %w", fl.ID, err)
	}
	f.evidence.insertDocuments(docs)
	fl.Version++
	f.duties.flowChanged(fl)
	return fl, f.rows.put(fl.ID, fl)
}

// Version implements flow.Store.
func (f *Flows) Version(ctx context.Context, id dataspace.FlowID) (int64, error) {
	fl, err := f.Flow(ctx, id)
	return fl.Version, err
}

// Flow implements flow.Store.
func (f *Flows) Flow(_ context.Context, id dataspace.FlowID) (flow.Flow, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fl, err := f.rows.load(id)
	if err != nil {
		return flow.Flow{}, fmt.Errorf("read flow %s: %w", id, err)
	}
	return fl, nil
}

// one returns the only flow that want chooses.
func (f *Flows) one(what string, want func(flow.Flow) bool) (flow.Flow, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
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
func (f *Flows) ByNegotiation(_ context.Context, id dataspace.NegotiationID) (flow.Flow, error) {
	return f.one("negotiation "+string(id), func(o flow.Flow) bool { return id != "" && o.Negotiation == id })
}

// ByAgreement implements flow.Store.
func (f *Flows) ByAgreement(_ context.Context, id dataspace.AgreementID, role dataspace.Role) (flow.Flow, error) {
	return f.one("agreement "+string(id), func(o flow.Flow) bool { return id != "" && o.Agreement == id && o.Role == role })
}

// ByTransfer implements flow.Store.
func (f *Flows) ByTransfer(_ context.Context, id dataspace.TransferID) (flow.Flow, error) {
	return f.one("transfer "+string(id), func(o flow.Flow) bool { return id != "" && o.Transfer == id })
}

// Unfinished implements flow.Store.
func (f *Flows) Unfinished(_ context.Context, after dataspace.FlowID, limit int) ([]dataspace.FlowID, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	from, err := f.rows.load(after)
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
func (f *Flows) List(_ context.Context, filter flow.Filter) ([]flow.Flow, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	list, err := f.find(func(o flow.Flow) bool {
		return (filter.Local == "" || o.Local == filter.Local) &&
			(filter.Counterparty == "" || o.Peer == filter.Peer && o.Counterparty == filter.Counterparty) &&
			(filter.Since.IsZero() || !o.Updated.Before(filter.Since)) && (!filter.Rechecked || len(o.Rechecks) > 0) &&
			(filter.After.ID == "" || o.Created.Before(filter.After.Created) || o.Created.Equal(filter.After.Created) && o.ID > filter.After.ID) &&
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
func (f *Flows) CountByState(context.Context) (map[flow.RoleState]int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := map[flow.RoleState]int64{}
	list, err := f.find(func(flow.Flow) bool { return true })
	for _, o := range list {
		out[flow.RoleState{Role: o.Role, State: o.State}]++
	}
	return out, err
}

// Document implements flow.Store.
func (f *Flows) Document(ctx context.Context, digest dataspace.Digest) (dataspace.Document, error) {
	return f.evidence.Document(ctx, digest)
}
