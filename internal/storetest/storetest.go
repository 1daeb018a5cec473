package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"hutong/internal/agenda"
	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/declare"
	"hutong/internal/deliver"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/officer"
	"hutong/internal/papers"
	"hutong/internal/people"
	"hutong/internal/prove"
	"hutong/internal/screen"
)

// Stores are those of one gateway, over the same state.
type Stores struct {
	Register  gateway.Store
	Processes agree.Store
	Flows     flow.Store
	Grants    deliver.Store
	Evidence  Evidence
	Lists     gateway.Lists // of what is in Register
	Duties    agenda.Store  // of what is in Flows
	Counts    people.Rows
	Officer   officer.Store // of the datasets in Register
	Declare   declare.Store // of what is in Register
	Papers    papers.Store  // of the participants in Register
	Screens   screen.Store
}

// Evidence is the outbox with the state of log and witness.
type Evidence interface {
	prove.Store
	prove.WitnessStore
}

// Open returns empty stores and closes them when the test ends.
type Open func(t *testing.T) Stores

// Run runs every suite on a driver.
func Run(t *testing.T, open Open) {
	for _, suite := range []struct {
		name string
		run  func(*testing.T, Open)
	}{
		{"register", registerSuite}, {"processes", processSuite}, {"flows", flowSuite}, {"grants", grantSuite}, {"evidence", evidenceSuite},
		{"lists", listSuite}, {"duties", dutySuite}, {"counts", countSuite}, {"officer", officerSuite}, {"declare", declareSuite}, {"papers", paperSuite}, {"screens", screenSuite},
	} {
		t.Run(suite.name, func(t *testing.T) { suite.run(t, open) })
	}
}

// part runs one test on stores of its own.
func part(t *testing.T, open Open, name string, fn func(t *testing.T, s Stores)) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		fn(t, open(t))
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wants checks the kind of an error; nil means that no error is expected.
func wants(t *testing.T, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("error %v, want %v", err, kind)
	}
	for _, other := range []error{dataspace.ErrStale, dataspace.ErrConflict, dataspace.ErrNotFound} {
		if other != kind && errors.Is(err, other) {
			t.Fatalf("error %v is also %v", err, other)
		}
	}
}

// equal compares the stored value with the value that was read.
func equal[V any](t *testing.T, got, want V) {
	t.Helper()
	if a, b := fmt.Sprintf("%#v", got), fmt.Sprintf("%#v", want); a != b {
		t.Fatalf("read  %s\nstored %s", a, b)
	}
}

// at is a time that every store keeps exactly.
func at(second int64) time.Time { return time.Unix(1_800_000_000+second, 123_456_000).UTC() }

// pages reads a list page by page and joins the names of its rows.
func pages[K any](t *testing.T, limit int, page func(after K, limit int) ([]K, error), name func(K) string) (names string) {
	t.Helper()
	var after K
	for {
		list, err := page(after, limit)
		must(t, err)
		if len(list) > limit {
			t.Fatalf("a page of %d has %d", limit, len(list))
		}
		for _, k := range list {
			names += name(k)
		}
		if len(list) < limit {
			return names
		}
		after = list[len(list)-1]
	}
}

// many runs fn n times concurrently.
func many(n int, fn func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			fn(i)
		})
	}
	close(start)
	wg.Wait()
}

// winner runs fn n times concurrently and checks that exactly one call succeeds
// and every other call fails with the given kind.
func winner(t *testing.T, n int, kind error, fn func(i int) error) {
	t.Helper()
	results := make([]error, n)
	many(n, func(i int) { results[i] = fn(i) })
	won := 0
	for _, err := range results {
		if err == nil {
			won++
			continue
		}
		wants(t, err, kind)
	}
	if won != 1 {
		t.Fatalf("%d of %d came first, want one", won, n)
	}
}
