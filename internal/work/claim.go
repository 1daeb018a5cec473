package work

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"hutong/internal/clock"
	"hutong/internal/dataspace"
)

// Claims decides which process may step an id. A claim is a lease: it ends by
// itself, so that another process can take over the work of a process that
// stopped.
//
// A process can be delayed for any time between checking its lease and its next
// action. If that must have no effect, write the token of the lease with each
// change and refuse a token older than the last one seen. A row with
// compare-and-swap on its version needs nothing more.
//
// All methods are atomic, durable on return where the rows are, and safe for
// concurrent use.
type Claims interface {
	// Claim leases name to owner for the time ttl and returns its token, which
	// is greater than that of each earlier lease of the name. ErrConflict while
	// the name is leased, also to the same owner.
	Claim(ctx context.Context, name, owner string, ttl time.Duration) (token int64, err error)
	// Extend lets the lease end ttl from now. ErrConflict if it has ended.
	Extend(ctx context.Context, name string, token int64, ttl time.Duration) error
	// Release ends the lease. It is no error if it has ended.
	Release(ctx context.Context, name string, token int64) error
}

// newOwner names this run of an engine.
func newOwner() string {
	var b [12]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

type tokenKey struct{}

// Token returns the token of the lease under which a step runs; ok is false
// where ids are not leased.
func Token(ctx context.Context) (token int64, ok bool) {
	token, ok = ctx.Value(tokenKey{}).(int64)
	return token, ok
}

// errLeaseLost is why a step's context ended when its lease could not be kept.
var errLeaseLost = fmt.Errorf("the lease of the step has ended: %w", dataspace.ErrConflict)

// lease is the claim on an id while a step runs.
type lease struct {
	claims Claims
	clock  clock.Clock
	ttl    time.Duration
	name   string
	token  int64
	base   context.Context // of the engine
	ctx    context.Context // of the step
	cancel context.CancelCauseFunc

	mu     sync.Mutex
	over   bool
	keeper clock.Timer // extends it
	end    clock.Timer // cancels the step if the lease was not extended
}

// held is what a running step holds.
type held struct {
	ctx   context.Context
	lease *lease // nil if there is no other process
}

// release gives a claim back. If that fails, the claim ends by itself.
func (e *Engine[ID]) release(h held) {
	if h.lease == nil {
		return
	}
	if err := h.lease.release(); err != nil {
		e.cfg.Logger.WarnContext(e.ctx, "lease is not released, it ends by itself",
			slog.String("work", e.cfg.Name), slog.String("name", h.lease.name), slog.Any("error", err))
	}
}

// claim takes the lease of an id, if leases are used.
func (e *Engine[ID]) claim(id ID) (held, error) {
	if e.cfg.Claims == nil {
		return held{ctx: e.ctx}, nil
	}
	l := &lease{claims: e.cfg.Claims, clock: e.cfg.Clock, ttl: e.cfg.Lease, name: fmt.Sprintf("%s/%v", e.cfg.Name, id), base: e.ctx}
	until := l.clock.Now().Add(l.ttl) // before the call, because the store's time begins later
	var err error
	if l.token, err = l.claims.Claim(e.ctx, l.name, e.owner, l.ttl); err != nil {
		return held{}, fmt.Errorf("claim %s: %w", l.name, err)
	}
	ctx, cancel := context.WithCancelCause(context.WithValue(e.ctx, tokenKey{}, l.token))
	l.ctx, l.cancel = ctx, cancel
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept(until)
	return held{ctx: ctx, lease: l}, nil
}

// kept sets both timers after the lease was extended until then.
func (l *lease) kept(until time.Time) {
	l.stop()
	l.keeper = l.clock.AfterFunc(l.ttl/3, l.extend)
	l.end = l.clock.AfterFunc(until.Sub(l.clock.Now()), func() { l.cancel(errLeaseLost) })
}

func (l *lease) stop() {
	if l.keeper != nil {
		l.keeper.Stop()
		l.end.Stop()
	}
}

// extend extends the lease. It asks again if a store does not answer; until
// then the earlier end is valid.
func (l *lease) extend() {
	until := l.clock.Now().Add(l.ttl)
	err := l.claims.Extend(l.ctx, l.name, l.token, l.ttl)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.over:
	case err == nil:
		l.kept(until)
	case errors.Is(err, dataspace.ErrConflict):
		l.cancel(errLeaseLost)
	default:
		l.keeper = l.clock.AfterFunc(l.ttl/10, l.extend)
	}
}

func (l *lease) release() error {
	l.mu.Lock()
	l.over = true
	l.stop()
	l.mu.Unlock()
	defer l.cancel(nil)
	// This also happens while the engine closes: another process need not wait
	// then.
	return l.claims.Release(context.WithoutCancel(l.base), l.name, l.token)
}

// Local implements Claims within one process, for engines that share it.
type Local struct {
	clock clock.Clock

	mu     sync.Mutex
	last   int64
	leases map[string]localLease
}

type localLease struct {
	token int64
	until time.Time
}

var _ Claims = (*Local)(nil)

// NewLocal returns claims without any lease.
func NewLocal(c clock.Clock) *Local { return &Local{clock: c, leases: map[string]localLease{}} }

// Claim implements Claims.
func (l *Local) Claim(_ context.Context, name, _ string, ttl time.Duration) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now()
	if have, ok := l.leases[name]; ok && now.Before(have.until) {
		return 0, fmt.Errorf("claim %s: %w", name, dataspace.ErrConflict)
	}
	l.last++
	l.leases[name] = localLease{l.last, now.Add(ttl)}
	return l.last, nil
}

// Extend implements Claims.
func (l *Local) Extend(_ context.Context, name string, token int64, ttl time.Duration) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now()
	if have := l.leases[name]; have.token != token || !now.Before(have.until) {
		return fmt.Errorf("extend %s: %w", name, dataspace.ErrConflict)
	}
	l.leases[name] = localLease{token, now.Add(ttl)}
	return nil
}

// Release implements Claims.
func (l *Local) Release(_ context.Context, name string, token int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.leases[name].token == token {
		delete(l.leases, name)
	}
	return nil
}
