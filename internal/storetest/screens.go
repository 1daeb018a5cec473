package storetest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/screen"
)

func screenSuite(t *testing.T, open Open) {
	part(t, open, "rows", screenRows)
	part(t, open, "race", screenRace)
}

func screened(id dataspace.EventID) dataspace.Event {
	return dataspace.Event{ID: id, Kind: dataspace.EventScreening, At: at(1),
		Documents: map[string]dataspace.Document{screen.Doc: dataspace.Document(`{"x":1}`)}, Salts: map[string]dataspace.Salt{screen.Doc: {1}}}
}

// screenRows tests that only who has seen a row replaces or removes it, and that
// the evidence is stored with it.
func screenRows(t *testing.T, s Stores) {
	ctx, events := t.Context(), 0
	row := func(kind, name string, event dataspace.EventID) screen.Row {
		return screen.Row{Kind: kind, Name: name, Event: event, Body: []byte("of " + event)}
	}
	put := func(r screen.Row, replaces dataspace.EventID, want error) {
		t.Helper()
		wants(t, s.Screens.Put(ctx, r, replaces, screened(r.Event)), want)
		if want == nil {
			events++
		}
		waiting, err := s.Evidence.Pending(ctx, 20)
		must(t, err)
		if len(waiting) != events {
			t.Fatalf("%d events, want %d", len(waiting), events)
		}
	}
	is := func(kind string, want ...screen.Row) {
		t.Helper()
		got, err := s.Screens.Rows(ctx, kind)
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	}
	is("k")
	put(row("k", "b", "e1"), "", nil)
	put(row("k", "a", "e2"), "", nil)
	put(row("l", "a", "e3"), "", nil)
	is("k", row("k", "a", "e2"), row("k", "b", "e1"))
	is("l", row("l", "a", "e3"))
	put(row("k", "a", "e4"), "", dataspace.ErrStale)
	put(row("k", "a", "e4"), "e1", dataspace.ErrStale)
	put(row("k", "c", "e4"), "e1", dataspace.ErrStale)
	put(row("k", "a", "e3"), "e2", dataspace.ErrConflict) // the event is there already
	put(row("k", "a", "e4"), "e2", nil)
	is("k", row("k", "a", "e4"), row("k", "b", "e1"))
	put(screen.Row{Kind: "k", Name: "a", Event: "e5"}, "e2", dataspace.ErrStale)
	put(screen.Row{Kind: "k", Name: "a", Event: "e5"}, "e4", nil)
	is("k", row("k", "b", "e1"))
	put(row("k", "a", "e6"), "", nil)
}

// screenRace tests that of many who replace one row one succeeds.
func screenRace(t *testing.T, s Stores) {
	must(t, s.Screens.Put(t.Context(), screen.Row{Kind: "k", Name: "n", Event: "e", Body: []byte("0")}, "", screened("e")))
	winner(t, 20, dataspace.ErrStale, func(i int) error {
		id := dataspace.EventID(fmt.Sprint("e", i))
		return s.Screens.Put(t.Context(), screen.Row{Kind: "k", Name: "n", Event: id, Body: []byte("1")}, "e", screened(id))
	})
}
