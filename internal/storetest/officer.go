package storetest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/officer"
	"hutong/internal/prove"
)

func officerSuite(t *testing.T, open Open) {
	part(t, open, "rows", officerRows)
	part(t, open, "race", officerRace)
	part(t, open, "evidence", officerEvidence)
}

// officerRows tests that rows belong to a dataset, and are changed together or
// not at all.
func officerRows(t *testing.T, s Stores) {
	ctx, o := t.Context(), s.Officer
	row := func(kind officer.Kind, name, body string) officer.Row {
		return officer.Row{Kind: kind, Name: name, Body: []byte(body)}
	}
	is := func(id dataspace.DatasetID, want ...officer.Row) {
		t.Helper()
		got, err := o.Rows(ctx, "a", id)
		must(t, err)
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	}
	wants(t, o.Put(ctx, "a", "d", []officer.Row{row(officer.Column, "x", "1")}, nil), dataspace.ErrNotFound)
	must(t, s.Register.InsertParticipant(ctx, aParticipant("a")))
	for _, id := range []dataspace.DatasetID{"d", "e"} {
		must(t, s.Register.InsertDataset(ctx, gateway.Dataset{Owner: "a", ID: id}))
	}
	x, y, k, e := row(officer.Column, "x", "1"), row(officer.Column, "y/列 ", "2"), row(officer.Key, "", "3"), row(officer.Column, "x", "other")
	must(t, o.Put(ctx, "a", "d", []officer.Row{y, k, x}, nil))
	must(t, o.Put(ctx, "a", "e", []officer.Row{e}, nil))
	is("d", x, y, k)
	x.Body = []byte("changed")
	must(t, o.Put(ctx, "a", "d", []officer.Row{x}, nil))
	is("d", x, y, k)
	wants(t, o.Remove(ctx, "a", "d", officer.Gone{Kind: officer.Column, Names: []string{"x", "none"}}, nil), dataspace.ErrNotFound)
	wants(t, o.Remove(ctx, "a", "d", officer.Gone{Kind: officer.Key, Names: []string{"x"}}, nil), dataspace.ErrNotFound)
	is("d", x, y, k)
	must(t, o.Remove(ctx, "a", "d", officer.Gone{Kind: officer.Column, Names: []string{"y/列 "}}, nil))
	is("d", x, k)
	// A change of the dataset keeps them; its end removes them, and only them.
	must(t, s.Register.ReplaceDataset(ctx, gateway.Dataset{Owner: "a", ID: "d", Format: "csv"}))
	is("d", x, k)
	must(t, s.Register.RemoveDataset(ctx, "a", "d"))
	is("d")
	is("e", e)
	must(t, s.Register.InsertDataset(ctx, gateway.Dataset{Owner: "a", ID: "d"}))
	is("d")
}

// officerRace tests that nobody overwrites what another says of another column.
func officerRace(t *testing.T, s Stores) {
	ctx := t.Context()
	must(t, s.Register.InsertParticipant(ctx, aParticipant("a")))
	must(t, s.Register.InsertDataset(ctx, gateway.Dataset{Owner: "a", ID: "d"}))
	many(20, func(i int) {
		if err := s.Officer.Put(ctx, "a", "d", []officer.Row{{Kind: officer.Column, Name: fmt.Sprint(i), Body: []byte("x")}}, nil); err != nil {
			t.Error(err)
		}
	})
	if rows, err := s.Officer.Rows(ctx, "a", "d"); err != nil || len(rows) != 20 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

// officerEvidence tests that rows and their evidence are stored together or not
// at all.
func officerEvidence(t *testing.T, s Stores) {
	ctx := t.Context()
	must(t, s.Register.InsertParticipant(ctx, aParticipant("a")))
	must(t, s.Register.InsertDataset(ctx, gateway.Dataset{Owner: "a", ID: "d"}))
	event := func(id dataspace.EventID) []dataspace.Event {
		return []dataspace.Event{{ID: id, Kind: dataspace.EventStatement, At: at(1),
			Documents: map[string]dataspace.Document{dataspace.DocStatement: dataspace.Document(`{"x":1}`)}, Salts: map[string]dataspace.Salt{dataspace.DocStatement: {1}}}}
	}
	rows := func(name string) []officer.Row {
		return []officer.Row{{Kind: officer.Column, Name: name, Body: []byte("x")}}
	}
	is := func(rows, events int) {
		t.Helper()
		got, err := s.Officer.Rows(ctx, "a", "d")
		must(t, err)
		waiting, err := s.Evidence.Pending(ctx, 10)
		must(t, err)
		if len(got) != rows || len(waiting) != events {
			t.Fatalf("%d rows and %d events, want %d and %d", len(got), len(waiting), rows, events)
		}
	}
	must(t, s.Officer.Put(ctx, "a", "d", rows("x"), event("e1")))
	is(1, 1)
	wants(t, s.Officer.Put(ctx, "a", "d", rows("y"), event("e1")), dataspace.ErrConflict)
	wants(t, s.Officer.Put(ctx, "a", "other", rows("y"), event("e2")), dataspace.ErrNotFound)
	wants(t, s.Officer.Remove(ctx, "a", "d", officer.Gone{Kind: officer.Column, Names: []string{"y"}}, event("e2")), dataspace.ErrNotFound)
	wants(t, s.Officer.Remove(ctx, "a", "d", officer.Gone{Kind: officer.Column, Names: []string{"x"}}, event("e1")), dataspace.ErrConflict)
	is(1, 1)
	must(t, s.Officer.Remove(ctx, "a", "d", officer.Gone{Kind: officer.Column, Names: []string{"x"}}, event("e2")))
	is(0, 2)
	e, err := s.Evidence.Event(ctx, "e1")
	must(t, err)
	if e.ID != "e1" || e.Kind != dataspace.EventStatement || e.Flow != "" || e.Logged || len(e.Entry) == 0 || len(e.Openings) == 0 {
		t.Errorf("event: %+v", e)
	}
	must(t, s.Evidence.MarkLogged(ctx, []prove.Mark{{ID: "e1", Index: 7}}))
	if e, err := s.Evidence.Event(ctx, "e1"); err != nil || !e.Logged || e.Index != 7 {
		t.Errorf("event: %+v, %v", e, err)
	}
	_, err = s.Evidence.Event(ctx, "none")
	wants(t, err, dataspace.ErrNotFound)
}
