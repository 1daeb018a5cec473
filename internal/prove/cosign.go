package prove

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/tlog"
)

// How long one request to a witness may take, and how long to wait after a
// failure.
const (
	cosignTimeout = 10 * time.Second
	cosignFirst   = 200 * time.Millisecond
	cosignLast    = 30 * time.Second
	cosignAgain   = 2 * time.Second // after a refusal
)

// PeerWitness is a witness that cosigns our log.
type PeerWitness struct {
	Key    string       // vkey
	URL    string       // base URL of the witness; /add-checkpoint is appended
	Client *http.Client // with the authentication that the peer requires
}

// cosigner sends our checkpoints to one witness.
type cosigner struct {
	log    *Log
	key    tlog.Key
	peer   PeerWitness
	wanted chan struct{} // somebody waits
	stop   context.CancelFunc
	once   sync.Mutex // one request at a time

	mu   sync.Mutex
	size uint64 // largest tree it cosigned
	err  error  // why the last attempt failed, nil after a success
	// against is the contradiction that the witness has reported. Only a
	// cosignature takes it back: a witness that is silent since has not.
	against error
	recent  []tlog.Checkpoint // what it cosigned last, a few, oldest first
	moved   chan struct{}     // closed and replaced when size or err changes
	// tried is closed when the first attempt has ended, or this cosigner.
	tried chan struct{}
	calls map[string]onceCosigned // by name of the caller, see WhenCosigned
}

// onceCosigned is a call to make when the witness has cosigned the entry at an
// index, or when this cosigner cannot get that any more.
type onceCosigned struct {
	index uint64
	call  func()
}

// SetWitness starts to send our checkpoints to a witness, or replaces its
// address and client. It then tries at once, even during the pause after a
// failure. A witness that cannot be reached delays only the callers that wait
// for its cosignature.
func (l *Log) SetWitness(ctx context.Context, w PeerWitness) error {
	c, err := l.newCosigner(ctx, w)
	if err != nil {
		return err
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	c.stop = stop
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		stop()
		return errClosed
	}
	if old := l.witnesses[w.Key]; old != nil {
		old.replaced() // waiting callers look for the new one
	}
	l.witnesses[w.Key] = c
	l.work.Go(func() { c.run(background) })
	return nil
}

// RemoveWitness stops sending checkpoints to the witness with this vkey.
func (l *Log) RemoveWitness(vkey string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w := l.witnesses[vkey]; w != nil {
		delete(l.witnesses, vkey)
		w.replaced()
	}
}

// replaced ends a cosigner and wakes the callers that wait for it.
func (c *cosigner) replaced() {
	c.stop()
	c.settle(0, nil)
	c.mu.Lock()
	defer c.mu.Unlock()
	for who, w := range c.calls {
		delete(c.calls, who)
		go w.call()
	}
}

func (l *Log) newCosigner(ctx context.Context, w PeerWitness) (*cosigner, error) {
	key, err := tlog.ParseKey(w.Key)
	if err != nil || key.Alg() != tlog.CosignatureV1 {
		return nil, fmt.Errorf("set witness: %w", errors.Join(err, dataspace.ErrInvalid))
	}
	if w.Client == nil || w.URL == "" {
		return nil, fmt.Errorf("set witness %s: no address or client: %w", key.Name(), dataspace.ErrInvalid)
	}
	c := &cosigner{log: l, key: key, peer: w, wanted: make(chan struct{}, 1), moved: make(chan struct{}), tried: make(chan struct{}), calls: map[string]onceCosigned{}}
	have, err := l.cosigned(ctx, key)
	switch {
	case err == nil:
		c.size = have.Size
	case !errors.Is(err, dataspace.ErrNotFound):
		return nil, fmt.Errorf("set witness %s: %w", key.Name(), err)
	}
	return c, nil
}

// cosigned is our newest checkpoint with the cosignature of key.
func (l *Log) cosigned(ctx context.Context, key tlog.Key) (tlog.SignedCheckpoint, error) {
	data, err := l.store.Cosigned(ctx, key.String())
	if err != nil {
		return tlog.SignedCheckpoint{}, err
	}
	c, err := tlog.ParseCheckpoint(data)
	if err != nil {
		return tlog.SignedCheckpoint{}, err
	}
	return c.Only(l.key, key)
}

// run cosigns at once, even where the witness has cosigned everything already:
// it may know of more than this log has. Then it cosigns when a caller waits,
// and otherwise some time after the log has grown, so that peers are never far
// behind.
func (c *cosigner) run(ctx context.Context) {
	defer c.asked()
	pauses := &backoff.ExponentialBackOff{InitialInterval: cosignFirst, MaxInterval: cosignLast, Multiplier: 2}
	first := true
	for {
		head, changed := c.log.headAndChange()
		pause := c.log.cfg.CosignEvery
		if first && head.Text != "" {
			pause = 0
		} else if c.cosignedSize() >= head.Size {
			select {
			case <-ctx.Done():
				return
			case <-changed:
				continue
			}
		}
		over, stop := c.log.after(pause)
		select {
		case <-c.wanted:
		case <-over:
		case <-ctx.Done():
		}
		stop()
		if ctx.Err() != nil {
			return
		}
		err := c.cosign(ctx)
		first = false
		c.asked()
		if err == nil {
			pauses.Reset()
			continue
		}
		pause = pauses.NextBackOff()
		if errors.Is(err, dataspace.ErrDenied) {
			// A peer answers like this until its operator has confirmed us too.
			pause = min(pause, cosignAgain)
		}
		if clock.Sleep(ctx, c.log.cfg.Clock, pause) != nil {
			return
		}
	}
}

// after returns a channel that is closed after a time, and a function that
// stops the timer.
func (l *Log) after(d time.Duration) (over <-chan struct{}, stop func()) {
	ch := make(chan struct{})
	t := l.cfg.Clock.AfterFunc(d, func() { close(ch) })
	return ch, func() { t.Stop() }
}

func (c *cosigner) cosignedSize() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.size
}

// settle records the result of an attempt and wakes the waiting callers.
func (c *cosigner) settle(size uint64, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.size, c.err = max(c.size, size), err
	switch {
	case errors.Is(err, dataspace.ErrEvidence):
		if c.against == nil && c.log.cfg.OnContradiction != nil {
			go c.log.cfg.OnContradiction()
		}
		c.against = err
	case err == nil && size > 0:
		c.against = nil
	}
	close(c.moved)
	c.moved = make(chan struct{})
	for who, w := range c.calls {
		if c.size > w.index || c.against != nil {
			delete(c.calls, who)
			go w.call()
		}
	}
}

// cosign sends the newest checkpoint to the witness and stores the cosigned
// one.
func (c *cosigner) cosign(ctx context.Context) error {
	c.once.Lock()
	defer c.once.Unlock()
	ctx, cancel := context.WithTimeout(ctx, cosignTimeout)
	defer cancel()
	size, err := c.exchange(ctx)
	if err != nil {
		err = fmt.Errorf("cosign by %s: %w", c.key.Name(), err)
		if ctx.Err() == nil || errors.Is(ctx.Err(), context.DeadlineExceeded) {
			c.log.cfg.Logger.WarnContext(ctx, "checkpoint is not cosigned", slog.String("witness", c.key.Name()), slog.Any("error", err))
		}
	}
	c.settle(size, err)
	return err
}

// exchange starts from the size that the witness reports and repeats until the
// witness cosigns or contradicts.
func (c *cosigner) exchange(ctx context.Context) (uint64, error) {
	old := c.cosignedSize()
	for range 3 {
		head := c.log.Head()
		if head.Text == "" {
			return 0, fmt.Errorf("no checkpoint yet: %w", dataspace.ErrUnavailable)
		}
		if old > head.Size {
			return 0, rolledBack(c.key.Name(), old, head.Size)
		}
		proof, err := c.log.Consistency(ctx, old, head.Size)
		if err != nil {
			return 0, err
		}
		sig, at, err := c.submit(ctx, tlog.Submission{Old: old, Proof: proof, Checkpoint: head})
		if errors.Is(err, errStale) && at != old {
			old = at
			continue
		}
		if errors.Is(err, errStale) {
			err = forked(c.key.Name(), head.Size)
		}
		if err != nil {
			return 0, err
		}
		only, err := head.Only(c.log.key)
		if err != nil {
			return 0, err
		}
		if err := c.log.store.SaveCosigned(ctx, c.key.String(), head.Size, only.With(sig).Bytes()); err != nil {
			return 0, err
		}
		c.keep(head.Checkpoint)
		return head.Size, nil
	}
	return 0, fmt.Errorf("the witness keeps moving: %w", dataspace.ErrUnavailable)
}

var errStale = errors.New("witness stands elsewhere")

// submit makes one request. On errStale at is the size that the witness has.
func (c *cosigner) submit(ctx context.Context, s tlog.Submission) (sig tlog.Signature, at uint64, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.peer.URL, "/")+"/add-checkpoint", bytes.NewReader(s.Bytes()))
	if err != nil {
		return sig, 0, err
	}
	resp, err := c.peer.Client.Do(req)
	if err != nil {
		return sig, 0, fmt.Errorf("%w: %w", dataspace.ErrPeerUnreachable, err)
	}
	defer func() { _ = resp.Body.Close() }() // read to the end or abandoned
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxSubmission))
	if err != nil {
		return sig, 0, fmt.Errorf("%w: %w", dataspace.ErrPeerUnreachable, err)
	}
	switch resp.StatusCode {
	case http.StatusOK:
		sig, err = c.accept(s.Checkpoint, string(body))
		return sig, 0, err
	case http.StatusConflict:
		if resp.Header.Get("Content-Type") != "text/x.tlog.size" {
			return sig, 0, forked(c.key.Name(), s.Checkpoint.Size)
		}
		at, err := strconv.ParseUint(strings.TrimSuffix(string(body), "\n"), 10, 63)
		if err != nil {
			return sig, 0, fmt.Errorf("answer of the witness: %w", dataspace.ErrInvalid)
		}
		return sig, at, errStale
	case http.StatusUnprocessableEntity:
		return sig, 0, forked(c.key.Name(), s.Checkpoint.Size)
	case http.StatusNotFound, http.StatusForbidden:
		return sig, 0, fmt.Errorf("the witness does not know this log (status %d): %w", resp.StatusCode, dataspace.ErrDenied)
	default:
		return sig, 0, fmt.Errorf("the witness answers with status %d: %w", resp.StatusCode, dataspace.ErrUnavailable)
	}
}

// accept finds the cosignature of the witness in its answer.
func (c *cosigner) accept(head tlog.SignedCheckpoint, lines string) (tlog.Signature, error) {
	sigs, err := tlog.ParseSignatures(lines)
	if err != nil {
		return tlog.Signature{}, fmt.Errorf("answer of the witness: %w", err)
	}
	head.Signatures = sigs
	sig, ok := head.By(c.key)
	if !ok {
		return tlog.Signature{}, fmt.Errorf("answer of the witness has no valid cosignature: %w", dataspace.ErrDenied)
	}
	return sig, nil
}

func rolledBack(witness string, seen, size uint64) error {
	return &dataspace.Problem{
		Kind: dataspace.ErrEvidence, Code: "log.rollback", Place: witness,
		Message: fmt.Sprintf("the witness has cosigned %d entries of our evidence log, which has %d", seen, size),
		Hint:    "the log was restored from an old copy; restore the newest one, or let the peer's operator accept a new log",
	}
}

func forked(witness string, size uint64) error {
	return &dataspace.Problem{
		Kind: dataspace.ErrEvidence, Code: "log.fork", Place: witness,
		Message: fmt.Sprintf("the witness has cosigned another history of our evidence log than its %d entries", size),
		Hint:    "the log was restored or changed; compare both checkpoints with the peer's operator",
	}
}

// WhenCosigned reports whether the witness has cosigned a checkpoint that
// covers the entry at index. If not, it asks the witness, and makes call once:
// when the witness has cosigned, or when the witness was replaced. A second
// request under the same name replaces the first. The errors are those of
// AwaitCosigned; after an error no call is made.
func (l *Log) WhenCosigned(index uint64, vkey, who string, call func()) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock() // so that the witness is not replaced meanwhile
	w := l.witnesses[vkey]
	if w == nil {
		return false, fmt.Errorf("await cosignature: no such witness: %w", dataspace.ErrNotFound)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.size > index:
		return true, nil
	case w.against != nil:
		return false, w.against
	}
	w.calls[who] = onceCosigned{index, call}
	w.ask()
	return false, nil
}

// Answers reports whether the last attempt to reach the witness succeeded.
func (l *Log) Answers(vkey string) bool {
	l.mu.Lock()
	w := l.witnesses[vkey]
	l.mu.Unlock()
	if w == nil {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err == nil
}

// ask tells the cosigner that a caller waits.
func (c *cosigner) ask() {
	select {
	case c.wanted <- struct{}{}:
	default:
	}
}

// AwaitCosigned returns when each of the witnesses, given by vkey, has cosigned
// a checkpoint that covers the entry at index. It tries an unreachable witness
// again until ctx ends; the error then wraps ErrPeerUnreachable and the cause.
// It returns ErrNotFound if a witness is not set, and ErrEvidence at once if a
// witness has seen another history of the log.
func (l *Log) AwaitCosigned(ctx context.Context, index uint64, witnesses ...string) error {
	for _, vkey := range witnesses {
		if err := l.awaitCosigned(ctx, index, vkey); err != nil {
			return err
		}
	}
	return nil
}

func (l *Log) awaitCosigned(ctx context.Context, index uint64, vkey string) error {
	if err := l.awaitPublished(ctx, index+1); err != nil {
		return err
	}
	for {
		l.mu.Lock()
		w := l.witnesses[vkey]
		l.mu.Unlock()
		if w == nil {
			return fmt.Errorf("await cosignature: no such witness: %w", dataspace.ErrNotFound)
		}
		w.mu.Lock()
		size, err, against, moved := w.size, w.err, w.against, w.moved
		w.mu.Unlock()
		if size > index {
			return nil
		}
		if against != nil {
			return against
		}
		w.ask()
		select {
		case <-moved:
		case <-l.done:
			return errClosed
		case <-ctx.Done():
			return fmt.Errorf("await cosignature: %w: %w", dataspace.ErrPeerUnreachable, errors.Join(ctx.Err(), err))
		}
	}
}

// Cosign sends our newest checkpoint to a witness once, now, and stores the
// cosigned one. It returns the size of the cosigned tree.
func (l *Log) Cosign(ctx context.Context, w PeerWitness) (uint64, error) {
	l.mu.Lock()
	c := l.witnesses[w.Key]
	l.mu.Unlock()
	if c == nil || c.peer != w {
		var err error
		if c, err = l.newCosigner(ctx, w); err != nil {
			return 0, err
		}
	}
	if err := c.cosign(ctx); err != nil {
		return 0, err
	}
	return c.cosignedSize(), nil
}
