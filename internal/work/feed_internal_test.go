package work

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hutong/internal/dataspace"
)

// left feeds the ids from 1 to n.
func left(n int) Feed[int] {
	return func(_ context.Context, after, limit int) (ids []int, _ error) {
		for id := after + 1; id <= n && len(ids) < limit; id++ {
			ids = append(ids, id)
		}
		return ids, nil
	}
}

// A start with very much unfinished work needs no more resources than one with
// little: few steps run, few ids are in line, and each id takes its turn, the
// oldest first.
func TestStartIsBounded(t *testing.T) {
	const many, limit = 100_000, 16
	var done, most atomic.Int64
	begin := make(chan struct{})
	var mu sync.Mutex
	var order []int
	e := New(Config[int]{Name: "test", Limit: limit, Feed: left(many), First: time.Hour, Failed: func(context.Context, int, error, time.Duration) {},
		Step: func(_ context.Context, id int, _ Lane) (Next, error) {
			<-begin
			mu.Lock()
			order = append(order, id)
			mu.Unlock()
			if n := int64(runtime.NumGoroutine()); n > most.Load() {
				most.Store(n)
			}
			done.Add(1)
			return Next{}, errPasses // so that every one of them rests and is stored
		}})
	defer e.Close()
	before := runtime.NumGoroutine()
	heap := used()
	if err := e.Start(); err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		runtime.Gosched()
	}
	e.mu.Lock()
	line := len(e.lanes[""].line)
	e.mu.Unlock()
	if line > 2*page {
		t.Errorf("%d ids are in line while nothing moves", line)
	}
	close(begin)
	for end := time.Now().Add(time.Minute); done.Load() < many; {
		if time.Now().After(end) {
			t.Fatalf("%d of %d ids were stepped", done.Load(), many)
		}
		time.Sleep(time.Millisecond)
	}
	if n := most.Load(); n > int64(before+limit+5) {
		t.Errorf("%d goroutines, %d before", n, before)
	}
	if grown := used() - heap; grown > 64<<20 {
		t.Errorf("%d ids that rest hold %d MB", many, grown>>20)
	}
	// In parallel they may overtake each other, but the old ones come first.
	late := 0
	for i, id := range order {
		if i < many/2 && id > many/2 {
			late++
		}
	}
	if late > many/100 {
		t.Errorf("%d of the younger half were stepped with the older half", late)
	}
}

func used() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A page that cannot be read at the start is an error; later it is tried again.
func TestFeedFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		feed := func(ctx context.Context, after, limit int) ([]int, error) {
			if calls++; calls == 1 || calls == 3 || calls == 4 {
				return nil, dataspace.ErrUnavailable
			}
			return left(3*page)(ctx, after, limit)
		}
		var mu sync.Mutex
		var seen []int
		e := New(Config[int]{Name: "test", Limit: 4, Feed: feed, Step: func(_ context.Context, id int, _ Lane) (Next, error) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, id)
			return Next{}, nil
		}})
		defer e.Close()
		if err := e.Start(); !errors.Is(err, dataspace.ErrUnavailable) {
			t.Fatalf("start without a store gave %v", err)
		}
		if err := e.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		mu.Lock()
		defer mu.Unlock()
		slices.Sort(seen)
		if len(seen) != 3*page || seen[0] != 1 || seen[len(seen)-1] != 3*page {
			t.Errorf("%d ids were stepped", len(seen))
		}
	})
}
