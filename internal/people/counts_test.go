package people_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/objects/folder"
	"hutong/internal/people"
	"hutong/internal/sqlite"
)

func openCounts(t testing.TB) *people.Counts {
	t.Helper()
	_, store := openCountsIn(t)
	return store
}

func openCountsIn(t testing.TB) (*sqlite.DB, *people.Counts) {
	t.Helper()
	db, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "counts.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	store, err := openIn(context.Background(), sqlite.NewCountRows(db, "gateway"), filepath.Join(t.TempDir(), "counts"), "hash")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return db, store
}

// openIn opens counts with their lists in a directory, and with hashes of these
// names, the newest first.
func openIn(ctx context.Context, rows people.Rows, dir string, names ...string) (*people.Counts, error) {
	var hashes []people.Hash
	for _, name := range names {
		hashes = append(hashes, people.Hash{Algorithm: name, KeyID: "key of " + name})
	}
	lists, err := folder.Open(dir)
	if err != nil {
		return nil, err
	}
	return people.Open(ctx, rows, lists, dir+".scratch", hashes, func() {})
}

// crowd is the people from..to, in ascending order of their hashes.
func crowd(from, to int) people.People {
	hashes := make([][16]byte, 0, to-from)
	for i := from; i < to; i++ {
		sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(i)))
		hashes = append(hashes, [16]byte(sum[:]))
	}
	slices.SortFunc(hashes, func(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) })
	return func(_ string, yield func([16]byte, people.Classes) error) error {
		for _, h := range hashes {
			if err := yield(h, 1); err != nil {
				return err
			}
		}
		return nil
	}
}

// abc are the classes that the tests count, and parts those of their calls.
var (
	abc   = people.Part{Name: people.YearPart, Classes: []string{"a", "b", "c"}}
	parts = []people.Part{abc}
)

// only is totals of one class.
func only(n int64) people.Totals { return people.Totals{"a": n, "b": 0, "c": 0} }

func reservation(id string) people.Reservation {
	return people.Reservation{ID: dataspace.ReservationID(id), Flow: dataspace.FlowID("flow-" + id), Exporter: "acme", Year: 2026}
}

// Two flows together just reach a number. However they interleave, exactly one
// of them must see a total at or above it. A third of the people are in both.
func TestCountParallel(t *testing.T) {
	// Lists longer than a chunk, with the race detector too.
	const each, shared, threshold = 60_000 / raceShare, 20_000 / raceShare, 60_000/raceShare*2 - 20_000/raceShare
	ctx := context.Background()
	store := openCounts(t)
	var totals [2]people.Totals
	var wg sync.WaitGroup
	for i := range totals {
		people := crowd(i*(each-shared), i*(each-shared)+each)
		wg.Go(func() {
			var err error
			if totals[i], err = store.Reserve(ctx, reservation(fmt.Sprint("r", i)), parts, people); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	below := 0
	for _, total := range totals {
		if total["a"] < threshold {
			below++
		}
	}
	if below != 1 {
		t.Errorf("%d of two flows were told that they stay below %d (%v)", below, threshold, totals)
	}
	got, err := store.Totals(ctx, "acme", 2026, abc)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(only(2*each-shared), got); diff != "" {
		t.Error(diff)
	}
}

// Many flows of the same people run at once, and half of them are released: the
// totals must be those of the people, and each flow must have seen one more
// than the last.
func TestCountCrowd(t *testing.T) {
	ctx := context.Background()
	store := openCounts(t)
	const flows, each = 24, 50
	seen := make([]int64, flows)
	var wg sync.WaitGroup
	for i := range flows {
		people := crowd(i*each, (i+1)*each)
		wg.Go(func() {
			total, err := store.Reserve(ctx, reservation(fmt.Sprint("r", i)), parts, people)
			if err != nil {
				t.Error(err)
			}
			seen[i] = total["a"]
		})
	}
	wg.Wait()
	slices.Sort(seen)
	for i, total := range seen {
		if total != int64((i+1)*each) {
			t.Fatalf("flow %d of %d saw a total of %d", i, flows, total)
		}
	}
	for i := range flows {
		act := store.Confirm
		if i%2 == 1 {
			act = store.Release
		}
		wg.Go(func() {
			if err := act(ctx, dataspace.ReservationID(fmt.Sprint("r", i))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, count := range []func(context.Context, dataspace.ParticipantID, int, people.Part) (people.Totals, error){store.Totals, store.Recount} {
		if got, err := count(ctx, "acme", 2026, abc); err != nil || got["a"] != flows/2*each {
			t.Errorf("got %v %v, want %d people", got, err, flows/2*each)
		}
	}
}

func TestCountConflicts(t *testing.T) {
	ctx := context.Background()
	db, store := openCountsIn(t)
	rekeyed, err := openIn(ctx, sqlite.NewCountRows(db, "gateway"), t.TempDir(), "new")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Reserve(ctx, reservation("r1"), parts, crowd(0, 10)); err != nil {
		t.Fatal(err)
	}
	other := reservation("r1")
	other.Flow = "flow-other"
	next := reservation("r1")
	next.Year = 2027
	for name, c := range map[string]struct {
		do   func() error
		want error
	}{
		"other-flow":    {func() error { _, err := store.Reserve(ctx, other, parts, crowd(0, 1)); return err }, dataspace.ErrConflict},
		"other-year":    {func() error { _, err := store.Reserve(ctx, next, parts, crowd(0, 1)); return err }, dataspace.ErrConflict},
		"other-key":     {func() error { _, err := rekeyed.Reserve(ctx, reservation("r2"), parts, crowd(0, 1)); return err }, dataspace.ErrConflict},
		"unknown":       {func() error { return store.Confirm(ctx, "r9") }, dataspace.ErrNotFound},
		"unknown-holds": {func() error { return store.Release(ctx, "r9") }, nil},
		"negative": {func() error {
			return store.Correct(ctx, abc, people.Correction{ID: "c1", Exporter: "acme", Year: 2026, Change: people.Totals{"a": -11}, Reason: "r", By: "b", At: time.UnixMicro(1)})
		}, dataspace.ErrInvalid},
	} {
		if err := c.do(); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	if got, err := store.Totals(ctx, "acme", 2026, abc); err != nil || got["a"] != 10 {
		t.Errorf("got %v %v, want 10 people", got, err)
	}
}

// A flow that waited over New Year is decided again in the new year: its
// people, released before, count only in that year.
func TestCountNewYear(t *testing.T) {
	ctx := context.Background()
	store := openCounts(t)
	for _, n := range []int{10, 9000} { // in one go, and in chunks
		old := reservation(fmt.Sprint("r", n))
		old.Exporter = dataspace.ParticipantID(fmt.Sprint("acme", n))
		next := old
		next.Year = 2027
		if _, err := store.Reserve(ctx, old, parts, crowd(0, n)); err != nil {
			t.Fatal(err)
		}
		if err := store.Release(ctx, old.ID); err != nil {
			t.Fatal(err)
		}
		if got, err := store.Reserve(ctx, next, parts, crowd(0, n)); err != nil || got["a"] != int64(n) {
			t.Fatalf("got %v %v, want %d people in the new year", got, err, n)
		}
		if err := store.Confirm(ctx, next.ID); err != nil {
			t.Fatal(err)
		}
		if got, err := store.Totals(ctx, old.Exporter, 2026, abc); err != nil || got["a"] != 0 {
			t.Fatalf("got %v %v, want nobody in the old year", got, err)
		}
		if got, err := store.Totals(ctx, old.Exporter, 2027, abc); err != nil || got["a"] != int64(n) {
			t.Fatalf("got %v %v, want %d people in the new year", got, err, n)
		}
	}
}

// A year is closed when a later one has begun: its reservations can still be
// confirmed or released, corrections count, and nobody else is added.
func TestCountClosedYear(t *testing.T) {
	ctx := context.Background()
	store := openCounts(t)
	for i := range 2 {
		if _, err := store.Reserve(ctx, reservation(fmt.Sprint("old", i)), parts, crowd(10*i, 10*i+10)); err != nil {
			t.Fatal(err)
		}
	}
	next := reservation("next")
	next.Year = 2027
	if _, err := store.Reserve(ctx, next, parts, crowd(0, 5)); err != nil {
		t.Fatal(err)
	}
	var problem *dataspace.Problem
	if _, err := store.Reserve(ctx, reservation("late"), parts, crowd(20, 30)); !errors.As(err, &problem) || problem.Code != "count.closed" {
		t.Errorf("reserved in a closed year: %v", err)
	}
	correction := people.Correction{ID: "c", Exporter: "acme", Year: 2026, Change: people.Totals{"a": 3}, Reason: "r", By: "b", At: time.UnixMicro(1)}
	if err := errors.Join(store.Confirm(ctx, "old0"), store.Release(ctx, "old1"), store.Correct(ctx, abc, correction)); err != nil {
		t.Fatal(err)
	}
	if got, err := store.Totals(ctx, "acme", 2026, abc); err != nil || got["a"] != 13 {
		t.Errorf("got %v %v, want 13 people", got, err)
	}
}

// Each year begins at zero, and each exporter is counted separately.
func TestCountApart(t *testing.T) {
	ctx := context.Background()
	store := openCounts(t)
	for i, r := range []people.Reservation{
		{ID: "a", Flow: "f", Exporter: "acme", Year: 2026},
		{ID: "b", Flow: "f", Exporter: "acme", Year: 2027},
		{ID: "c", Flow: "f", Exporter: "other", Year: 2026},
	} {
		if got, err := store.Reserve(ctx, r, parts, crowd(0, 5)); err != nil || got["a"] != 5 {
			t.Errorf("%d: got %v %v, want 5 people", i, got, err)
		}
	}
	got, err := store.ByFlow(ctx, "f")
	if err != nil || len(got) != 3 || got[1] != (people.Reservation{ID: "b", Flow: "f", Exporter: "acme", Year: 2027, State: people.Reserved}) {
		t.Errorf("got %v %v", got, err)
	}
}

// Flows are listed with their own people and the new ones among them, whether
// they are rows or a file. Released flows are not listed.
func TestCountByYear(t *testing.T) {
	ctx := context.Background()
	store := openCounts(t)
	for i, to := range []int{100, 6000, 50} {
		r := reservation(fmt.Sprint("r", i))
		r.On, r.To = fmt.Sprintf("2026-0%d-01", i+1), "peer/lion"
		if _, err := store.Reserve(ctx, r, parts, crowd(0, to)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(store.Confirm(ctx, "r1"), store.Release(ctx, "r2")); err != nil {
		t.Fatal(err)
	}
	got, err := store.ByYear(ctx, "acme", 2026)
	want := []people.Counted{
		{Reservation: people.Reservation{ID: "r1", Flow: "flow-r1", Exporter: "acme", Year: 2026, On: "2026-02-01", To: "peer/lion", State: people.Confirmed},
			People: only(6000), New: only(5900)},
		{Reservation: people.Reservation{ID: "r0", Flow: "flow-r0", Exporter: "acme", Year: 2026, On: "2026-01-01", To: "peer/lion", State: people.Reserved},
			People: only(100), New: only(100)},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestCountCorrections(t *testing.T) {
	ctx := context.Background()
	db, store := openCountsIn(t)
	c := people.Correction{ID: "c1", Exporter: "acme", Year: 2026, Change: people.Totals{"a": 40, "b": 2, "c": 0}, Reason: "paper files", By: "officer", At: time.UnixMicro(1).UTC()}
	again := c
	again.At = time.UnixMicro(2).UTC()
	for range 2 {
		if err := store.Correct(ctx, abc, c); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Correct(ctx, abc, again); err != nil {
		t.Errorf("a repetition is refused: %v", err)
	}
	again.Change = people.Totals{"a": 41, "b": 2}
	if err := store.Correct(ctx, abc, again); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("got %v for another correction of the same id", err)
	}
	// Evidence is stored once, with the correction and not without.
	c2 := c
	c2.ID, c2.Change = "c2", people.Totals{"a": -1000}
	if err := store.Correct(ctx, abc, c2); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("got %v for too much", err)
	}
	if list, err := sqlite.NewProveStore(db).Pending(ctx, 9); err != nil || len(list) != 1 || list[0].ID != "correction.c1" {
		t.Errorf("evidence is %v (%v)", list, err)
	}
	list, err := store.Corrections(ctx, "acme", 2026)
	if diff := cmp.Diff([]people.Correction{c}, list); err != nil || diff != "" {
		t.Error(err, diff)
	}
	got, err := store.Reserve(ctx, reservation("r1"), parts, crowd(0, 3))
	if diff := cmp.Diff(people.Totals{"a": 43, "b": 2, "c": 0}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// A loader adds nothing after another loader has replaced it for the same
// reservation.
func TestCountOvertaken(t *testing.T) {
	ctx := context.Background()
	store := openCounts(t)
	r := reservation("r1")
	slow := func(_ string, yield func([16]byte, people.Classes) error) error {
		// The first chunk is written when the second begins.
		if err := crowd(0, 5000)("", yield); err != nil {
			return err
		}
		if _, err := store.Reserve(ctx, r, parts, crowd(0, 7)); err != nil {
			t.Error(err)
		}
		return crowd(5000, 20000)("", yield)
	}
	if _, err := store.Reserve(ctx, r, parts, slow); !errors.Is(err, dataspace.ErrStale) {
		t.Errorf("got %v for a loader that was overtaken", err)
	}
	if _, err := store.Tidy(ctx); err != nil {
		t.Fatal(err)
	}
	if got, err := store.Recount(ctx, "acme", 2026, abc); err != nil || got["a"] != 7 {
		t.Errorf("got %v %v, want 7 people", got, err)
	}
}

// BenchmarkCount reserves, confirms and releases 120,000 people in addition to
// those whom the year already has.
func BenchmarkCount(b *testing.B) {
	for _, before := range []int{0, 1_000_000} {
		b.Run(fmt.Sprint("beside-", before), func(b *testing.B) {
			ctx := context.Background()
			store := openCounts(b)
			if _, err := store.Reserve(ctx, reservation("before"), parts, crowd(0, before)); err != nil {
				b.Fatal(err)
			}
			if err := store.Confirm(ctx, "before"); err != nil {
				b.Fatal(err)
			}
			if _, err := store.Tidy(ctx); err != nil {
				b.Fatal(err)
			}
			people := crowd(before-60_000, before+60_000)
			for i := 0; b.Loop(); i++ {
				id := fmt.Sprint("r", i)
				if _, err := store.Reserve(ctx, reservation(id), parts, people); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				if err := store.Release(ctx, dataspace.ReservationID(id)); err != nil {
					b.Fatal(err)
				}
				if _, err := store.Tidy(ctx); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}
