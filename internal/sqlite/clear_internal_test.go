package sqlite

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
)

// counted is a model of one exporter and year: who is in which reservation.
type counted struct {
	held      map[dataspace.ReservationID]map[byte]byte // person to mask
	state     map[dataspace.ReservationID]clear.ReservationState
	confirmed map[byte]byte
	corrected clear.Totals
}

func (m *counted) totals() clear.Totals {
	all := maps.Clone(m.confirmed)
	for _, people := range m.held {
		for p, mask := range people {
			all[p] |= mask
		}
	}
	t := m.corrected
	for _, mask := range all {
		t.Other += int64(mask & 1)
		t.Sensitive += int64(mask >> 1 & 1)
		t.Under14 += int64(mask >> 2 & 1)
	}
	return t
}

var errCut = errors.New("cut short")

// modelPeople yields the model's people, and fails after some of them when
// cut is not negative.
func modelPeople(people map[byte]byte, cut int) clear.People {
	return func(yield func([16]byte, bool, bool) error) error {
		for n, p := range slices.Sorted(maps.Keys(people)) {
			if n == cut {
				return errCut
			}
			if err := yield([16]byte{15: p, 0: p * 37}, people[p]&2 != 0, people[p]&4 != 0); err != nil {
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
	ctx := context.Background()
	const year = 2026
	path, dir := filepath.Join(t.TempDir(), "counts.db"), filepath.Join(t.TempDir(), "counts")
	db, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		// Making a database costs more than the rest: each round has an
		// exporter of its own in the same one.
		round++
		exporter := dataspace.ParticipantID(fmt.Sprint("acme", round))
		chunk, rows, fan := rapid.IntRange(1, 12).Draw(t, "chunk"), rapid.Int64Range(1, 40).Draw(t, "rows"), rapid.IntRange(2, 4).Draw(t, "fan")
		var store *CountStore
		open := func() {
			if store, err = OpenCountStore(ctx, db, dir, "gateway"); err != nil {
				t.Fatal(err)
			}
			store.chunk, store.rows, store.fan = chunk, rows, fan
		}
		open()
		defer func() { _ = store.Close() }()
		m := counted{
			held:      map[dataspace.ReservationID]map[byte]byte{},
			state:     map[dataspace.ReservationID]clear.ReservationState{},
			confirmed: map[byte]byte{},
		}
		id := rapid.Custom(func(t *rapid.T) dataspace.ReservationID {
			return dataspace.ReservationID(fmt.Sprint(exporter, "-r", rapid.IntRange(0, 4).Draw(t, "n")))
		})
		mask := rapid.SampledFrom([]byte{1, 2, 6, 5})
		reserve := func(t *rapid.T, r dataspace.ReservationID, people map[byte]byte, cut int) (clear.Totals, error) {
			return store.Reserve(ctx, clear.Reservation{ID: r, Flow: "flow-" + dataspace.FlowID(r), Exporter: exporter, Year: year}, "key", modelPeople(people, cut))
		}
		t.Repeat(map[string]func(*rapid.T){
			"reserve": func(t *rapid.T) {
				r := id.Draw(t, "id")
				people := rapid.MapOfN(rapid.ByteRange(0, 40), mask, 0, 30).Draw(t, "people")
				got, err := reserve(t, r, people, -1)
				if err != nil {
					t.Fatal(err)
				}
				if s := m.state[r]; s != clear.Reserved && s != clear.Confirmed {
					m.held[r], m.state[r] = people, clear.Reserved
				}
				if diff := cmp.Diff(m.totals(), got); diff != "" {
					t.Fatalf("totals of reserve: %s", diff)
				}
			},
			"reserve cut short": func(t *rapid.T) {
				r := id.Draw(t, "id")
				people := rapid.MapOfN(rapid.ByteRange(0, 40), mask, 0, 30).Draw(t, "people")
				_, err := reserve(t, r, people, rapid.IntRange(0, len(people)).Draw(t, "cut"))
				if s := m.state[r]; s != clear.Reserved && s != clear.Confirmed && !errors.Is(err, errCut) {
					t.Fatalf("got %v, want the error of the people", err)
				}
			},
			"confirm": func(t *rapid.T) {
				r := id.Draw(t, "id")
				err := store.Confirm(ctx, r)
				switch m.state[r] {
				case clear.Reserved:
					for p, mask := range m.held[r] {
						m.confirmed[p] |= mask
					}
					m.state[r] = clear.Confirmed
					delete(m.held, r)
				case clear.Confirmed:
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
				if m.state[r] == clear.Confirmed {
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
				c := clear.Correction{ID: fmt.Sprint(exporter, "-c", n), Exporter: exporter, Year: year, Change: clear.Totals{Other: n}, Reason: "r", By: "b"}
				known, err := store.Corrections(ctx, exporter, year)
				if err != nil {
					t.Fatal(err)
				}
				if err := store.Correct(ctx, c, dataspace.Event{ID: dataspace.EventID(c.ID), Kind: dataspace.EventCorrection}); err != nil {
					t.Fatal(err)
				}
				if !slices.ContainsFunc(known, func(k clear.Correction) bool { return k.ID == c.ID }) {
					m.corrected.Other += n
				}
			},
			"reopen": func(t *rapid.T) {
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
				if err := store.Close(); err != nil {
					t.Fatal(err)
				}
				if db, err = Open(ctx, path); err != nil {
					t.Fatal(err)
				}
				open()
			},
			"": func(t *rapid.T) {
				got, err := store.Totals(ctx, exporter, year)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(m.totals(), got); diff != "" {
					t.Fatalf("totals: %s", diff)
				}
				if got, err = store.Recount(ctx, exporter, year); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(m.totals(), got); diff != "" {
					t.Fatalf("recount: %s", diff)
				}
			},
		})
	})
}
