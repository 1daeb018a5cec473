package work

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
)

// bench runs an engine whose steps the test writes.
type bench struct {
	*Engine[string]
	mu    sync.Mutex
	steps []time.Duration // when each step began, since the start
}

func newBench(t *testing.T, step func(ctx context.Context, n int) (Next, error)) *bench {
	t.Helper()
	b := &bench{}
	began := time.Now()
	b.Engine = New(Config[string]{Name: "test", Limit: 10, Step: func(ctx context.Context, _ string, _ Lane) (Next, error) {
		b.mu.Lock()
		b.steps = append(b.steps, time.Since(began))
		n := len(b.steps)
		b.mu.Unlock()
		return step(ctx, n)
	}})
	return b
}

// want compares when steps were, give or take the jitter of the pauses.
func (b *bench) want(t *testing.T, steps ...time.Duration) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if !slices.EqualFunc(b.steps, steps, func(is, want time.Duration) bool {
		return (is - want).Abs() <= time.Duration(float64(want)*jitter)
	}) {
		t.Errorf("steps were at %v, want %v", b.steps, steps)
	}
}

var errPasses = fmt.Errorf("not now: %w", dataspace.ErrUnavailable)

func TestGoesOnWhileThereIsMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(_ context.Context, n int) (Next, error) { return Next{Again: n < 3}, nil })
		defer b.Close()
		b.Wake("one")
		time.Sleep(time.Hour)
		b.want(t, 0, 0, 0)
	})
}

func TestTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(_ context.Context, n int) (Next, error) {
			if n < 4 || n == 5 {
				return Next{Again: true}, errPasses
			}
			return Next{}, nil
		})
		defer b.Close()
		b.Wake("one")
		time.Sleep(10 * time.Second)
		b.want(t, 0, firstPause, 3*firstPause, 7*firstPause)
		// After a success the pauses start from the shortest again.
		b.Wake("one")
		time.Sleep(10 * time.Second)
		b.want(t, 0, firstPause, 3*firstPause, 7*firstPause, 10*time.Second, 10*time.Second+firstPause)
	})
}

func TestPausesAtMostSoLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(context.Context, int) (Next, error) { return Next{}, errPasses })
		defer b.Close()
		b.Wake("one")
		time.Sleep(time.Hour)
		b.mu.Lock()
		defer b.mu.Unlock()
		last := len(b.steps) - 1
		if n := (b.steps[last] - b.steps[last-1] - lastPause).Abs(); last < 100 || n > lastPause/10 {
			t.Errorf("%d steps in an hour, the last after %s", len(b.steps), b.steps[last]-b.steps[last-1])
		}
	})
}

func TestWakeEndsPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(_ context.Context, n int) (Next, error) {
			if n == 1 {
				return Next{}, errPasses
			}
			return Next{}, nil
		})
		defer b.Close()
		b.Wake("one")
		time.Sleep(firstPause / 2)
		b.Wake("one")
		time.Sleep(time.Hour)
		b.want(t, 0, firstPause/2)
	})
}

// If KeepPause is set, a wake does not change the pause.
func TestKeepPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var steps []time.Duration
		e := New(Config[int]{Name: "test", Limit: 1, KeepPause: true, Step: func(context.Context, int, Lane) (Next, error) {
			steps = append(steps, time.Since(began))
			time.Sleep(time.Second)
			if len(steps) == 1 {
				return Next{}, errPasses
			}
			return Next{}, nil
		}})
		defer e.Close()
		e.Wake(1)
		time.Sleep(time.Second / 2)
		e.Wake(1) // while it runs, and fails
		time.Sleep(time.Second/2 + firstPause/4)
		e.Wake(1) // while it rests
		time.Sleep(time.Hour)
		synctest.Wait() // see what the steps wrote
		if len(steps) != 2 || (steps[1]-time.Second-firstPause).Abs() > firstPause/5 {
			t.Errorf("steps were at %v", steps)
		}
	})
}

// A nudge also ends a pause, but starts nothing.
func TestNudge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(_ context.Context, n int) (Next, error) {
			if n == 1 {
				return Next{}, errPasses
			}
			return Next{}, nil
		})
		defer b.Close()
		b.Nudge("one")
		time.Sleep(time.Hour)
		b.want(t)
		b.Wake("one")
		time.Sleep(firstPause / 2)
		b.Nudge("one")
		time.Sleep(time.Hour)
		b.want(t, time.Hour, time.Hour+firstPause/2)
	})
}

func TestAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(_ context.Context, n int) (Next, error) {
			return Next{After: time.Minute * time.Duration(n)}, nil
		})
		defer b.Close()
		b.Wake("one")
		time.Sleep(4 * time.Minute)
		b.want(t, 0, time.Minute, 3*time.Minute)
	})
}

// A change during a step may have come too late for it.
func TestWokenWhileRunning(t *testing.T) {
	for name, err := range map[string]error{"succeeds": nil, "fails": errPasses} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, func(_ context.Context, n int) (Next, error) {
					if n > 1 {
						return Next{}, nil
					}
					time.Sleep(time.Second)
					return Next{}, err
				})
				defer b.Close()
				b.Wake("one")
				time.Sleep(time.Second / 2)
				b.Wake("one")
				b.Wake("one")
				time.Sleep(time.Hour)
				b.want(t, 0, time.Second)
			})
		})
	}
}

// A row that changed during a step is read again at once; a conflict that stays
// must not keep a processor busy.
func TestConflicts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clash := fmt.Errorf("update: %w", dataspace.ErrStale)
		b := newBench(t, func(_ context.Context, n int) (Next, error) {
			if n == 3 {
				return Next{}, nil
			}
			return Next{}, clash
		})
		defer b.Close()
		b.Wake("one")
		time.Sleep(time.Hour)
		b.want(t, 0, 0, 0)
		b.Wake("one") // and now always
		time.Sleep(time.Minute)
		b.mu.Lock()
		defer b.mu.Unlock()
		if n := len(b.steps); n < 20 || n > 20*maxClashes {
			t.Errorf("%d steps in a minute of conflicts", n)
		}
	})
}

func TestPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(_ context.Context, n int) (Next, error) {
			if n == 1 {
				panic("a mistake")
			}
			return Next{}, nil
		})
		defer b.Close()
		b.Wake("one")
		time.Sleep(time.Hour)
		b.want(t, 0, firstPause)
	})
}

func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(ctx context.Context, n int) (Next, error) {
			if n == 1 {
				return Next{}, errPasses
			}
			<-ctx.Done() // a long step notices
			time.Sleep(time.Second)
			return Next{Again: true}, ctx.Err()
		})
		b.Wake("waits for its next attempt")
		time.Sleep(firstPause / 2)
		b.Wake("runs")
		synctest.Wait()
		began := time.Now()
		b.Close()
		if took := time.Since(began); took != time.Second {
			t.Errorf("close waited %s for the step under way", took)
		}
		b.Wake("comes late")
		time.Sleep(time.Hour)
		b.want(t, 0, firstPause/2)
	})
}

// Drain lets running steps end by themselves, up to a time.
func TestDrain(t *testing.T) {
	for name, c := range map[string]struct{ takes, waits time.Duration }{
		"ends by itself": {time.Minute, time.Minute},
		"is cancelled":   {time.Hour, 2 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, func(ctx context.Context, _ int) (Next, error) {
					select {
					case <-time.After(c.takes):
					case <-ctx.Done():
					}
					return Next{Again: true}, nil
				})
				b.Wake("one")
				synctest.Wait()
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
				defer cancel()
				began := time.Now()
				b.Drain(ctx)
				if took := time.Since(began); took != c.waits {
					t.Errorf("draining took %s, want %s", took, c.waits)
				}
				b.want(t, 0)
			})
		})
	}
}

// An id is never in two steps at once, different ids run in parallel up to the
// limit of their lane, and no wake is lost: the last step of an id begins after
// its last wake.
func TestProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		type act struct {
			id    string
			after time.Duration
			takes time.Duration
			fails bool
			lane  Lane
		}
		acts := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) act {
			return act{
				id:    rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(rt, "id"),
				after: time.Duration(rapid.IntRange(0, 300).Draw(rt, "after")) * time.Millisecond,
				takes: time.Duration(rapid.IntRange(0, 500).Draw(rt, "takes")) * time.Millisecond,
				fails: rapid.Bool().Draw(rt, "fails"),
				lane:  Lane(rapid.SampledFrom([]string{"", "", "slow"}).Draw(rt, "lane")),
			}
		}), 1, 30).Draw(rt, "acts")
		limits := map[Lane]int{"": rapid.IntRange(1, 4).Draw(rt, "limit"), "slow": rapid.IntRange(1, 2).Draw(rt, "slow limit")}
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			busy, inLane := map[string]bool{}, map[Lane]int{}
			woken, stepped := map[string]time.Time{}, map[string]time.Time{}
			n := 0
			e := New(Config[string]{
				Name: "test", Limit: limits[""], Lanes: map[Lane]int{"slow": limits["slow"]},
				Step: func(_ context.Context, id string, lane Lane) (Next, error) {
					mu.Lock()
					if busy[id] {
						rt.Errorf("%s is in two steps at once", id)
					}
					inLane[lane]++
					if inLane[lane] > limits[lane] {
						rt.Errorf("%d steps in lane %q", inLane[lane], lane)
					}
					busy[id], stepped[id] = true, time.Now()
					a := acts[n%len(acts)]
					n++
					mu.Unlock()
					time.Sleep(a.takes)
					mu.Lock()
					defer mu.Unlock()
					busy[id] = false
					inLane[lane]--
					if n >= 3*len(acts) {
						return Next{}, nil
					}
					if a.fails {
						return Next{}, errPasses
					}
					return Next{Again: a.lane != "", Lane: a.lane}, nil
				},
			})
			defer e.Close()
			for _, a := range acts {
				time.Sleep(a.after)
				mu.Lock()
				woken[a.id] = time.Now()
				mu.Unlock()
				e.Wake(a.id)
			}
			time.Sleep(time.Hour)
			mu.Lock()
			defer mu.Unlock()
			for id, at := range woken {
				if stepped[id].Before(at) {
					rt.Errorf("%s was woken at %s and stepped last at %s", id, at, stepped[id])
				}
			}
			e.mu.Lock()
			defer e.mu.Unlock()
			if len(e.tasks) > 0 || len(e.rest) > 0 {
				rt.Errorf("the engine remembers %v and %v", e.tasks, e.rest)
			}
			for name, l := range e.lanes {
				if len(l.line) > 0 || l.workers > 0 {
					rt.Errorf("lane %q has %d in line and %d workers", name, len(l.line), l.workers)
				}
			}
		})
	})
}

// Work in another lane does not delay the first one.
func TestLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		at := map[Lane][]time.Duration{}
		began := time.Now()
		e := New(Config[int]{Name: "test", Limit: 1, Lanes: map[Lane]int{"long": 2}, Step: func(_ context.Context, id int, lane Lane) (Next, error) {
			mu.Lock()
			at[lane] = append(at[lane], time.Since(began))
			mu.Unlock()
			if lane == "long" {
				time.Sleep(time.Hour)
				return Next{}, nil
			}
			return Next{Again: id < 4, Lane: "long"}, nil
		}})
		for id := range 6 {
			e.Wake(id)
		}
		time.Sleep(2*time.Hour + time.Minute)
		e.Close()
		if fmt.Sprint(at[""]) != "[0s 0s 0s 0s 0s 0s]" || fmt.Sprint(at["long"]) != "[0s 0s 1h0m0s 1h0m0s]" {
			t.Errorf("steps were at %v", at)
		}
	})
}

// A lane that does not exist is an error of the step, and is reported.
func TestUnknownLane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told error
		e := New(Config[int]{Name: "test", Limit: 1, First: time.Hour, Step: func(context.Context, int, Lane) (Next, error) {
			return Next{Again: true, Lane: "none"}, nil
		}, Failed: func(_ context.Context, _ int, err error, _ time.Duration) { told = err }})
		e.Wake(1)
		synctest.Wait()
		e.Close()
		if !errors.Is(told, dataspace.ErrInvalid) {
			t.Errorf("an unknown lane gave %v", told)
		}
	})
}

// An id that waits in the line of another lane is stepped when it is woken:
// somebody may have stopped what it waits to do. It keeps its place in the line.
func TestWokenWhileInLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var order []string
		hold, stopped := make(chan struct{}), map[string]bool{}
		e := New(Config[string]{Name: "test", Limit: 4, Lanes: map[Lane]int{"slow": 1}, Step: func(_ context.Context, id string, lane Lane) (Next, error) {
			mu.Lock()
			order = append(order, id+" "+string(lane))
			stop := stopped[id]
			mu.Unlock()
			switch {
			case stop:
				return Next{}, nil
			case lane == "":
				return Next{Again: true, Lane: "slow"}, nil
			}
			<-hold
			return Next{}, nil
		}})
		defer e.Close()
		want := func(steps ...string) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if !slices.Equal(order, steps) {
				t.Errorf("steps %q, want %q", order, steps)
			}
			order = nil
		}
		for _, id := range []string{"a", "b", "c", "d"} {
			e.Wake(id)
			synctest.Wait()
		}
		want("a ", "a slow", "b ", "c ", "d ")
		mu.Lock()
		stopped["c"] = true
		mu.Unlock()
		for _, id := range []string{"b", "b", "c"} {
			e.Wake(id)
			synctest.Wait()
		}
		want("b ", "b ", "c ")
		close(hold)
		want("b slow", "d slow")
		e.Wake("c") // what it left in the line is nothing to it any more
		want("c ")
	})
}
