package people_test

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/people"
	"hutong/internal/runset"
	"hutong/internal/sqlite"
)

// export is one reservation of the naive model: the people, the recipient and
// the day.
type export struct {
	on, to string
	who    map[byte]people.Classes
	over   bool // confirmed
}

// The parts of the property test: a calendar year, and two windows that roll,
// one of them for each pair.
var rolling = []people.Part{
	{Name: people.YearPart, Classes: []string{"a", "b"}},
	{Name: "short", Classes: []string{"short"}, Months: 2},
	{Name: "pair", Classes: []string{"pair"}, Months: 12, Pair: true},
}

// months is a day some months earlier: the last of the month where there is no
// such day in it.
func months(t time.Time, n int) time.Time {
	for back := 0; ; back++ {
		if d := t.AddDate(0, 0, -back).AddDate(0, -n, 0); d.Day() == t.Day()-back {
			return d
		}
	}
}

// naive counts, person by person, the totals that a decision on the day about
// an export to the recipient must get.
func naive(t *rapid.T, exports map[dataspace.ReservationID]export, on, to string) people.Totals {
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	in := map[string]map[byte]bool{"a": {}, "b": {}, "short": {}, "pair": {}}
	for _, e := range exports {
		for p, classes := range e.who {
			for i, part := range []string{"a", "b", "short", "pair"} {
				counts := classes>>i&1 == 1
				switch part {
				case "a", "b":
					counts = counts && day(e.on).Year() == day(on).Year()
				case "short":
					counts = counts && !day(e.on).Before(months(day(on), 2))
				case "pair":
					counts = counts && e.to == to && !day(e.on).Before(months(day(on), 12))
				}
				if counts {
					in[part][p] = true
				}
			}
		}
	}
	out := people.Totals{}
	for part, who := range in {
		out[part] = int64(len(who))
	}
	return out
}

// Windows must count like a model that looks at each person and day, through
// any order of reservations on days that go on, releases and merges, with lists
// longer and shorter than a chunk. A release restores the earlier day.
//
// On some day the gateway is updated and has a newer hash. Nobody may be missing
// or counted twice on either side of that day and of New Year, and a dataset that
// was profiled on some day after the update must have the hashes for each day on
// which it is counted.
func TestCountWindows(t *testing.T) {
	t.Parallel() // the test mostly waits for the disk
	ctx := context.Background()
	db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "counts.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	dir, round := filepath.Join(t.TempDir(), "counts"), 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		exporter := dataspace.ParticipantID(fmt.Sprint("acme", round))
		var store *people.Counts
		chunk, rows, fan := rapid.IntRange(1, 12).Draw(t, "chunk"), rapid.Int64Range(1, 40).Draw(t, "rows"), rapid.IntRange(2, 4).Draw(t, "fan")
		open := func(t *rapid.T, hashes ...string) {
			var err error
			if store, err = openIn(ctx, sqlite.NewCountRows(db, "gateway"), dir, hashes...); err != nil {
				t.Fatal(err)
			}
			store.SetSizes(chunk, rows, fan)
		}
		open(t, "old")
		defer func() { _ = store.Close() }()
		updated, hashed := false, map[string][]string{} // by recipient: the hashes of a dataset
		exports, n := map[dataspace.ReservationID]export{}, 0
		today := time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC)
		recipient := rapid.SampledFrom([]string{"sg/lion", "us/eagle"})
		probe := func(t *rapid.T, to string) {
			on := today.Format(time.DateOnly)
			r := people.Reservation{Exporter: exporter, Year: today.Year(), On: on, To: to}
			got, err := store.Now(ctx, r, rolling)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(naive(t, exports, on, to), got); diff != "" {
				t.Fatalf("on %s: %s", on, diff)
			}
			for _, p := range rolling[1:] {
				again, err := store.RecountWindow(ctx, r, p)
				if n := again[p.Name]; err != nil || n != got[p.Name] {
					t.Fatalf("%s on %s: %d recounted, %d counted (%v)", p.Name, on, n, got[p.Name], err)
				}
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"reserve": func(t *rapid.T) {
				n++
				id := dataspace.ReservationID(fmt.Sprint(exporter, "-r", n))
				who := rapid.MapOfN(rapid.ByteRange(0, 40), rapid.Map(rapid.IntRange(1, 15), func(n int) people.Classes { return people.Classes(n) }), 0, 30).Draw(t, "people")
				e := export{on: today.Format(time.DateOnly), to: recipient.Draw(t, "to"), who: who}
				exports[id] = e
				if hashed[e.to] == nil || rapid.Bool().Draw(t, "profiled today") {
					var err error
					if hashed[e.to], err = store.Algorithms(ctx, exporter, e.to, rolling); err != nil {
						t.Fatal(err)
					}
				}
				got, err := store.Reserve(ctx, people.Reservation{ID: id, Flow: dataspace.FlowID(id), Exporter: exporter, Year: today.Year(), On: e.on, To: e.to}, rolling, crowdIn(who, hashed[e.to]))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(naive(t, exports, e.on, e.to), got); diff != "" {
					t.Fatalf("with %s on %s: %s", id, e.on, diff)
				}
			},
			"settle": func(t *rapid.T) {
				open := slices.DeleteFunc(slices.Sorted(maps.Keys(exports)), func(id dataspace.ReservationID) bool { return exports[id].over })
				if len(open) == 0 {
					t.Skip("nothing is reserved")
				}
				id := rapid.SampledFrom(open).Draw(t, "id")
				if rapid.Bool().Draw(t, "confirm") {
					e := exports[id]
					e.over = true
					exports[id] = e
					if err := store.Confirm(ctx, id); err != nil {
						t.Fatal(err)
					}
					return
				}
				delete(exports, id)
				if err := store.Release(ctx, id); err != nil {
					t.Fatal(err)
				}
			},
			"tidy": func(t *rapid.T) {
				if _, err := store.Tidy(ctx); err != nil {
					t.Fatal(err)
				}
			},
			"prune": func(t *rapid.T) {
				before, _ := runset.ParseDay(today.AddDate(0, -12, 0).Format(time.DateOnly))
				if _, err := store.Prune(ctx, before); err != nil {
					t.Fatal(err)
				}
			},
			"update": func(t *rapid.T) {
				if updated {
					t.Skip("it is updated")
				}
				if err := store.Close(); err != nil {
					t.Fatal(err)
				}
				open(t, "new", "old")
				updated, hashed = true, map[string][]string{}
			},
			"days pass": func(t *rapid.T) {
				today = today.AddDate(0, 0, rapid.IntRange(1, 80).Draw(t, "days"))
			},
			"": func(t *rapid.T) { probe(t, recipient.Draw(t, "to")) },
		})
	})
}

// crowdIn are people by their numbers, with the classes of each, by some hashes.
func crowdIn(who map[byte]people.Classes, hashes []string) people.People {
	return func(algorithm string, yield func([16]byte, people.Classes) error) error {
		if !slices.Contains(hashes, algorithm) {
			return fmt.Errorf("the people are hashed by %v and asked for by %q: %w", hashes, algorithm, dataspace.ErrNotFound)
		}
		for _, p := range slices.Sorted(maps.Keys(who)) {
			if err := yield([16]byte{15: p, 7: algorithm[0], 0: p * 37}, who[p]); err != nil {
				return err
			}
		}
		return nil
	}
}
