package memory

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/prove"
	"hutong/internal/tlog"
)

// Evidence is the outbox of evidence and the state of log and witness.
type Evidence struct {
	lock
	documents  map[dataspace.Digest]dataspace.Document
	events     []prove.LoggedRow // in the order in which they happened
	cosignedBy map[string]cosigned
	witnessed  map[string]tlog.Checkpoint
}

var (
	_ prove.Store        = (*Evidence)(nil)
	_ prove.WitnessStore = (*Evidence)(nil)
)

// cosigned is our newest checkpoint that one witness cosigned.
type cosigned struct {
	size       uint64
	checkpoint []byte
}

// cloneRow returns a copy that shares no memory with r.
func cloneRow(r prove.Row) prove.Row {
	r.Entry, r.Openings, r.Documents = bytes.Clone(r.Entry), bytes.Clone(r.Openings), nil
	return r
}

// insertEvents puts events into the outbox, all or none. The caller holds the
// lock.
func (e *Evidence) insertEvents(events []prove.Row) error {
	known := map[dataspace.EventID]bool{}
	for _, r := range e.events {
		known[r.ID] = true
	}
	for _, r := range events {
		if known[r.ID] {
			return fmt.Errorf("store event %s: exists: %w", r.ID, dataspace.ErrConflict)
		}
		known[r.ID] = true
	}
	for _, r := range events {
		e.insertDocuments(r.Documents)
		e.events = append(e.events, prove.LoggedRow{Row: cloneRow(r)})
	}
	return nil
}

func (e *Evidence) insertDocuments(docs []dataspace.Document) {
	for _, d := range docs {
		e.documents[d.Digest()] = dataspace.Document(bytes.Clone(d))
	}
}

func (e *Evidence) document(digest dataspace.Digest) (dataspace.Document, error) {
	d, ok := e.documents[digest]
	if !ok {
		return nil, fmt.Errorf("read document %s: %w", digest.Short(), dataspace.ErrNotFound)
	}
	return dataspace.Document(bytes.Clone(d)), nil
}

// event finds an event, or returns nil. The caller holds the lock.
func (e *Evidence) event(id dataspace.EventID) *prove.LoggedRow {
	for i := range e.events {
		if e.events[i].ID == id {
			return &e.events[i]
		}
	}
	return nil
}

// Pending implements prove.Outbox.
func (e *Evidence) Pending(_ context.Context, limit int) ([]prove.Pending, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []prove.Pending
	for _, r := range e.events {
		if len(out) == limit {
			break
		}
		if !r.Logged {
			out = append(out, prove.Pending{ID: r.ID, Flow: r.Flow, Entry: bytes.Clone(r.Entry)})
		}
	}
	return out, nil
}

// MarkLogged implements prove.Outbox.
func (e *Evidence) MarkLogged(ctx context.Context, marks []prove.Mark) error {
	if err := e.begin(ctx); err != nil {
		return err
	}
	defer e.mu.Unlock()
	at := map[uint64]dataspace.EventID{}
	for _, r := range e.events {
		if r.Logged {
			at[r.Index] = r.ID
		}
	}
	for _, m := range marks {
		r := e.event(m.ID)
		if r == nil {
			return fmt.Errorf("mark event %s: %w", m.ID, dataspace.ErrNotFound)
		}
		if owner, taken := at[m.Index]; r.Logged && r.Index != m.Index || taken && owner != m.ID {
			return fmt.Errorf("mark event %s at %d: %w", m.ID, m.Index, dataspace.ErrConflict)
		}
		at[m.Index] = m.ID
	}
	for _, m := range marks {
		r := e.event(m.ID)
		r.Index, r.Logged = m.Index, true
	}
	return nil
}

// LoggedSize implements prove.Outbox.
func (e *Evidence) LoggedSize(context.Context) (uint64, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var size uint64
	for _, r := range e.events {
		if r.Logged {
			size = max(size, r.Index+1)
		}
	}
	return size, nil
}

// LoggedAt implements prove.Outbox.
func (e *Evidence) LoggedAt(_ context.Context, id dataspace.EventID) (uint64, bool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	r := e.event(id)
	if r == nil {
		return 0, false, fmt.Errorf("find event %s: %w", id, dataspace.ErrNotFound)
	}
	return r.Index, r.Logged, nil
}

// FlowEvents implements prove.Outbox.
func (e *Evidence) FlowEvents(_ context.Context, flow dataspace.FlowID) ([]prove.LoggedRow, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []prove.LoggedRow
	for _, r := range e.events {
		if r.Flow == flow {
			out = append(out, prove.LoggedRow{Row: cloneRow(r.Row), Index: r.Index, Logged: r.Logged})
		}
	}
	return out, nil
}

// Event implements prove.Outbox.
func (e *Evidence) Event(_ context.Context, id dataspace.EventID) (prove.LoggedRow, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	r := e.event(id)
	if r == nil {
		return prove.LoggedRow{}, fmt.Errorf("find event %s: %w", id, dataspace.ErrNotFound)
	}
	return prove.LoggedRow{Row: cloneRow(r.Row), Index: r.Index, Logged: r.Logged}, nil
}

// Document implements prove.Outbox.
func (e *Evidence) Document(_ context.Context, digest dataspace.Digest) (dataspace.Document, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.document(digest)
}

// SaveCosigned implements prove.CosignedStore.
func (e *Evidence) SaveCosigned(ctx context.Context, witness string, size uint64, checkpoint []byte) error {
	if err := e.begin(ctx); err != nil {
		return err
	}
	defer e.mu.Unlock()
	if old, ok := e.cosignedBy[witness]; !ok || size >= old.size {
		e.cosignedBy[witness] = cosigned{size: size, checkpoint: bytes.Clone(checkpoint)}
	}
	return nil
}

// Cosigned implements prove.CosignedStore.
func (e *Evidence) Cosigned(_ context.Context, witness string) ([]byte, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c, ok := e.cosignedBy[witness]
	if !ok {
		return nil, fmt.Errorf("find cosigned checkpoint: %w", dataspace.ErrNotFound)
	}
	return slices.Clone(c.checkpoint), nil
}

// CosignedSize implements prove.CosignedStore.
func (e *Evidence) CosignedSize(context.Context) (uint64, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var size uint64
	for _, c := range e.cosignedBy {
		size = max(size, c.size)
	}
	return size, nil
}

// Witnessed implements prove.WitnessStore.
func (e *Evidence) Witnessed(_ context.Context, origin string) (tlog.Checkpoint, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.witnessedOf(origin), nil
}

func (e *Evidence) witnessedOf(origin string) tlog.Checkpoint {
	if c, ok := e.witnessed[origin]; ok {
		return c
	}
	return tlog.Checkpoint{Origin: origin}
}

// SetWitnessed implements prove.WitnessStore.
func (e *Evidence) SetWitnessed(ctx context.Context, old, next tlog.Checkpoint) error {
	if err := e.begin(ctx); err != nil {
		return err
	}
	defer e.mu.Unlock()
	if e.witnessedOf(next.Origin) != old {
		return fmt.Errorf("witness %s: another checkpoint came first: %w", next.Origin, dataspace.ErrStale)
	}
	e.witnessed[next.Origin] = next
	return nil
}
