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

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/memory"
	objectmemory "hutong/internal/objects/memory"
	"hutong/internal/people"
	"hutong/internal/sqlite"
)

// counted is a model of one exporter and year: the people of each reservation.
type counted struct {
	held      map[dataspace.ReservationID]map[byte]byte // person to mask
	state     map[dataspace.ReservationID]people.State
	confirmed map[byte]byte
	corrected int64
}

func (m *counted) totals() people.Totals {
	all := maps.Clone(m.confirmed)
	for _, list := range m.held {
		for p, mask := range list {
			all[p] |= mask
		}
	}
	t := people.Totals{"a": m.corrected, "b": 0, "c": 0}
	for _, mask := range all {
		t["a"] += int64(mask & 1)
		t["b"] += int64(mask >> 1 & 1)
		t["c"] += int64(mask >> 2 & 1)
	}
	return t
}

var errCut = errors.New("cut short")

// modelPeople yields the model's people, and fails after some of them when
// cut is not negative.
func modelPeople(who map[byte]byte, cut int) people.People {
	return func(_ string, yield func([16]byte, people.Classes) error) error {
		for n, p := range slices.Sorted(maps.Keys(who)) {
			if n == cut {
				return errCut
			}
			if err := yield([16]byte{15: p, 0: p * 37}, people.Classes(who[p])); err != nil {
				return err
			}
		}
		if cut >= 0 {
			return errCut
		}
		return nil
	}
}

// The store must count like the model, through any order of calls, with
// lists longer and shorter than a chunk, with loads cut short and the
// database opened again at any point.
func TestCountModel(t *testing.T) {
	t.Parallel() // the test mostly waits for the disk
	ctx := context.Background()
	path, dir := filepath.Join(t.TempDir(), "counts.db"), filepath.Join(t.TempDir(), "counts")
	db, err := sqlite.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	reopen := func() (*people.Counts, error) {
		if err := db.Close(); err != nil {
			return nil, err
		}
		if db, err = sqlite.Open(ctx, path); err != nil {
			return nil, err
		}
		return openIn(ctx, sqlite.NewCountRows(db, "gateway"), dir, "hash")
	}
	countModel(t, func() func() (*people.Counts, error) { return reopen })
}

// A store with its rows in memory must do the same, with its lists in a store
// that has only the required methods: the lists are read part by part and
// copied in.
func TestCountModelFarLists(t *testing.T) {
	t.Parallel()
	scratch := filepath.Join(t.TempDir(), "scratch")
	countModel(t, func() func() (*people.Counts, error) {
		rows, lists := memory.New("gateway").Counts, objectmemory.New(time.Now)
		return func() (*people.Counts, error) {
			return people.Open(t.Context(), rows, lists, scratch, []people.Hash{{Algorithm: "hash", KeyID: "key"}}, func() {})
		}
	})
}

// countModel compares counts with the model. begin is called for each round, and
// what it returns opens the counts that are there.
func countModel(t *testing.T, begin func() (reopen func() (*people.Counts, error))) {
	t.Helper()
	ctx := context.Background()
	const year = 2026
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		// Making a database costs more than the rest, so each round uses an
		// exporter of its own in the same database.
		round++
		exporter := dataspace.ParticipantID(fmt.Sprint("acme", round))
		chunk, rows, fan := rapid.IntRange(1, 12).Draw(t, "chunk"), rapid.Int64Range(1, 40).Draw(t, "rows"), rapid.IntRange(2, 4).Draw(t, "fan")
		var store *people.Counts
		reopen := begin()
		open := func() {
			var err error
			if store, err = reopen(); err != nil {
				t.Fatal(err)
			}
			store.SetSizes(chunk, rows, fan)
		}
		open()
		defer func() { _ = store.Close() }()
		m := counted{
			held:      map[dataspace.ReservationID]map[byte]byte{},
			state:     map[dataspace.ReservationID]people.State{},
			confirmed: map[byte]byte{},
		}
		id := rapid.Custom(func(t *rapid.T) dataspace.ReservationID {
			return dataspace.ReservationID(fmt.Sprint(exporter, "-r", rapid.IntRange(0, 4).Draw(t, "n")))
		})
		mask := rapid.SampledFrom([]byte{1, 2, 6, 5, 7})
		reserve := func(t *rapid.T, r dataspace.ReservationID, who map[byte]byte, cut int) (people.Totals, error) {
			return store.Reserve(ctx, people.Reservation{ID: r, Flow: "flow-" + dataspace.FlowID(r), Exporter: exporter, Year: year}, parts, modelPeople(who, cut))
		}
		t.Repeat(map[string]func(*rapid.T){
			"reserve": func(t *rapid.T) {
				r := id.Draw(t, "id")
				who := rapid.MapOfN(rapid.ByteRange(0, 40), mask, 0, 30).Draw(t, "people")
				got, err := reserve(t, r, who, -1)
				if err != nil {
					t.Fatal(err)
				}
				if s := m.state[r]; s != people.Reserved && s != people.Confirmed {
					m.held[r], m.state[r] = who, people.Reserved
				}
				if diff := cmp.Diff(m.totals(), got); diff != "" {
					t.Fatalf("totals of reserve: %s", diff)
				}
			},
			"reserve cut short": func(t *rapid.T) {
				r := id.Draw(t, "id")
				who := rapid.MapOfN(rapid.ByteRange(0, 40), mask, 0, 30).Draw(t, "people")
				_, err := reserve(t, r, who, rapid.IntRange(0, len(who)).Draw(t, "cut"))
				if s := m.state[r]; s != people.Reserved && s != people.Confirmed && !errors.Is(err, errCut) {
					t.Fatalf("got %v, want the error of the people", err)
				}
			},
			"confirm": func(t *rapid.T) {
				r := id.Draw(t, "id")
				err := store.Confirm(ctx, r)
				switch m.state[r] {
				case people.Reserved:
					for p, mask := range m.held[r] {
						m.confirmed[p] |= mask
					}
					m.state[r] = people.Confirmed
					delete(m.held, r)
				case people.Confirmed:
				default:
					if !errors.Is(err, dataspace.ErrConflict) && !errors.Is(err, dataspace.ErrNotFound) {
						t.Fatalf("confirmed what was never counted: %v", err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
			},
			"release": func(t *rapid.T) {
				r := id.Draw(t, "id")
				err := store.Release(ctx, r)
				if m.state[r] == people.Confirmed {
					if !errors.Is(err, dataspace.ErrConflict) {
						t.Fatalf("released what is confirmed: %v", err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				delete(m.held, r)
				delete(m.state, r)
			},
			"tidy": func(t *rapid.T) {
				if _, err := store.Tidy(ctx); err != nil {
					t.Fatal(err)
				}
			},
			"correct": func(t *rapid.T) {
				n := rapid.Int64Range(1, 9).Draw(t, "n")
				c := people.Correction{ID: fmt.Sprint(exporter, "-c", n), Exporter: exporter, Year: year, Change: people.Totals{"a": n}, Reason: "r", By: "b", At: time.Unix(1, 0)}
				known, err := store.Corrections(ctx, exporter, year)
				if err != nil {
					t.Fatal(err)
				}
				if err := store.Correct(ctx, abc, c); err != nil {
					t.Fatal(err)
				}
				if !slices.ContainsFunc(known, func(k people.Correction) bool { return k.ID == c.ID }) {
					m.corrected += n
				}
			},
			"reopen": func(t *rapid.T) {
				if err := store.Close(); err != nil {
					t.Fatal(err)
				}
				open()
			},
			"": func(t *rapid.T) {
				got, err := store.Totals(ctx, exporter, year, abc)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(m.totals(), got); diff != "" {
					t.Fatalf("totals: %s", diff)
				}
				if got, err = store.Recount(ctx, exporter, year, abc); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(m.totals(), got); diff != "" {
					t.Fatalf("recount: %s", diff)
				}
			},
		})
	})
}
