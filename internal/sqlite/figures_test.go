package sqlite_test

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/papers"
	"hutong/internal/sqlite"
)

// figures is a database with the stores that fill and read its figures.
type figures struct {
	db     *sqlite.DB
	flows  *sqlite.FlowStore
	duties *sqlite.DutyStore
	known  *sqlite.GatewayStore
	papers sqlite.PaperStore
}

func openFigures(t testing.TB) *figures {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "hutong.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return &figures{db, sqlite.NewFlowStore(db), sqlite.NewDutyStore(db), sqlite.NewGatewayStore(db), sqlite.NewPaperStore(db, "gw")}
}

func (f *figures) update(t testing.TB, fl flow.Flow) flow.Flow {
	t.Helper()
	fl, err := f.flows.Update(t.Context(), fl, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return fl
}

// The counters always equal the result of counting.
func TestFlowCounters(t *testing.T) {
	states := []dataspace.FlowState{dataspace.Profiling, dataspace.Checking, dataspace.Delivering, dataspace.Completed}
	f := openFigures(t) // one for all runs: each run counts on from the rows of the run before
	want, made := map[flow.RoleState]int64{}, 0
	rapid.Check(t, func(rt *rapid.T) {
		var all []flow.Flow
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			state := rapid.SampledFrom(states).Draw(rt, "state")
			if len(all) == 0 || rapid.Bool().Draw(rt, "create") {
				fl := flow.Flow{ID: dataspace.FlowID(fmt.Sprintf("flow-%d", made)), Course: flow.Course{State: state},
					Role: rapid.SampledFrom([]dataspace.Role{dataspace.Provider, dataspace.Consumer}).Draw(rt, "role")}
				if err := f.flows.Create(t.Context(), fl); err != nil {
					rt.Fatal(err)
				}
				made++
				all = append(all, fl)
				want[flow.RoleState{Role: fl.Role, State: state}]++
				continue
			}
			at := rapid.IntRange(0, len(all)-1).Draw(rt, "flow")
			was := flow.RoleState{Role: all[at].Role, State: all[at].State}
			if want[was]--; want[was] == 0 {
				delete(want, was)
			}
			all[at].State = state
			all[at] = f.update(t, all[at])
			want[flow.RoleState{Role: was.Role, State: state}]++
		}
		got, err := f.flows.CountByState(t.Context())
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			rt.Errorf("counted %v, want %v: %v", got, want, err)
		}
	})
}

// Pages of any length give every flow once, in the order of the whole list.
func TestFlowPages(t *testing.T) {
	f := openFigures(t)
	for i := range 23 {
		at := time.Date(2026, 3, 1, 9, 0, i/4, 0, time.UTC) // several at one moment
		fl := flow.Flow{ID: dataspace.FlowID(fmt.Sprintf("flow-%02d", (i*7)%23)), Way: flow.Way{Local: []dataspace.ParticipantID{"acme", "other"}[i%2]},
			Course: flow.Course{State: dataspace.Checking}, Mark: flow.Mark{Created: at}}
		if i%3 == 0 {
			fl.State = dataspace.Refused
		}
		if err := f.flows.Create(t.Context(), fl); err != nil {
			t.Fatal(err)
		}
		if i%5 == 0 {
			fl.Rechecks = []flow.Recheck{{On: "2026-03-02"}}
			f.update(t, fl)
		}
	}
	for name, filter := range map[string]flow.Filter{
		"all": {}, "of one": {Local: "acme"}, "in a state": {States: []dataspace.FlowState{dataspace.Refused}}, "rechecked": {Rechecked: true}, "rechecked of one": {Rechecked: true, Local: "acme"},
	} {
		filter.Limit = -1
		whole, err := f.flows.List(t.Context(), filter)
		if err != nil || len(whole) == 0 {
			t.Fatalf("%s: %v, %v", name, whole, err)
		}
		for limit := 1; limit < 7; limit++ {
			var got []flow.Flow
			for filter.Limit, filter.After = limit, (flow.Newest{}); ; {
				p, err := f.flows.List(t.Context(), filter)
				if err != nil {
					t.Fatal(err)
				}
				if got = append(got, p...); len(p) < limit {
					break
				}
				filter.After = flow.Newest{Created: p[limit-1].Created, ID: p[limit-1].ID}
			}
			if !slices.EqualFunc(got, whole, func(a, b flow.Flow) bool { return a.ID == b.ID }) {
				t.Errorf("%s by %d: %d flows in pages, %d in all", name, limit, len(got), len(whole))
			}
		}
	}
}

// No input of a person breaks a search.
func FuzzSearch(f *testing.F) {
	for _, s := range []string{"tickets", "会员 2026", `"a" OR NOT b*`, "(", "col:x", "\x00", "''"} {
		f.Add(s)
	}
	g := openFigures(f)
	f.Fuzz(func(t *testing.T, words string) {
		if _, err := g.known.DatasetsPage(t.Context(), gateway.DatasetQuery{Search: words, Limit: 1}); err != nil {
			t.Errorf("%q: %v", words, err)
		}
	})
}

// big is the number of rows in a list that must be read in constant time.
const big = 100_000

// filled has big rows in every list. The rows are made by SQL, so that making
// them is not part of the measurement.
func filled(b *testing.B) *figures {
	f := openFigures(b)
	err := f.db.Update(b.Context(), func(tx *sql.Tx) error {
		const n = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) `
		for _, q := range []string{
			`INSERT INTO participant ` + n + `SELECT 'p-' || printf('%06d', i), CAST(json_object('id', 'p-' || printf('%06d', i), 'legal_name', json_object('en', 'x', 'zh', ''), 'jurisdiction', 'CN') AS BLOB) FROM n`,
			`INSERT INTO dataset ` + n + `SELECT 'p-000001', 'd-' || printf('%06d', i), CAST(json_object('id', 'd-' || printf('%06d', i), 'owner', 'p-000001', 'title', json_object('en', 'Orders ' || i, 'zh', '订单'), 'purposes', json_array('business')) AS BLOB) FROM n`,
			`INSERT INTO instrument ` + n + `SELECT 'p-000001', 'i-' || printf('%06d', i), CAST(json_object('id', 'i-' || i, 'owner', 'p-000001', 'kind', 'x') AS BLOB) FROM n`,
			`INSERT INTO flow (id, version, state, role, owner, body, created_at, updated_at) ` + n + `SELECT 'flow-' || printf('%06d', i), 1, 'completed', 'provider', 'p-000001', CAST(json_object('id', 'flow-' || printf('%06d', i), 'dataset', 'set', 'state', 'completed') AS BLOB), i, i FROM n`,
			`INSERT INTO duty_flow ` + n + `SELECT 'flow-' || printf('%06d', i), 'p-000001', 'set', '2026-03-01', 1 FROM n`,
			`INSERT INTO duty ` + n + `SELECT 'flow-' || printf('%06d', i), 0, 'p-000001', '2026-05-01', 1, CAST(json_object('flow', 'flow-' || printf('%06d', i), 'id', 'report') AS BLOB) FROM n`,
		} {
			if _, err := tx.Exec(q); err != nil {
				return fmt.Errorf("%s: %w", q, err)
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return f
}

// BenchmarkLists reads a page of 100 from somewhere in lists of 100,000.
func BenchmarkLists(b *testing.B) {
	f := filled(b)
	ctx := b.Context()
	somewhere := func() int { return 1 + rand.IntN(big-200) }
	for name, read := range map[string]func() (int, error){
		"participants": func() (int, error) {
			l, err := f.known.ParticipantsPage(ctx, dataspace.ParticipantID(fmt.Sprintf("p-%06d", somewhere())), 100)
			return len(l), err
		},
		"datasets": func() (int, error) {
			l, err := f.known.DatasetsPage(ctx, gateway.DatasetQuery{After: gateway.DatasetKey{Owner: "p-000001", ID: dataspace.DatasetID(fmt.Sprintf("d-%06d", somewhere()))}, Limit: 100})
			return len(l), err
		},
		"search": func() (int, error) {
			l, err := f.known.DatasetsPage(ctx, gateway.DatasetQuery{Search: "ord 订", After: gateway.DatasetKey{Owner: "p-000001", ID: dataspace.DatasetID(fmt.Sprintf("d-%06d", somewhere()))}, Limit: 100})
			return len(l), err
		},
		"offered": func() (int, error) {
			l, err := f.known.DatasetsPage(ctx, gateway.DatasetQuery{Owner: "p-000001", Offered: true, After: gateway.DatasetKey{Owner: "p-000001", ID: dataspace.DatasetID(fmt.Sprintf("d-%06d", somewhere()))}, Limit: 100})
			return len(l), err
		},
		"instruments": func() (int, error) {
			l, err := f.papers.Page(ctx, "", papers.Key{Owner: "p-000001", ID: dataspace.InstrumentID(fmt.Sprintf("i-%06d", somewhere()))}, 100)
			return len(l), err
		},
		"flows": func() (int, error) {
			n := somewhere() + 150
			l, err := f.flows.List(ctx, flow.Filter{After: flow.Newest{Created: time.UnixMicro(int64(n)), ID: dataspace.FlowID(fmt.Sprintf("flow-%06d", n))}, Limit: 100})
			return len(l), err
		},
		"obligations": func() (int, error) {
			l, err := f.duties.Duties(ctx, flow.AgendaFilter{Local: "p-000001"}, flow.Place{Rank: "2026-05-01", Flow: dataspace.FlowID(fmt.Sprintf("flow-%06d", somewhere()))}, 100)
			return len(l), err
		},
		"states": func() (int, error) {
			_, err := f.flows.CountByState(ctx)
			return 100, err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if n, err := read(); err != nil || n != 100 {
					b.Fatal(n, errors.Join(err))
				}
			}
		})
	}
}
