package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

func numbers() *recent[string, int] { return newRecent[string](func(int) int { return 8 }) }

// read is a get that says whether it asked the database.
func read(r *recent[string, int], key string, row int) (got int, asked bool) {
	got, _ = r.get(key, func() (int, error) { asked = true; return row, nil })
	return got, asked
}

func TestRecentHoldsWhatWasCommitted(t *testing.T) {
	r := numbers()
	if got, asked := read(r, "a", 1); got != 1 || !asked {
		t.Fatalf("got %d, asked %v", got, asked)
	}
	if got, asked := read(r, "a", 99); got != 1 || asked {
		t.Fatalf("not held: got %d, asked %v", got, asked)
	}
	if was, ok := r.begin("a"); was != 1 || !ok {
		t.Fatalf("before the change: %d, %v", was, ok)
	}
	if got, asked := read(r, "a", 1); got != 1 || !asked {
		t.Errorf("during a change the database was not asked: %d", got)
	}
	two := 2
	r.end("a", &two)
	if got, asked := read(r, "a", 99); got != 2 || asked {
		t.Errorf("after the change: got %d, asked %v", got, asked)
	}
	r.begin("a")
	r.end("a", nil)
	if got, asked := read(r, "a", 3); got != 3 || !asked {
		t.Errorf("after a change of unknown result: got %d, asked %v", got, asked)
	}
	if _, err := r.get("b", func() (int, error) { return 0, errors.New("not there") }); err == nil {
		t.Error("no error")
	}
	if got, _ := read(r, "b", 4); got != 4 {
		t.Errorf("an error was held: %d", got)
	}
	if len(r.busy) != 0 {
		t.Errorf("%d uses are left", len(r.busy))
	}
}

// A reading that any change overlaps is not held, however the two interleave.
func TestRecentReadingBesideChange(t *testing.T) {
	for name, interleave := range map[string]func(r *recent[string, int], reading func(during func())){
		"change within the reading": func(r *recent[string, int], reading func(func())) {
			reading(func() { r.begin("a"); r.end("a", nil) })
		},
		"change begins within": func(r *recent[string, int], reading func(func())) {
			reading(func() { r.begin("a") })
			r.end("a", nil)
		},
		"change ends within": func(r *recent[string, int], reading func(func())) {
			r.begin("a")
			reading(func() { r.end("a", nil) })
		},
		"reading within the change": func(r *recent[string, int], reading func(func())) {
			r.begin("a")
			reading(func() {})
			r.end("a", nil)
		},
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			r := numbers()
			interleave(r, func(during func()) {
				_, _ = r.get("a", func() (int, error) { during(); return 1, nil })
			})
			if got, asked := read(r, "a", 2); !asked {
				t.Errorf("an outdated row is held: %d", got)
			}
			if len(r.busy) != 0 {
				t.Errorf("%d uses are left", len(r.busy))
			}
		})
	}
}

// Nobody here knows which of two changes came last.
func TestRecentTwoChangesAtOnce(t *testing.T) {
	r := numbers()
	one, two := 1, 2
	r.begin("a")
	r.begin("a")
	r.end("a", &two)
	if _, asked := read(r, "a", 2); !asked {
		t.Error("held although another change is under way")
	}
	r.end("a", &one)
	if got, asked := read(r, "a", 2); !asked {
		t.Errorf("held %d after two changes at once", got)
	}
	r.begin("a")
	r.end("a", &two)
	if _, asked := read(r, "a", 99); asked {
		t.Error("nothing is held any more after two changes at once")
	}
}

// After a commit that may have changed any row nothing is held that was read, or
// written by a step, before it or beside it.
func TestRecentBesideAnyChange(t *testing.T) {
	one := 1
	for name, does := range map[string]func(r *recent[string, int]){
		"held-before": func(r *recent[string, int]) { read(r, "a", 1); r.beginAny(); r.endAny() },
		"read-during": func(r *recent[string, int]) { r.beginAny(); read(r, "a", 1); r.endAny() },
		"any-within": func(r *recent[string, int]) {
			_, _ = r.get("a", func() (int, error) { r.beginAny(); r.endAny(); return 1, nil })
		},
		"step-within":  func(r *recent[string, int]) { r.beginAny(); r.begin("a"); r.end("a", &one); r.endAny() },
		"within-step":  func(r *recent[string, int]) { r.begin("a"); r.beginAny(); r.endAny(); r.end("a", &one) },
		"step-first":   func(r *recent[string, int]) { r.begin("a"); r.beginAny(); r.end("a", &one); r.endAny() },
		"step-is-last": func(r *recent[string, int]) { r.beginAny(); r.begin("a"); r.endAny(); r.end("a", &one) },
	} {
		t.Run(name, func(t *testing.T) {
			r := numbers()
			does(r)
			if got, asked := read(r, "a", 2); !asked {
				t.Errorf("an outdated row is held: %d", got)
			}
			if got, asked := read(r, "a", 99); got != 2 || asked {
				t.Errorf("nothing is held afterwards: got %d, asked %v", got, asked)
			}
			if len(r.busy) != 0 || r.any != 0 {
				t.Errorf("%d uses and %d changes are left", len(r.busy), r.any)
			}
		})
	}
}

func TestRecentIsBounded(t *testing.T) {
	r := newRecent[int](func(n int) int { return n })
	for i := range 100 {
		r.put(i, maxRecent/20)
	}
	r.put(1000, maxRecent/2) // too large for any use
	total := 0
	for _, n := range r.rows {
		total += n + rowCost
	}
	if _, ok := r.held(1000); ok || total != r.bytes || total > maxRecent || len(r.rows) < 10 {
		t.Errorf("%d rows of %d bytes, counted as %d, bound %d", len(r.rows), total, r.bytes, maxRecent)
	}
	var h hints
	for i := range 3 * maxHints {
		h.put(fmt.Sprint(i), "flow")
		if len(h.of) > maxHints {
			t.Fatalf("%d hints", len(h.of))
		}
	}
}

// A reader never gets a row that is older than one that was in the database
// when it began to read: many goroutines change and read a few rows of a
// database that is slow to commit and slow to read.
func TestRecentIsNeverOutdated(t *testing.T) {
	const keys = 3
	r := newRecent[int](func(int64) int { return maxRecent / 17 }) // so that rows are also dropped for room
	var database [keys]atomic.Int64
	var commit [keys]sync.Mutex
	var wg sync.WaitGroup
	pause := func(n int) {
		for range n {
			wg := sync.WaitGroup{} // gives way to others
			wg.Go(func() {})
			wg.Wait()
		}
	}
	for g := range 8 {
		rng := rand.New(rand.NewPCG(1, uint64(g)))
		wg.Go(func() {
			for range 3000 {
				key := rng.IntN(keys)
				if rng.IntN(3) == 0 {
					r.begin(key)
					pause(rng.IntN(3))
					commit[key].Lock()
					now := database[key].Add(1)
					commit[key].Unlock()
					pause(rng.IntN(3))
					if rng.IntN(8) == 0 {
						r.end(key, nil)
					} else {
						r.end(key, &now)
					}
					continue
				}
				before := database[key].Load()
				got, err := r.get(key, func() (int64, error) {
					v := database[key].Load()
					pause(rng.IntN(3))
					return v, nil
				})
				if err != nil || got < before || got > database[key].Load() {
					t.Errorf("row %d is %d, but was %d before: %v", key, got, before, err)
					return
				}
			}
		})
	}
	wg.Wait()
	if len(r.busy) != 0 {
		t.Errorf("%d uses are left", len(r.busy))
	}
}

// What the stores give is what the database has, also while others change it.
func TestStoresGiveWhatTheDatabaseHas(t *testing.T) {
	ctx := t.Context()
	db, err := Open(ctx, filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	flows, processes := NewFlowStore(db), NewAgree(db)
	ref := agree.Ref{Kind: agree.KindNegotiation, ID: "n"}
	if err := errors.Join(flows.Create(ctx, flow.Flow{ID: "f", Links: flow.Links{Negotiation: "n"}}), processes.Create(ctx, agree.Row{Ref: ref, Origin: "o", Body: []byte("0")})); err != nil {
		t.Fatal(err)
	}
	stored := func(query string) (n int64) {
		if err := db.Read().QueryRow(query).Scan(&n); err != nil {
			t.Error(err)
		}
		return n
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 150 {
				before, handled := stored(`SELECT version FROM flow`), stored(`SELECT version + handled FROM process`)
				f, err := flows.ByNegotiation(ctx, "n")
				p, perr := processes.Load(ctx, ref)
				if err != nil || perr != nil || f.Version < before || p.Version+p.Handled < handled || p.Origin != "o" {
					t.Errorf("got flow %d, stored %d before (%v); process %d+%d, stored %d before (%v)", f.Version, before, err, p.Version, p.Handled, handled, perr)
					return
				}
				switch (i + g) % 3 {
				case 0:
					if _, err := flows.Update(ctx, f, nil, nil); err != nil && !errors.Is(err, dataspace.ErrStale) {
						t.Error(err)
					}
				case 1:
					if err := processes.Update(ctx, p); err != nil && !errors.Is(err, dataspace.ErrStale) {
						t.Error(err)
					}
				case 2:
					if err := processes.Handled(ctx, []agree.Mark{{Ref: ref, Changed: int64(i)}, {Ref: ref, Changed: 1}}); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	f, err := flows.Flow(ctx, "f")
	p, perr := processes.Load(ctx, ref)
	if err != nil || perr != nil || f.Version != stored(`SELECT version FROM flow`) || p.Version+p.Handled != stored(`SELECT version + handled FROM process`) {
		t.Errorf("in the end: flow %+v (%v), process %+v (%v)", f.Mark, err, p, perr)
	}
}

// A change that fails leaves what is stored, and nothing of it is held.
func TestStoresHoldNothingOfFailures(t *testing.T) {
	ctx := t.Context()
	db, err := Open(ctx, filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	flows := NewFlowStore(db)
	f := flow.Flow{ID: "f", Subject: flow.Subject{Dataset: "old"}}
	if err := flows.Create(ctx, f); err != nil {
		t.Fatal(err)
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	lost := dataspace.Document(`{"lost":true}`)
	changed := f
	changed.Dataset = "new"
	if _, err := flows.Update(over, changed, []dataspace.Document{lost}, nil); err == nil {
		t.Fatal("a cancelled change was made")
	}
	if got, err := flows.Flow(ctx, "f"); err != nil || got.Dataset != "old" {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := flows.Document(ctx, lost.Digest()); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("the document of a change that was not made: %s, %v", got, err)
	}
	// The change itself stores it, because it was not taken for stored.
	if _, err := flows.Update(ctx, changed, []dataspace.Document{lost}, nil); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := db.Read().QueryRow(`SELECT count(*) FROM document`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d documents are stored: %v", n, err)
	}
}

// writes finds statements, also of triggers, that change what is held.
var writes = regexp.MustCompile(`\b(UPDATE(?: OR \w+)?|INSERT(?: OR \w+)? INTO|REPLACE INTO|DELETE FROM)\s+(flow|process|document)\b`)

// Whoever changes a row that is held must say so. A new statement belongs into
// one of these functions, or a store would give outdated rows.
func TestOnlyStoresThatSaySoChangeWhatIsHeld(t *testing.T) {
	want := map[string]int{
		"agree.go INSERT INTO process": 1, "agree.go UPDATE process": 2,
		"flow.go INSERT INTO flow": 1, "flow.go UPDATE flow": 1, "prove.go INSERT INTO document": 1,
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) < 20 || len(scripts) < 15 {
		t.Fatalf("only %d sources and %d migrations", len(sources), len(scripts))
	}
	got := map[string]int{}
	for _, name := range append(sources, scripts...) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range writes.FindAllStringSubmatch(string(text), -1) {
			if strings.HasSuffix(name, ".sql") && !strings.Contains(string(text), "TRIGGER") {
				continue // a migration runs before anything is held
			}
			got[name+" "+m[1]+" "+m[2]]++
		}
	}
	for what, n := range got {
		if want[what] != n {
			t.Errorf("%s: %d, expected %d", what, n, want[what])
		}
	}
	for what, n := range want {
		if got[what] != n {
			t.Errorf("%s: found %d, expected %d", what, got[what], n)
		}
	}
}
