package storetest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/officer"
)

func officerSuite(t *testing.T, open Open) {
	part(t, open, "rows", officerRows)
	part(t, open, "race", officerRace)
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
	wants(t, o.Put(ctx, "a", "d", []officer.Row{row(officer.Column, "x", "1")}), dataspace.ErrNotFound)
	must(t, s.Register.InsertParticipant(ctx, aParticipant("a")))
	for _, id := range []dataspace.DatasetID{"d", "e"} {
		must(t, s.Register.InsertDataset(ctx, gateway.Dataset{Owner: "a", ID: id}))
	}
	x, y, k, e := row(officer.Column, "x", "1"), row(officer.Column, "y/列 ", "2"), row(officer.Key, "", "3"), row(officer.Column, "x", "other")
	must(t, o.Put(ctx, "a", "d", []officer.Row{y, k, x}))
	must(t, o.Put(ctx, "a", "e", []officer.Row{e}))
	is("d", x, y, k)
	x.Body = []byte("changed")
	must(t, o.Put(ctx, "a", "d", []officer.Row{x}))
	is("d", x, y, k)
	wants(t, o.Remove(ctx, "a", "d", officer.Column, []string{"x", "none"}), dataspace.ErrNotFound)
	wants(t, o.Remove(ctx, "a", "d", officer.Key, []string{"x"}), dataspace.ErrNotFound)
	is("d", x, y, k)
	must(t, o.Remove(ctx, "a", "d", officer.Column, []string{"y/列 "}))
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
		if err := s.Officer.Put(ctx, "a", "d", []officer.Row{{Kind: officer.Column, Name: fmt.Sprint(i), Body: []byte("x")}}); err != nil {
			t.Error(err)
		}
	})
	if rows, err := s.Officer.Rows(ctx, "a", "d"); err != nil || len(rows) != 20 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}
