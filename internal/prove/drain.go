package prove

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"

	"hutong/internal/dataspace"
	"hutong/internal/work"
)

// How long to wait after a failure before the log is tried again.
const (
	firstRetry = 100 * time.Millisecond
	lastRetry  = 5 * time.Second
)

// outbox is the only id that the engine of a Log has.
type outbox struct{}

// newDrain returns the engine that writes the outbox to the log after each
// notification.
func (l *Log) newDrain() *work.Engine[outbox] {
	return work.New(work.Config[outbox]{
		Name: "evidence", Limit: 1, First: firstRetry, Last: lastRetry, Clock: l.cfg.Clock, Logger: l.cfg.Logger,
		// A new event does not repair a disk, so it does not shorten the pause.
		KeepPause: true,
		// setTrouble reports the failure, once, and tells all waiting callers.
		Failed: func(context.Context, outbox, error, time.Duration) {},
		Step: func(ctx context.Context, _ outbox, _ work.Lane) (work.Next, error) {
			more, err := l.drain(ctx)
			l.setTrouble(ctx, err)
			return work.Next{Again: more}, err
		},
	})
}

// drain writes one batch to the log and marks it. Batches never overlap. After
// a crash the marks are therefore easy to complete: unmarked entries are at the
// end of the log.
func (l *Log) drain(ctx context.Context) (more bool, err error) {
	if l.unsure {
		if err := l.reconcile(ctx); err != nil {
			return false, err
		}
	}
	pending, err := l.store.Pending(ctx, batchSize)
	if err != nil || len(pending) == 0 {
		return false, err
	}
	batch := oneEach(pending)
	l.unsure = true
	futures := make([]tessera.IndexFuture, len(batch))
	for i, p := range batch {
		futures[i] = l.add(ctx, tessera.NewEntry(p.Entry))
	}
	marks := make([]Mark, 0, len(batch))
	var failed error
	for i, future := range futures {
		at, err := future()
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		marks = append(marks, Mark{ID: batch[i].ID, Index: at.Index})
	}
	if failed != nil {
		return false, fmt.Errorf("write log: %w", failed)
	}
	if err := l.mark(ctx, marks); err != nil {
		return false, err
	}
	l.unsure = false
	return true, nil
}

// oneEach returns the oldest event of each flow. The library does not guarantee
// an order within a batch, so a batch has at most one event of a flow; events
// without a flow have no order.
func oneEach(pending []Pending) []Pending {
	seen := make(map[dataspace.FlowID]bool, len(pending))
	out := pending[:0:0]
	for _, p := range pending {
		if p.Flow != "" && seen[p.Flow] {
			continue
		}
		seen[p.Flow] = true
		out = append(out, p)
	}
	return out
}

// maxMarked is how many marks are remembered: a flow asks for those of its events
// twice, and the store has them all.
const maxMarked = 8192

// mark records the indices and wakes the callers that wait for them.
func (l *Log) mark(ctx context.Context, marks []Mark) error {
	if err := l.store.MarkLogged(ctx, marks); err != nil {
		return fmt.Errorf("mark logged events: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.marked)+len(marks) > maxMarked {
		l.marked = nil
	}
	if l.marked == nil {
		l.marked = make(map[dataspace.EventID]uint64, len(marks))
	}
	for _, m := range marks {
		l.marked[m.ID] = m.Index
		l.settled = max(l.settled, m.Index+1)
		for _, w := range l.waiters[m.ID] {
			w <- logged{index: m.Index}
		}
		delete(l.waiters, m.ID)
	}
	return nil
}

// reconcile marks entries that are in the log but not marked: a process was
// killed before it marked them, or a write reported an error but succeeded.
func (l *Log) reconcile(ctx context.Context) error {
	size, err := l.reader.IntegratedSize(ctx)
	if err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	for r := range layout.Range(l.settled, size-min(size, l.settled), size) {
		var bundle api.EntryBundle
		raw, err := l.reader.ReadEntryBundle(ctx, r.Index, r.Partial)
		if err == nil {
			err = bundle.UnmarshalText(raw)
		}
		if err == nil && uint(len(bundle.Entries)) < r.First+r.N {
			err = fmt.Errorf("bundle is too short: %w", dataspace.ErrEvidence)
		}
		if err != nil {
			return fmt.Errorf("read entries %d: %w", r.Index, err)
		}
		var marks []Mark
		for i := r.First; i < r.First+r.N; i++ {
			at := r.Index*layout.EntryBundleWidth + uint64(i)
			body, err := ParseEntry(bundle.Entries[i])
			if err != nil {
				return fmt.Errorf("read entry %d: %w", at, err)
			}
			marks = append(marks, Mark{ID: body.ID, Index: at})
		}
		if err := l.mark(ctx, marks); err != nil {
			return foreignEntries(l.cfg.Dir, err)
		}
	}
	l.unsure = false
	return nil
}

// foreignEntries reports entries that the database does not have.
func foreignEntries(dir string, err error) error {
	if !errors.Is(err, dataspace.ErrNotFound) && !errors.Is(err, dataspace.ErrConflict) {
		return err
	}
	return &dataspace.Problem{
		Kind: dataspace.ErrEvidence, Code: "log.foreign", Place: dir, Err: err,
		Message: "the evidence log has events that the database does not have there",
		Hint:    "log and database are not of the same moment; restore both from the newest copy",
	}
}

// setTrouble records why the log cannot be written and tells the waiting
// callers.
func (l *Log) setTrouble(ctx context.Context, err error) {
	if err == nil {
		l.mu.Lock()
		was := l.trouble
		l.trouble = nil
		l.mu.Unlock()
		if was != nil {
			l.cfg.Logger.InfoContext(ctx, "evidence log can be written again")
		}
		return
	}
	p := &dataspace.Problem{
		Kind: dataspace.ErrUnavailable, Code: "log.write", Err: err,
		Message: "evidence cannot be written, so nothing is delivered",
		Hint:    "look for a full disk or missing permissions in the log's directory; the gateway tries again automatically",
	}
	l.cfg.Logger.ErrorContext(ctx, "evidence log cannot be written", slog.Any("error", err))
	l.mu.Lock()
	l.trouble = p
	l.mu.Unlock()
	l.release(p)
}

// release returns the same error to all callers that wait for an event.
func (l *Log) release(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, ws := range l.waiters {
		for _, w := range ws {
			w <- logged{err: err}
		}
		delete(l.waiters, id)
	}
}
