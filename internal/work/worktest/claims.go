// Package worktest has the tests that every implementation of work.Claims must
// pass. Only tests import it.
package worktest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/work"
)

// Claims tests an implementation. Open returns claims without leases, which use
// the given clock.
func Claims(t *testing.T, open func(*testing.T, clock.Clock) work.Claims) {
	t.Run("lease", func(t *testing.T) { lease(t, open) })
	t.Run("one-wins", func(t *testing.T) { oneWins(t, open) })
	t.Run("take-over", func(t *testing.T) { takeOver(t, open) })
}

const ttl = time.Minute

func lease(t *testing.T, open func(*testing.T, clock.Clock) work.Claims) {
	now := newManual()
	c, ctx := open(t, now), t.Context()
	claim := func(name, owner string) (int64, error) { return c.Claim(ctx, name, owner, ttl) }
	first, err := claim("a", "one")
	if err != nil {
		t.Fatal(err)
	}
	for _, owner := range []string{"one", "two"} {
		if _, err := claim("a", owner); !errors.Is(err, dataspace.ErrConflict) {
			t.Errorf("%s claimed what is claimed: %v", owner, err)
		}
	}
	if other, err := claim("b", "two"); err != nil || other == first {
		t.Errorf("another name: token %d, %v", other, err)
	}
	now.advance(ttl - time.Second)
	if err := c.Extend(ctx, "a", first, ttl); err != nil {
		t.Fatal(err)
	}
	now.advance(ttl - time.Second)
	if _, err := claim("a", "two"); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("claimed what was extended: %v", err)
	}
	now.advance(time.Second)
	if err := c.Extend(ctx, "a", first, ttl); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("extended what has ended: %v", err)
	}
	second, err := claim("a", "two")
	if err != nil || second <= first {
		t.Fatalf("token %d after %d, %v", second, first, err)
	}
	// The first owner returns and changes nothing.
	if err := c.Extend(ctx, "a", first, ttl); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("extended what somebody else has: %v", err)
	}
	if err := c.Release(ctx, "a", first); err != nil {
		t.Errorf("release of what has ended: %v", err)
	}
	if _, err := claim("a", "one"); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("an old token released a new lease: %v", err)
	}
	if err := c.Release(ctx, "a", second); err != nil {
		t.Fatal(err)
	}
	if third, err := claim("a", "one"); err != nil || third <= second {
		t.Errorf("token %d after %d, %v", third, second, err)
	}
}

// If several owners claim at the same moment, one of them succeeds.
func oneWins(t *testing.T, open func(*testing.T, clock.Clock) work.Claims) {
	c := open(t, newManual())
	var won atomic.Int32
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			_, err := c.Claim(t.Context(), "a", fmt.Sprint(i), ttl)
			switch {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, dataspace.ErrConflict):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d claimed it", won.Load())
	}
}

// Two engines share rows. They never step one id at the same time, and when one
// stops without releasing, the other continues its work.
func takeOver(t *testing.T, open func(*testing.T, clock.Clock) work.Claims) {
	for round := range 6 {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(round), 7))
			now := newManual()
			claims := open(t, now)
			rows := &rows{t: t, todo: map[int]int{}, busy: map[int]bool{}, last: map[int]int64{}}
			for id := 1; id <= 20; id++ {
				rows.todo[id] = 1 + r.IntN(4)
			}
			dying := &stopping{Claims: claims}
			one, two := engine(rows, dying, now), engine(rows, claims, now)
			defer two.Close()
			start(t, one)
			start(t, two)
			for range 30 {
				id := 1 + r.IntN(20)
				rows.add(id)
				pick := two
				if r.IntN(2) == 0 {
					pick = one
				}
				pick.Wake(id)
				if r.IntN(3) == 0 {
					now.advance(time.Duration(r.IntN(5)) * time.Second)
				}
			}
			dying.dead.Store(true)
			one.Close()
			for i := 0; rows.left() > 0; i++ {
				if i > 20_000 {
					t.Fatalf("%d things are still to be done", rows.left())
				}
				now.advance(time.Second)
				time.Sleep(time.Millisecond) // real time, for the engine to move
			}
		})
	}
}

func engine(r *rows, c work.Claims, now clock.Clock) *work.Engine[int] {
	return work.New(work.Config[int]{Name: "row", Limit: 4, Claims: c, Lease: ttl, Clock: now, Feed: r.unfinished, Step: r.step})
}

func start(t *testing.T, e *work.Engine[int]) {
	t.Helper()
	if err := e.Start(); err != nil {
		t.Fatal(err)
	}
}

// rows are what both engines work on.
type rows struct {
	t    *testing.T
	mu   sync.Mutex
	todo map[int]int // by id: the amount of work left
	busy map[int]bool
	last map[int]int64 // by id: the newest token seen
}

func (r *rows) add(id int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.todo[id]++
}

func (r *rows) left() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, todo := range r.todo {
		n += todo
	}
	return n
}

func (r *rows) unfinished(_ context.Context, after, limit int) (ids []int, _ error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, todo := range r.todo {
		if id > after && todo > 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids[:min(limit, len(ids))], nil
}

func (r *rows) step(ctx context.Context, id int, _ work.Lane) (work.Next, error) {
	token, ok := work.Token(ctx)
	r.mu.Lock()
	if r.busy[id] {
		r.t.Errorf("id %d is in two steps at once", id)
	}
	if !ok || token < r.last[id] {
		r.t.Errorf("token %d of id %d after %d", token, id, r.last[id])
	}
	r.busy[id], r.last[id] = true, token
	r.mu.Unlock()
	time.Sleep(100 * time.Microsecond)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy[id] = false
	if r.todo[id] > 0 && ctx.Err() == nil {
		r.todo[id]--
	}
	if r.todo[id]%3 == 2 {
		return work.Next{}, dataspace.ErrUnavailable
	}
	return work.Next{Again: r.todo[id] > 0}, nil
}

// stopping are the claims of a process that stops: after that it reaches nothing,
// so it releases nothing either.
type stopping struct {
	work.Claims
	dead atomic.Bool
}

// Extend implements work.Claims.
func (m *stopping) Extend(ctx context.Context, name string, token int64, ttl time.Duration) error {
	if m.dead.Load() {
		return dataspace.ErrUnavailable
	}
	return m.Claims.Extend(ctx, name, token, ttl)
}

// Release implements work.Claims.
func (m *stopping) Release(ctx context.Context, name string, token int64) error {
	if m.dead.Load() {
		return dataspace.ErrUnavailable
	}
	return m.Claims.Release(ctx, name, token)
}
