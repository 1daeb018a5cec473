package people_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/memory"
	"hutong/internal/people"
	"hutong/internal/runset"
	"hutong/internal/sqlite"
)

// lately is one class over twelve months.
var lately = people.Part{Name: "lately", Classes: []string{"lately"}, Months: 12}

// numbered is the people of numbers from one to before another.
func numbered(from, to int) people.People {
	return func(_ string, yield func([16]byte, people.Classes) error) error {
		for i := from; i < to; i++ {
			if err := yield([16]byte{0: byte(i >> 8), 1: byte(i), 15: 1}, 1); err != nil {
				return err
			}
		}
		return nil
	}
}

// sender sends for one exporter, and remembers the last day of each person.
type sender struct {
	t     *testing.T
	store *people.Counts
	last  map[int]time.Time
	n     int
}

// send reserves and confirms the people of numbers on a day.
func (s *sender) send(on time.Time, from, to int) {
	s.t.Helper()
	s.n++
	id := dataspace.ReservationID(fmt.Sprint("r", s.n))
	if _, err := s.store.Reserve(s.t.Context(), reservationOn(id, on), []people.Part{lately}, numbered(from, to)); err != nil {
		s.t.Fatal(err)
	}
	if err := s.store.Confirm(s.t.Context(), id); err != nil {
		s.t.Fatal(err)
	}
	for i := from; i < to; i++ {
		s.last[i] = on
	}
}

func reservationOn(id dataspace.ReservationID, on time.Time) people.Reservation {
	return people.Reservation{ID: id, Flow: dataspace.FlowID(id), Exporter: "acme", Year: on.Year(), On: on.Format(time.DateOnly), To: "sg/lion"}
}

// check compares the count of a day, and a count one by one, with the model.
func (s *sender) check(on time.Time) {
	s.t.Helper()
	want := int64(0)
	for _, day := range s.last {
		if !day.Before(on.AddDate(0, -12, 0)) {
			want++
		}
	}
	r := reservationOn("", on)
	got, err := s.store.Now(s.t.Context(), r, []people.Part{lately})
	again, err2 := s.store.RecountWindow(s.t.Context(), r, lately)
	if err := errors.Join(err, err2); err != nil || got["lately"] != want || again["lately"] != want {
		s.t.Fatalf("on %s %d people count and %d are recounted, want %d (%v)", on.Format(time.DateOnly), got["lately"], again["lately"], want, err)
	}
}

func prune(t *testing.T, s *people.Counts, on time.Time) int {
	t.Helper()
	before, _ := runset.ParseDay(on.AddDate(0, -12, -1).Format(time.DateOnly))
	n, err := s.Prune(t.Context(), before)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A window of twelve months stays bounded over three years: with forty new
// people a week it holds some two thousand, and the disk never holds many more.
func TestWindowIsBounded(t *testing.T) {
	store, err := openIn(t.Context(), memory.New("gateway").Counts, filepath.Join(t.TempDir(), "counts"), "hash")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	store.SetSizes(60, 200, 4)
	s := &sender{t: t, store: store, last: map[int]time.Time{}}
	day, most, pruned := time.Date(2026, 1, 7, 0, 0, 0, 0, time.UTC), int64(0), 0
	for week := range 156 {
		s.send(day, 40*week, 40*week+50) // ten of them come again next week
		if week%4 == 0 {
			s.send(day, 40*week, 40*week+70) // long enough for a file
		}
		pruned += prune(t, store, day)
		if _, err := store.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.check(day)
		kept, lists, err := store.Holding(t.Context())
		if err != nil || lists > 40 {
			t.Fatalf("in week %d there are %d lists (%v)", week, lists, err)
		}
		most = max(most, kept)
		day = day.AddDate(0, 0, 7)
	}
	// 52 weeks of at most 50 people and 13 times 70, and some five weeks more.
	if in := int64(57*50 + 15*70); most > in || pruned == 0 {
		t.Errorf("%d people were kept at most, want %d or fewer; %d lists were pruned", most, in, pruned)
	}
	total := int64(0)
	if all, _, err := store.Holding(t.Context()); err != nil || all == 0 || all > int64(len(s.last))*2/3 {
		t.Errorf("at the end %d of %d people are kept (%v), %d", all, len(s.last), err, total)
	}
}

// A clock that is years ahead for a while and a window without exports remove
// nobody. Reserved people stay, and a release restores the earlier day.
func TestPruneKeeps(t *testing.T) {
	store, err := openIn(t.Context(), memory.New("gateway").Counts, filepath.Join(t.TempDir(), "counts"), "hash")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	s := &sender{t: t, store: store, last: map[int]time.Time{}}
	first := time.Date(2026, 1, 7, 0, 0, 0, 0, time.UTC)
	s.send(first, 0, 10)
	if n := prune(t, store, first.AddDate(9, 0, 0)); n != 0 {
		t.Errorf("%d lists were pruned by a clock that is wrong", n)
	}
	s.check(first.AddDate(0, 6, 0))

	// Reserved long ago, and again in time: five of the ten.
	old := first.AddDate(0, 1, 0)
	if _, err := store.Reserve(t.Context(), reservationOn("held", old), []people.Part{lately}, numbered(5, 15)); err != nil {
		t.Fatal(err)
	}
	late := first.AddDate(1, 2, 0)
	if _, err := store.Reserve(t.Context(), reservationOn("late", late), []people.Part{lately}, numbered(0, 20)); err != nil {
		t.Fatal(err)
	}
	if n := prune(t, store, late); n != 1 {
		t.Errorf("%d lists were pruned, want that of the first day", n)
	}
	if kept, lists, err := store.Holding(t.Context()); err != nil || kept != 30 || lists != 2 {
		t.Errorf("%d people in %d lists are kept (%v)", kept, lists, err)
	}
	if err := store.Release(t.Context(), "late"); err != nil {
		t.Fatal(err)
	}
	// On a day on which both were in the window, the reserved people have their
	// day.
	for on, want := range map[time.Time]int64{late: 0, old.AddDate(0, 12, 0): 10} {
		got, err := store.Now(t.Context(), reservationOn("", on), []people.Part{lately})
		again, err2 := store.RecountWindow(t.Context(), reservationOn("", on), lately)
		if err := errors.Join(err, err2); err != nil || got["lately"] != want || again["lately"] != want {
			t.Errorf("on %s: %v, recounted %v, want %d (%v)", on.Format(time.DateOnly), got, again, want, err)
		}
	}
}

// A prune that is interrupted between any two steps loses nobody and continues
// to the same result.
func TestPruneKilled(t *testing.T) {
	reached := map[string]bool{}
	first := time.Date(2026, 1, 7, 0, 0, 0, 0, time.UTC)
	for n := 1; ; n++ {
		db, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "counts.db"))
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "counts")
		store, _ := killedAt(t, db, dir, -1)
		s := &sender{t: t, store: store, last: map[int]time.Time{}}
		s.send(first, 0, 3)  // rows
		s.send(first, 2, 20) // a file of one day
		for i := range 4 {   // a merged file of several
			s.send(first.AddDate(0, 3*i, 0), 15+i, 33+2*i)
		}
		if _, err := store.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.send(first.AddDate(0, 1, 0), 100, 102)
		today := first.AddDate(1, 4, 0)
		s.check(today)
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		store, at := killedAt(t, db, dir, n)
		before, _ := runset.ParseDay(today.AddDate(0, -12, 0).Format(time.DateOnly))
		_, err = store.Prune(t.Context(), before)
		if err == nil {
			_, err = store.Tidy(t.Context())
		}
		if err != nil && !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
		killed := err != nil
		reached[*at] = true
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		store, _ = killedAt(t, db, dir, -1)
		s.store = store
		s.check(today)
		if _, err := store.Prune(t.Context(), before); err != nil {
			t.Fatalf("again after %q: %v", *at, err)
		}
		if _, err := store.Tidy(t.Context()); err != nil {
			t.Fatalf("again after %q: %v", *at, err)
		}
		s.check(today)
		if kept, _, err := store.Holding(t.Context()); err != nil || kept > 40 {
			t.Errorf("after %q %d people are kept (%v)", *at, kept, err)
		}
		if err := errors.Join(store.Close(), db.Close()); err != nil {
			t.Fatal(err)
		}
		if !killed {
			break
		}
	}
	for _, step := range []string{"pruning", "rest written", "compared", "pruned", "dropped"} {
		if !reached[step] {
			t.Errorf("nothing was cut short at %q: %v", step, slices.Sorted(maps.Keys(reached)))
		}
	}
}
