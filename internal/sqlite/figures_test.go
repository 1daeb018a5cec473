package sqlite_test

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/sqlite"
)

// figures is a database with the stores that fill and read its figures.
type figures struct {
	db     *sqlite.DB
	flows  *sqlite.FlowStore
	duties *sqlite.DutyStore
	known  *sqlite.GatewayStore
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
	return &figures{db, sqlite.NewFlowStore(db), sqlite.NewDutyStore(db), sqlite.NewGatewayStore(db)}
}

func (f *figures) participant(t testing.TB, id dataspace.ParticipantID) {
	t.Helper()
	if err := f.known.InsertParticipant(t.Context(), gateway.Participant{ID: id}); err != nil {
		t.Fatal(err)
	}
}

// decided adds a flow that was decided.
func (f *figures) decided(t testing.TB, id string, owner dataspace.ParticipantID) flow.Flow {
	t.Helper()
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	fl := flow.Flow{ID: dataspace.FlowID(id), Role: dataspace.Provider, Way: flow.Way{Local: owner}, Subject: flow.Subject{Dataset: "set"},
		Course: flow.Course{State: dataspace.Checking}, Mark: flow.Mark{Created: at, Updated: at}}
	if err := f.flows.Create(t.Context(), fl); err != nil {
		t.Fatal(err)
	}
	fl.Documents = map[string]dataspace.Digest{flow.DocFacts: "x"}
	return f.update(t, fl)
}

func (f *figures) update(t testing.TB, fl flow.Flow) flow.Flow {
	t.Helper()
	fl, err := f.flows.Update(t.Context(), fl, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return fl
}

// unlooked are the flows to look at as of a day.
func (f *figures) unlooked(t testing.TB, asOf string) (out []flow.Unlooked) {
	t.Helper()
	out, err := f.duties.Unlooked(t.Context(), flow.AgendaFilter{}, asOf, flow.Unlooked{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// look puts one open obligation and one warning for each flow that must be
// looked at.
func (f *figures) look(t testing.TB, asOf string) {
	t.Helper()
	for _, u := range f.unlooked(t, asOf) {
		l := flow.Look{AsOf: asOf, Local: "acme", Warnings: []dataspace.Warning{{Kind: "renew", Instrument: "paper"}}}
		due := "2026-05-01"
		l.Duties = []flow.Ranked{{Duty: flow.Duty{Flow: u.Flow, Obligation: dataspace.Obligation{ID: "report", Due: &due}}, Place: flow.Place{Rank: due, Flow: u.Flow}, Open: true}}
		if err := f.duties.PutLook(t.Context(), u, l); err != nil {
			t.Fatal(err)
		}
	}
}

// Whatever a decision rests on makes its flows be looked at again, and nothing
// else does.
func TestWhatMakesAFlowBeLookedAt(t *testing.T) {
	f := openFigures(t)
	ctx := t.Context()
	for _, id := range []dataspace.ParticipantID{"acme", "sister", "other"} {
		f.participant(t, id)
	}
	mine, theirs := f.decided(t, "flow-1", "acme"), f.decided(t, "flow-2", "other")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	paper := gateway.Instrument{Owner: "sister", Instrument: dataspace.Instrument{ID: "shared", Kind: "x", Covers: &dataspace.InstrumentScope{Exporters: []dataspace.ParticipantID{"acme"}}}}
	steps := []struct {
		name string
		do   func()
		want string
	}{
		{"nothing", func() {}, ""},
		{"an own instrument", func() {
			must(f.known.InsertInstrument(ctx, gateway.Instrument{Owner: "acme", Instrument: dataspace.Instrument{ID: "p", Kind: "x"}}))
		}, "flow-1"},
		{"it is taken back", func() { must(f.known.RemoveInstrument(ctx, "acme", "p")) }, "flow-1"},
		{"a shared instrument", func() { must(f.known.InsertInstrument(ctx, paper)) }, "flow-1"},
		{"who shares it changes", func() { must(f.known.ReplaceParticipant(ctx, gateway.Participant{ID: "sister", Group: "g"})) }, "flow-1"},
		{"it is taken back too", func() { must(f.known.RemoveInstrument(ctx, "sister", "shared")) }, "flow-1"},
		{"the participant changes", func() { must(f.known.ReplaceParticipant(ctx, gateway.Participant{ID: "other", Group: "g"})) }, "flow-2"},
		{"another's dataset", func() { must(f.known.InsertDataset(ctx, gateway.Dataset{Owner: "sister", ID: "set"})) }, ""},
		{"another dataset", func() { must(f.known.InsertDataset(ctx, gateway.Dataset{Owner: "acme", ID: "else"})) }, ""},
		{"its dataset", func() { must(f.known.InsertDataset(ctx, gateway.Dataset{Owner: "acme", ID: "set"})) }, "flow-1"},
		{"its dataset changes", func() { must(f.known.ReplaceDataset(ctx, gateway.Dataset{Owner: "acme", ID: "set", Format: "csv"})) }, "flow-1"},
		{"its dataset goes", func() { must(f.known.RemoveDataset(ctx, "acme", "set")) }, "flow-1"},
		{"the flow itself", func() { theirs.State = dataspace.Negotiating; theirs = f.update(t, theirs) }, "flow-2"},
		{"it ends without a delivery", func() { theirs.State = dataspace.Refused; theirs = f.update(t, theirs) }, ""},
		{"it ends with one", func() {
			mine.State, mine.Delivered = dataspace.Completed, &flow.Delivered{}
			mine = f.update(t, mine)
		}, "flow-1"},
	}
	for _, s := range steps {
		f.look(t, "2026-03-02")
		s.do()
		var got []string
		for _, u := range f.unlooked(t, "2026-03-02") {
			got = append(got, string(u.Flow))
		}
		if strings.Join(got, " ") != s.want {
			t.Errorf("%s: to be looked at are %q, want %q", s.name, got, s.want)
		}
	}
	f.look(t, "2026-03-02")
	if n := len(f.unlooked(t, "2026-03-03")); n != 1 {
		t.Errorf("on the next day %d flows are to be looked at, want 1", n)
	}
	left, err := f.duties.Duties(ctx, flow.AgendaFilter{Fulfilled: true}, flow.Place{}, 100)
	if err != nil || len(left) != 1 || left[0].Duty.Flow != "flow-1" {
		t.Errorf("duties of a flow that was refused are left: %+v, %v", left, err)
	}
	n, err := f.duties.Notices(ctx, flow.AgendaFilter{}, 100)
	if err != nil || len(n) != 1 || n[0].FlowsInAll != 1 || !slices.Equal(n[0].Flows, []dataspace.FlowID{"flow-1"}) {
		t.Errorf("warnings %+v, %v", n, err)
	}
}

// A look that was overtaken by a change is not kept.
func TestOvertakenLook(t *testing.T) {
	f := openFigures(t)
	f.participant(t, "acme")
	f.decided(t, "flow-1", "acme")
	u := f.unlooked(t, "2026-03-02")[0]
	if err := f.known.InsertInstrument(t.Context(), gateway.Instrument{Owner: "acme", Instrument: dataspace.Instrument{ID: "p", Kind: "x"}}); err != nil {
		t.Fatal(err)
	}
	if err := f.duties.PutLook(t.Context(), u, flow.Look{AsOf: "2026-03-02", Local: "acme", Duties: []flow.Ranked{{Open: true}}}); err != nil {
		t.Fatal(err)
	}
	if left := f.unlooked(t, "2026-03-02"); len(left) != 1 {
		t.Errorf("the flow counts as looked at: %v", left)
	}
	if list, err := f.duties.Duties(t.Context(), flow.AgendaFilter{}, flow.Place{}, 10); err != nil || len(list) != 0 {
		t.Errorf("kept %v, %v", list, err)
	}
}

// The counters are always what counting would give.
func TestFlowCounters(t *testing.T) {
	states := []dataspace.FlowState{dataspace.Profiling, dataspace.Checking, dataspace.Delivering, dataspace.Completed}
	f := openFigures(t) // one for all runs: what one leaves is counted on by the next
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

// Datasets are found by words of their title and id, Han characters anywhere.
func TestSearch(t *testing.T) {
	f := openFigures(t)
	for _, id := range []dataspace.ParticipantID{"acme", "other"} {
		f.participant(t, id)
	}
	add := func(owner dataspace.ParticipantID, id dataspace.DatasetID, en, zh string, purposes ...string) {
		t.Helper()
		if err := f.known.InsertDataset(t.Context(), gateway.Dataset{Owner: owner, ID: id, Title: dataspace.Text{EN: en, ZH: zh}, Purposes: purposes}); err != nil {
			t.Fatal(err)
		}
	}
	add("acme", "tickets", "Support tickets 2026", "客户服务工单", "business")
	add("acme", "crew", "Crew of the fleet", "船员名单")
	add("other", "members", "Members' orders", "酒店会员", "business")
	find := func(q gateway.DatasetQuery) string {
		t.Helper()
		q.Limit = 10
		list, err := f.known.DatasetsPage(t.Context(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		var ids []string
		for _, d := range list {
			ids = append(ids, string(d.ID))
		}
		return strings.Join(ids, " ")
	}
	for words, want := range map[string]string{
		"ticket": "tickets", "TICKETS 2026": "tickets", "support crew": "", "会员": "members", "员": "crew members", "店会": "members", "会酒": "",
		"order": "members", "cre": "crew", `"`: "", "a* OR b": "", "members NEAR": "", "cket": "",
	} {
		if got := find(gateway.DatasetQuery{Search: words}); got != want {
			t.Errorf("search for %q finds %q, want %q", words, got, want)
		}
	}
	if got := find(gateway.DatasetQuery{Search: "员", Owner: "other"}); got != "members" {
		t.Errorf("of one owner: %q", got)
	}
	if got := find(gateway.DatasetQuery{Search: "员", After: gateway.DatasetKey{Owner: "acme", ID: "crew"}}); got != "members" {
		t.Errorf("after the first: %q", got)
	}
	if got := find(gateway.DatasetQuery{Offered: true}); got != "tickets members" {
		t.Errorf("offered: %q", got)
	}
	if err := f.known.ReplaceDataset(t.Context(), gateway.Dataset{Owner: "acme", ID: "tickets", Title: dataspace.Text{EN: "Complaints"}}); err != nil {
		t.Fatal(err)
	}
	if got := find(gateway.DatasetQuery{Search: "support"}) + find(gateway.DatasetQuery{Search: "compl"}) + find(gateway.DatasetQuery{Offered: true, Owner: "acme"}); got != "tickets" {
		t.Errorf("after a change: %q", got)
	}
	if err := f.known.RemoveDataset(t.Context(), "acme", "tickets"); err != nil {
		t.Fatal(err)
	}
	if got := find(gateway.DatasetQuery{Search: "compl"}); got != "" {
		t.Errorf("what was removed is found: %q", got)
	}
}

// No words break a search, whatever a person types.
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

// big is how many rows a list must be read from in constant time.
const big = 100_000

// filled has big rows in every list. The rows are made by SQL, so that making
// them is no part of what is measured.
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
			l, err := f.known.InstrumentsPage(ctx, "", gateway.InstrumentKey{Owner: "p-000001", ID: dataspace.InstrumentID(fmt.Sprintf("i-%06d", somewhere()))}, 100)
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
