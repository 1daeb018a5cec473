package flow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
)

// bench runs an engine whose steps the test writes.
type bench struct {
	*engine
	mu    sync.Mutex
	steps []time.Duration // when each step began, since the start
}

func newBench(t *testing.T, step func(ctx context.Context, n int) (bool, error)) *bench {
	t.Helper()
	b := &bench{}
	began := time.Now()
	b.engine = newEngine(func(ctx context.Context, _ dataspace.FlowID) (bool, error) {
		b.mu.Lock()
		b.steps = append(b.steps, time.Since(began))
		n := len(b.steps)
		b.mu.Unlock()
		return step(ctx, n)
	}, slog.New(slog.DiscardHandler))
	return b
}

func (b *bench) want(t *testing.T, steps ...time.Duration) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if fmt.Sprint(b.steps) != fmt.Sprint(steps) {
		t.Errorf("steps were at %v, want %v", b.steps, steps)
	}
}

var errPasses = fmt.Errorf("not now: %w", dataspace.ErrUnavailable)

func TestEngineGoesOnWhileThereIsMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(_ context.Context, n int) (bool, error) { return n < 3, nil })
		defer b.close()
		b.wake("one")
		time.Sleep(time.Hour)
		b.want(t, 0, 0, 0)
	})
}

func TestEngineTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(_ context.Context, n int) (bool, error) {
			if n < 4 || n == 5 {
				return true, errPasses
			}
			return false, nil
		})
		defer b.close()
		b.wake("one")
		time.Sleep(10 * time.Second)
		b.want(t, 0, firstRetry, 3*firstRetry, 7*firstRetry)
		// After a success the pauses begin anew.
		b.wake("one")
		time.Sleep(10 * time.Second)
		b.want(t, 0, firstRetry, 3*firstRetry, 7*firstRetry, 10*time.Second, 10*time.Second+firstRetry)
	})
}

func TestEnginePausesAtMostSoLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(context.Context, int) (bool, error) { return false, errPasses })
		defer b.close()
		b.wake("one")
		time.Sleep(time.Hour)
		b.mu.Lock()
		defer b.mu.Unlock()
		last := len(b.steps) - 1
		if last < 100 || b.steps[last]-b.steps[last-1] != lastRetry {
			t.Errorf("%d steps in an hour, the last after %s", len(b.steps), b.steps[last]-b.steps[last-1])
		}
	})
}

func TestEngineWakeCutsPauseShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(_ context.Context, n int) (bool, error) {
			if n == 1 {
				return false, errPasses
			}
			return false, nil
		})
		defer b.close()
		b.wake("one")
		time.Sleep(firstRetry / 2)
		b.wake("one")
		time.Sleep(time.Hour)
		b.want(t, 0, firstRetry/2)
	})
}

// Whatever happened while a step ran may have come too late for it.
func TestEngineWokenWhileRunning(t *testing.T) {
	for name, err := range map[string]error{"step succeeds": nil, "step fails": errPasses} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, func(_ context.Context, n int) (bool, error) {
					if n > 1 {
						return false, nil
					}
					time.Sleep(time.Second)
					return false, err
				})
				defer b.close()
				b.wake("one")
				time.Sleep(time.Second / 2)
				b.wake("one")
				b.wake("one")
				time.Sleep(time.Hour)
				b.want(t, 0, time.Second)
			})
		})
	}
}

// A row that changed under a step is read again at once; a conflict that stays
// must not keep a processor busy.
func TestEngineConflicts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clash := fmt.Errorf("update: %w", dataspace.ErrStale)
		b := newBench(t, func(_ context.Context, n int) (bool, error) {
			if n == 3 {
				return false, nil
			}
			return false, clash
		})
		defer b.close()
		b.wake("one")
		time.Sleep(time.Hour)
		b.want(t, 0, 0, 0)
		b.wake("one") // and now for ever
		time.Sleep(time.Minute)
		b.mu.Lock()
		defer b.mu.Unlock()
		if n := len(b.steps); n < 20 || n > 20*maxClashes {
			t.Errorf("%d steps in a minute of conflicts", n)
		}
	})
}

func TestEnginePanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(_ context.Context, n int) (bool, error) {
			if n == 1 {
				panic("a mistake")
			}
			return false, nil
		})
		defer b.close()
		b.wake("one")
		time.Sleep(time.Hour)
		b.want(t, 0, firstRetry)
	})
}

func TestEngineClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(ctx context.Context, n int) (bool, error) {
			if n == 1 {
				return false, errPasses
			}
			<-ctx.Done() // a long step notices
			time.Sleep(time.Second)
			return true, ctx.Err()
		})
		b.wake("waits for its next attempt")
		time.Sleep(firstRetry / 2)
		b.wake("runs")
		synctest.Wait()
		began := time.Now()
		b.close()
		if took := time.Since(began); took != time.Second {
			t.Errorf("close waited %s for the step under way", took)
		}
		b.wake("comes late")
		time.Sleep(time.Hour)
		b.want(t, 0, firstRetry/2)
	})
}

// A flow is never in two steps at once, different ones run side by side, and
// no wake is lost: the last step of a flow begins after its last wake.
func TestEngineProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		type act struct {
			flow  dataspace.FlowID
			after time.Duration
			takes time.Duration
			fails bool
		}
		acts := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) act {
			return act{
				flow:  dataspace.FlowID(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "flow")),
				after: time.Duration(rapid.IntRange(0, 300).Draw(rt, "after")) * time.Millisecond,
				takes: time.Duration(rapid.IntRange(0, 500).Draw(rt, "takes")) * time.Millisecond,
				fails: rapid.Bool().Draw(rt, "fails"),
			}
		}), 1, 20).Draw(rt, "acts")
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			busy := map[dataspace.FlowID]bool{}
			woken, stepped := map[dataspace.FlowID]time.Time{}, map[dataspace.FlowID]time.Time{}
			n := 0
			e := newEngine(func(_ context.Context, id dataspace.FlowID) (bool, error) {
				mu.Lock()
				if busy[id] {
					rt.Errorf("flow %s is in two steps at once", id)
				}
				busy[id], stepped[id] = true, time.Now()
				a := acts[n%len(acts)]
				n++
				mu.Unlock()
				time.Sleep(a.takes)
				mu.Lock()
				defer mu.Unlock()
				busy[id] = false
				if a.fails && n < 3*len(acts) {
					return false, errPasses
				}
				return false, nil
			}, slog.New(slog.DiscardHandler))
			defer e.close()
			for _, a := range acts {
				time.Sleep(a.after)
				mu.Lock()
				woken[a.flow] = time.Now()
				mu.Unlock()
				e.wake(a.flow)
			}
			time.Sleep(time.Hour)
			mu.Lock()
			defer mu.Unlock()
			for id, at := range woken {
				if stepped[id].Before(at) {
					rt.Errorf("flow %s was woken at %s and stepped last at %s", id, at, stepped[id])
				}
			}
			e.mu.Lock()
			defer e.mu.Unlock()
			if len(e.running) > 0 || len(e.tries) > 0 {
				rt.Errorf("the engine remembers %v and %v", e.running, e.tries)
			}
		})
	})
}

// Small datasets do not wait behind large ones.
func TestLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLanes()
		ctx, cancel := context.WithCancel(t.Context())
		for range largeLane {
			if _, err := l.enter(ctx, largeFrom); err != nil {
				t.Fatal(err)
			}
		}
		waited := make(chan error, 1)
		go func() {
			_, err := l.enter(ctx, 10*largeFrom)
			waited <- err
		}()
		synctest.Wait()
		for range 100 {
			leave, err := l.enter(ctx, largeFrom-1)
			if err != nil {
				t.Fatal(err)
			}
			leave()
		}
		select {
		case err := <-waited:
			t.Fatalf("more large datasets than places: %v", err)
		default:
		}
		cancel()
		if err := <-waited; !errors.Is(err, context.Canceled) {
			t.Fatalf("waiting for a place ended with %v", err)
		}
	})
}
