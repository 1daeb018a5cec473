package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/flow"
	"hutong/internal/prove"
)

func flowSuite(t *testing.T, open Open) {
	part(t, open, "contents", flowContents)
	part(t, open, "conflicts", flowConflicts)
	part(t, open, "atomic", flowAtomic)
	part(t, open, "race", flowRace)
	part(t, open, "lists", flowLists)
	part(t, open, "order", flowOrder)
	part(t, open, "queue", flowQueue)
	part(t, open, "cancelled", flowCancelled)
}

// aFlow is a flow with something in every kind of member.
func aFlow(id dataspace.FlowID) flow.Flow {
	return flow.Flow{
		ID: id, Role: dataspace.Provider, Way: flow.Way{Local: "acme", Peer: "far", Counterparty: "lion"}, Subject: flow.Subject{Dataset: "tickets", Purpose: "business", Format: "csv"}, Asked: true, Course: flow.Course{State: dataspace.Negotiating, Verdict: dataspace.Cleared, Trouble: &flow.Trouble{Code: "a.b", Message: "m", Retry: true}}, Supply: flow.Supply{Own: []dataspace.ColumnPlan{{Name: "邮箱", Action: dataspace.Drop}}}, Papers: flow.Papers{Documents: map[string]dataspace.Digest{"plan": dataspace.DigestOf([]byte("{}"))}}, Links: flow.Links{Negotiation: dataspace.NegotiationID("n-" + id), Agreement: dataspace.AgreementID("a-" + id), Transfer: dataspace.TransferID("t-" + id)}, Outcome: flow.Outcome{Delivered: &flow.Delivered{Result: deliver.Result{Rows: 3}, At: at(5)}}, Mark: flow.Mark{Version: 1, Created: at(0), Updated: at(1)},
	}
}

func flowContents(t *testing.T, s Stores) {
	ctx := t.Context()
	f := aFlow("flow-1")
	must(t, s.Flows.Create(ctx, f))
	must(t, s.Flows.Create(ctx, flow.Flow{ID: "flow-2", Course: flow.Course{State: dataspace.Checking}, Mark: flow.Mark{Version: 1, Created: at(0), Updated: at(0)}}))
	check := func(f flow.Flow) {
		t.Helper()
		for name, get := range map[string]func() (flow.Flow, error){
			"id":          func() (flow.Flow, error) { return s.Flows.Flow(ctx, f.ID) },
			"negotiation": func() (flow.Flow, error) { return s.Flows.ByNegotiation(ctx, f.Negotiation) },
			"agreement":   func() (flow.Flow, error) { return s.Flows.ByAgreement(ctx, f.Agreement, f.Role) },
			"transfer":    func() (flow.Flow, error) { return s.Flows.ByTransfer(ctx, f.Transfer) },
		} {
			got, err := get()
			must(t, err)
			if d := cmp.Diff(f, got); d != "" {
				t.Fatalf("by %s:\n%s", name, d)
			}
		}
		version, err := s.Flows.Version(ctx, f.ID)
		must(t, err)
		if version != f.Version {
			t.Fatalf("version %d, want %d", version, f.Version)
		}
	}
	check(f)
	f.Documents["plan"] = "changed by the caller"
	got, err := s.Flows.Flow(ctx, f.ID)
	must(t, err)
	if got.Documents["plan"] == f.Documents["plan"] {
		t.Fatal("the store shares a map with its caller")
	}
	got.Transfer, got.State, got.Updated = "t-new", dataspace.Delivering, at(2)
	next, err := s.Flows.Update(ctx, got, nil, nil)
	must(t, err)
	if next.Version != 2 {
		t.Fatalf("version %d after an update, want 2", next.Version)
	}
	check(next)
	_, err = s.Flows.ByTransfer(ctx, "t-flow-1")
	wants(t, err, dataspace.ErrNotFound)
	_, err = s.Flows.Flow(ctx, "flow-none")
	wants(t, err, dataspace.ErrNotFound)
	_, err = s.Flows.Version(ctx, "flow-none")
	wants(t, err, dataspace.ErrNotFound)
	_, err = s.Flows.ByNegotiation(ctx, "")
	wants(t, err, dataspace.ErrNotFound)
	_, err = s.Flows.ByAgreement(ctx, f.Agreement, dataspace.Consumer)
	wants(t, err, dataspace.ErrNotFound)
	_, err = s.Flows.Document(ctx, dataspace.DigestOf([]byte("nothing")))
	wants(t, err, dataspace.ErrNotFound)
}

func flowConflicts(t *testing.T, s Stores) {
	ctx := t.Context()
	f := aFlow("flow-1")
	must(t, s.Flows.Create(ctx, f))
	wants(t, s.Flows.Create(ctx, f), dataspace.ErrConflict)
	other := aFlow("flow-2")
	other.Negotiation = f.Negotiation
	wants(t, s.Flows.Create(ctx, other), dataspace.ErrConflict)
	_, err := s.Flows.Flow(ctx, other.ID)
	wants(t, err, dataspace.ErrNotFound)
	_, err = s.Flows.Update(ctx, f, nil, nil)
	must(t, err)
	_, err = s.Flows.Update(ctx, f, nil, nil)
	wants(t, err, dataspace.ErrStale)
	_, err = s.Flows.Update(ctx, aFlow("flow-none"), nil, nil)
	wants(t, err, dataspace.ErrStale)
}

// events are rows of the outbox that commit to a document each.
func events(t testing.TB, of dataspace.FlowID, ids ...dataspace.EventID) []prove.Row {
	t.Helper()
	rows, err := encode(of, ids)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func encode(of dataspace.FlowID, ids []dataspace.EventID) ([]prove.Row, error) {
	var list []dataspace.Event
	for _, id := range ids {
		doc := dataspace.Document(fmt.Sprintf(`{"of":%q}`, id))
		list = append(list, dataspace.Event{ID: id, Kind: dataspace.EventStart, Flow: of, At: at(0),
			Documents: map[string]dataspace.Document{"d": doc}, Salts: map[string]dataspace.Salt{"d": {1}}})
	}
	return prove.Encode("here", list...)
}

// flowAtomic makes a change fail at its evidence: nothing of it may be stored.
func flowAtomic(t *testing.T, s Stores) {
	ctx := t.Context()
	f := aFlow("flow-1")
	must(t, s.Flows.Create(ctx, f))
	doc := dataspace.Document(`{"n":1}`)
	f, err := s.Flows.Update(ctx, f, []dataspace.Document{doc}, events(t, f.ID, "e1"))
	must(t, err)
	got, err := s.Flows.Document(ctx, doc.Digest())
	must(t, err)
	equal(t, string(got), string(doc))
	late, lost := f, dataspace.Document(`{"n":2}`)
	late.State = dataspace.Completed
	_, err = s.Flows.Update(ctx, late, []dataspace.Document{lost}, events(t, f.ID, "e2", "e1"))
	wants(t, err, dataspace.ErrConflict)
	stale := f
	stale.Version--
	_, err = s.Flows.Update(ctx, stale, []dataspace.Document{lost}, events(t, f.ID, "e3"))
	wants(t, err, dataspace.ErrStale)
	now, err := s.Flows.Flow(ctx, f.ID)
	must(t, err)
	if d := cmp.Diff(f, now); d != "" {
		t.Fatalf("half of a refused change stands:\n%s", d)
	}
	for _, d := range []dataspace.Document{lost, dataspace.Document(`{"of":"e2"}`)} {
		_, err = s.Flows.Document(ctx, d.Digest())
		wants(t, err, dataspace.ErrNotFound)
	}
	list, err := s.Evidence.FlowEvents(ctx, f.ID)
	must(t, err)
	if len(list) != 1 || list[0].ID != "e1" {
		t.Fatalf("%d events, want e1 alone", len(list))
	}
}

// flowRace writes the same version from many goroutines, among others that
// write rows of their own.
func flowRace(t *testing.T, s Stores) {
	ctx := t.Context()
	f := aFlow("flow-1")
	must(t, s.Flows.Create(ctx, f))
	winner(t, 16, dataspace.ErrStale, func(i int) error {
		own := aFlow(dataspace.FlowID(fmt.Sprintf("flow-own-%d", i)))
		if err := s.Flows.Create(ctx, own); err != nil {
			t.Error(err)
		}
		if _, err := s.Flows.Update(ctx, own, nil, events(t, own.ID, dataspace.EventID(fmt.Sprintf("own-%d", i)))); err != nil {
			t.Error(err)
		}
		_, err := s.Flows.Update(ctx, f, nil, events(t, f.ID, dataspace.EventID(fmt.Sprintf("e-%d", i))))
		return err
	})
	list, err := s.Evidence.FlowEvents(ctx, f.ID)
	must(t, err)
	if len(list) != 1 {
		t.Fatalf("%d events of one change", len(list))
	}
	pending, err := s.Evidence.Pending(ctx, 100)
	must(t, err)
	if len(pending) != 17 {
		t.Fatalf("%d events wait for the log, want 17", len(pending))
	}
}

func flowLists(t *testing.T, s Stores) {
	ctx := t.Context()
	for i, f := range []struct {
		local, far string
		state      dataspace.FlowState
	}{{"acme", "lion", dataspace.Completed}, {"acme", "tiger", dataspace.Checking}, {"other", "lion", dataspace.Checking}, {"acme", "lion", dataspace.Checking}} {
		row := aFlow(dataspace.FlowID(fmt.Sprintf("flow-%d", i)))
		row.Local, row.Counterparty, row.State = dataspace.ParticipantID(f.local), dataspace.ParticipantID(f.far), f.state
		row.Created, row.Updated = at(int64(i)), at(int64(10*i))
		must(t, s.Flows.Create(ctx, row))
		if i < 2 {
			row.Rechecks = []flow.Recheck{{On: "2026-03-02"}}
			update(t, s, row)
		}
	}
	for _, c := range []struct {
		want   string
		filter flow.Filter
	}{
		{"3210", flow.Filter{}},
		{"32", flow.Filter{Limit: 2}},
		{"310", flow.Filter{Local: "acme"}},
		{"30", flow.Filter{Local: "acme", Peer: "far", Counterparty: "lion"}},
		{"", flow.Filter{Peer: "near", Counterparty: "lion"}},
		{"32", flow.Filter{Since: at(20)}},
		{"321", flow.Filter{States: []dataspace.FlowState{dataspace.Checking}}},
		{"10", flow.Filter{Rechecked: true}},
		{"0", flow.Filter{Rechecked: true, States: []dataspace.FlowState{dataspace.Completed}}},
		{"", flow.Filter{Rechecked: true, Local: "other"}},
		{"10", flow.Filter{After: flow.Newest{Created: at(2), ID: "flow-2"}}},
		{"1", flow.Filter{After: flow.Newest{Created: at(2), ID: "flow-2"}, Limit: 1}},
		{"21", flow.Filter{States: []dataspace.FlowState{dataspace.Checking}, After: flow.Newest{Created: at(3), ID: "flow-3"}}},
		{"31", flow.Filter{Local: "acme", States: []dataspace.FlowState{dataspace.Checking, dataspace.Failed}, Limit: -1}},
	} {
		list, err := s.Flows.List(ctx, c.filter)
		must(t, err)
		got := ""
		for _, f := range list {
			got += string(f.ID[len("flow-"):])
		}
		if got != c.want {
			t.Errorf("%+v lists %q, want %q", c.filter, got, c.want)
		}
	}
	counts, err := s.Flows.CountByState(ctx)
	must(t, err)
	want := map[flow.RoleState]int64{{Role: dataspace.Provider, State: dataspace.Completed}: 1, {Role: dataspace.Provider, State: dataspace.Checking}: 3}
	if d := cmp.Diff(want, counts); d != "" {
		t.Error(d)
	}
}

// flowQueue lists the unfinished flows, oldest first and in pages of any size.
func flowQueue(t *testing.T, s Stores) {
	ctx := t.Context()
	for i, state := range []dataspace.FlowState{
		dataspace.Profiling, dataspace.Checking, dataspace.Negotiating, dataspace.Delivering, dataspace.Proving, dataspace.Ending,
		dataspace.WaitingAction, dataspace.WaitingReview, dataspace.Completed, dataspace.Refused, dataspace.Stopped, dataspace.Failed,
	} {
		second := at(int64(9 - i/2)) // two of each moment
		must(t, s.Flows.Create(ctx, flow.Flow{ID: dataspace.FlowID(fmt.Sprint(i%10)) + dataspace.FlowID("abcdefghijkl"[i]), Course: flow.Course{State: state}, Mark: flow.Mark{Created: second, Updated: second}}))
	}
	for limit := 1; limit < 8; limit++ {
		got := pages(t, limit, func(after dataspace.FlowID, limit int) ([]dataspace.FlowID, error) {
			return s.Flows.Unfinished(ctx, after, limit)
		}, func(id dataspace.FlowID) string { return string(id[1:]) })
		if got != "efcdab" {
			t.Fatalf("in pages of %d: %q is unfinished", limit, got)
		}
	}
}

// flowOrder lists flows of any moments: newest first, and of one moment in
// order of their ids.
func flowOrder(t *testing.T, s Stores) {
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		local := dataspace.ParticipantID(fmt.Sprintf("p%d", n))
		for i, second := range rapid.SliceOfN(rapid.Int64Range(0, 3), 1, 8).Draw(t, "seconds") {
			f := flow.Flow{ID: dataspace.FlowID(fmt.Sprintf("%s-%d", local, i)), Way: flow.Way{Local: local}, Course: flow.Course{State: dataspace.Checking}, Mark: flow.Mark{Created: at(second), Updated: at(second)}}
			if err := s.Flows.Create(context.Background(), f); err != nil {
				t.Fatal(err)
			}
		}
		list, err := s.Flows.List(context.Background(), flow.Filter{Local: local})
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; i < len(list); i++ {
			a, b := list[i-1], list[i]
			if a.Created.Before(b.Created) || a.Created.Equal(b.Created) && a.ID >= b.ID {
				t.Fatalf("%s of %s stands before %s of %s", a.ID, a.Created, b.ID, b.Created)
			}
			rest, err := s.Flows.List(context.Background(), flow.Filter{Local: local, After: flow.Newest{Created: a.Created, ID: a.ID}})
			if err != nil || len(rest) != len(list)-i || rest[0].ID != b.ID {
				t.Fatalf("behind %s are %d flows, want %d (%v)", a.ID, len(rest), len(list)-i, err)
			}
		}
	})
}

// flowCancelled cancels before a change begins, and among other callers that do
// not cancel.
func flowCancelled(t *testing.T, s Stores) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	contexts := []context.Context{t.Context(), gone}
	many(16, func(i int) {
		f := aFlow(dataspace.FlowID(fmt.Sprintf("flow-%d", i)))
		if err := s.Flows.Create(contexts[i%2], f); (err == nil) != (i%2 == 0) {
			t.Errorf("flow %d: %v", i, err)
		}
	})
	list, err := s.Flows.List(t.Context(), flow.Filter{Limit: -1})
	must(t, err)
	if len(list) != 8 {
		t.Fatalf("%d flows were stored, want 8", len(list))
	}
}
