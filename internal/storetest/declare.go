package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/declare"
	"hutong/internal/gateway"
)

func declareSuite(t *testing.T, open Open) {
	part(t, open, "rows", declareRows)
	part(t, open, "race", declareRace)
}

func declaredBy(id dataspace.EventID) dataspace.Event {
	return dataspace.Event{ID: id, Kind: dataspace.EventDeclaration, At: at(1),
		Documents: map[string]dataspace.Document{dataspace.DocDeclaration: dataspace.Document(`{"x":1}`)}, Salts: map[string]dataspace.Salt{dataspace.DocDeclaration: {1}}}
}

// declareRows tests that a row belongs to its owner and its dataset, that only
// who has seen a row replaces it, and that the evidence is stored with it.
func declareRows(t *testing.T, s Stores) {
	ctx, d := t.Context(), s.Declare
	row := func(fact string, dataset dataspace.DatasetID, event dataspace.EventID) declare.Row {
		return declare.Row{Fact: fact, Dataset: dataset, Event: event, Body: []byte("of " + event)}
	}
	events := 0
	put := func(r declare.Row, replaces dataspace.EventID, want error) {
		t.Helper()
		wants(t, d.Declare(ctx, "a", r, replaces, declaredBy(r.Event)), want)
		if want == nil {
			events++
		}
		waiting, err := s.Evidence.Pending(ctx, 20)
		must(t, err)
		if len(waiting) != events {
			t.Fatalf("%d events, want %d", len(waiting), events)
		}
	}
	is := func(owner dataspace.ParticipantID, want ...declare.Row) {
		t.Helper()
		got, err := d.Declarations(ctx, owner)
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	}
	put(row("x", "", "e0"), "", dataspace.ErrNotFound)
	must(t, s.Register.InsertParticipant(ctx, aParticipant("a")))
	must(t, s.Register.InsertParticipant(ctx, aParticipant("b")))
	put(row("x", "d", "e0"), "", dataspace.ErrNotFound)
	must(t, s.Register.InsertDataset(ctx, gateway.Dataset{Owner: "a", ID: "d"}))
	put(row("y", "d", "e1"), "", nil)
	put(row("y", "", "e2"), "", nil)
	put(row("x", "", "e3"), "", nil)
	is("a", row("x", "", "e3"), row("y", "", "e2"), row("y", "d", "e1"))
	is("b")

	put(row("y", "", "e4"), "", dataspace.ErrStale)
	put(row("y", "", "e4"), "e1", dataspace.ErrStale)
	put(row("z", "", "e4"), "e1", dataspace.ErrStale)
	put(row("y", "", "e4"), "e2", nil)
	put(row("y", "", "e5"), "e2", dataspace.ErrStale)
	put(row("x", "", "e4"), "e3", dataspace.ErrConflict) // the event is there already
	is("a", row("x", "", "e3"), row("y", "", "e4"), row("y", "d", "e1"))

	must(t, s.Register.ReplaceDataset(ctx, gateway.Dataset{Owner: "a", ID: "d", Format: "csv"}))
	is("a", row("x", "", "e3"), row("y", "", "e4"), row("y", "d", "e1"))
	must(t, s.Register.RemoveDataset(ctx, "a", "d"))
	is("a", row("x", "", "e3"), row("y", "", "e4"))
	must(t, s.Register.RemoveParticipant(ctx, "a"))
	is("a")
	must(t, s.Register.InsertParticipant(ctx, aParticipant("a")))
	is("a")
}

// declareRace tests that of many who replace one row one succeeds.
func declareRace(t *testing.T, s Stores) {
	ctx := t.Context()
	must(t, s.Register.InsertParticipant(ctx, aParticipant("a")))
	must(t, s.Declare.Declare(ctx, "a", declare.Row{Fact: "x", Event: "e", Body: []byte("0")}, "", declaredBy("e")))
	var done atomic.Int32
	many(20, func(i int) {
		id := dataspace.EventID(fmt.Sprint("e", i))
		err := s.Declare.Declare(ctx, "a", declare.Row{Fact: "x", Event: id, Body: []byte("1")}, "e", declaredBy(id))
		if err == nil {
			done.Add(1)
		} else {
			wants(t, err, dataspace.ErrStale)
		}
	})
	waiting, err := s.Evidence.Pending(ctx, 30)
	must(t, err)
	if done.Load() != 1 || len(waiting) != 2 {
		t.Errorf("%d have replaced the row, with %d events", done.Load(), len(waiting))
	}
}
