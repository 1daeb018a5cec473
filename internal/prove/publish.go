package prove

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"hutong/internal/dataspace"
	"hutong/internal/tlog"
)

// announcer signs checkpoints and announces each signature. The library does
// not report when it publishes a checkpoint; it writes the file after the
// signature.
type announcer struct {
	note.Signer
	signed chan uint64
}

// Sign signs and announces.
func (a *announcer) Sign(msg []byte) ([]byte, error) {
	sig, err := a.Signer.Sign(msg)
	if err == nil {
		var size uint64
		if _, line, ok := strings.Cut(string(msg), "\n"); ok {
			_, _ = fmt.Sscanf(line, "%d\n", &size) // 0 means: look for any new checkpoint
		}
		select {
		case <-a.signed: // an older announcement that was not read
		default:
		}
		a.signed <- size
	}
	return sig, err
}

// watch follows the published checkpoint. After each announcement it looks for
// the file until it exists. This takes milliseconds, or longer on a busy disk.
func (l *Log) watch(ctx context.Context) {
	var want uint64
	wait := longLook
	for {
		over, stop := l.after(wait)
		select {
		case <-ctx.Done():
			stop()
			return
		case want = <-l.signed:
			wait = firstLook
		case <-over:
			wait = min(2*wait, lastLook)
		}
		stop()
		if err := l.readHead(ctx); err != nil {
			l.cfg.Logger.ErrorContext(ctx, "read checkpoint", slog.Any("error", err))
		}
		if l.Head().Size >= want {
			wait = longLook
		}
	}
}

// Pauses between two looks: after an announcement, at most while a file is
// expected, and when none is expected.
const (
	firstLook = time.Millisecond
	lastLook  = 100 * time.Millisecond
	longLook  = time.Hour
)

// readHead reads the published checkpoint and keeps it if it is newer.
func (l *Log) readHead(ctx context.Context) error {
	data, err := l.reader.ReadCheckpoint(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // new log
	}
	if err != nil {
		return fmt.Errorf("read checkpoint: %w", err)
	}
	c, err := tlog.ParseCheckpoint(data)
	if err != nil {
		return fmt.Errorf("read checkpoint: %w", err)
	}
	if _, ok := c.By(l.key); !ok || c.Origin != l.key.Name() {
		return &dataspace.Problem{
			Kind: dataspace.ErrEvidence, Code: "log.key", Place: l.cfg.Dir,
			Message: "the evidence log is not signed by this gateway's log key",
			Hint:    "restore the key that belongs to this log",
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.head.Text == "" || c.Size > l.head.Size {
		l.head = c
		close(l.grown)
		l.grown = make(chan struct{})
	}
	return nil
}

// Head is the newest published checkpoint; the zero value before the first.
func (l *Log) Head() tlog.SignedCheckpoint {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head
}

// headAndChange returns the newest checkpoint and a channel that is closed
// when there is a newer one.
func (l *Log) headAndChange() (tlog.SignedCheckpoint, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head, l.grown
}

// Await returns the index of an event when the log contains it and a published
// checkpoint covers it. It returns ErrNotFound if there is no such event, and
// ErrUnavailable if the log cannot be written: an action that depends on the
// evidence must then not happen.
func (l *Log) Await(ctx context.Context, id dataspace.EventID) (uint64, error) {
	index, err := l.awaitLogged(ctx, id)
	if err != nil {
		return 0, fmt.Errorf("log event %s: %w", id, err)
	}
	if err := l.awaitPublished(ctx, index+1); err != nil {
		return 0, fmt.Errorf("log event %s: %w", id, err)
	}
	return index, nil
}

// AwaitLogged returns the index of an event as soon as the log durably contains
// it. The published checkpoint that covers it, for which Await waits, follows
// within about 0.2 seconds, also after a crash. The errors are those of Await.
func (l *Log) AwaitLogged(ctx context.Context, id dataspace.EventID) (uint64, error) {
	index, err := l.awaitLogged(ctx, id)
	if err != nil {
		return 0, fmt.Errorf("log event %s: %w", id, err)
	}
	return index, nil
}

func (l *Log) awaitLogged(ctx context.Context, id dataspace.EventID) (uint64, error) {
	ch := make(chan logged, 1)
	l.mu.Lock()
	if index, ok := l.marked[id]; ok {
		l.mu.Unlock()
		return index, nil
	}
	trouble := l.trouble
	if l.closed {
		trouble = errClosed
	}
	l.waiters[id] = append(l.waiters[id], ch)
	l.mu.Unlock()
	defer l.forget(id, ch)

	// The lookup comes after registering, so that no mark is missed between the
	// two.
	switch index, ok, err := l.store.LoggedAt(ctx, id); {
	case err != nil:
		return 0, err
	case ok:
		return index, nil
	case trouble != nil:
		return 0, trouble
	}
	l.Notify()
	select {
	case r := <-ch:
		return r.index, r.err
	case <-l.done:
		return 0, errClosed
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (l *Log) forget(id dataspace.EventID, ch chan logged) {
	l.mu.Lock()
	defer l.mu.Unlock()
	left := slices.DeleteFunc(l.waiters[id], func(c chan logged) bool { return c == ch })
	if len(left) == 0 {
		delete(l.waiters, id)
	} else {
		l.waiters[id] = left
	}
}

func (l *Log) awaitPublished(ctx context.Context, size uint64) error {
	waiting, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	for {
		head, changed := l.headAndChange()
		if head.Size >= size {
			return nil
		}
		select {
		case <-changed:
		case <-l.done:
			return errClosed
		case <-waiting.Done():
			if err := ctx.Err(); err != nil {
				return err
			}
			return &dataspace.Problem{
				Kind: dataspace.ErrUnavailable, Code: "log.publish",
				Message: "the evidence log does not publish checkpoints",
				Hint:    "look for a full disk or missing permissions in the log's directory",
			}
		}
	}
}
