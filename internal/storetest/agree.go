package storetest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
)

func processSuite(t *testing.T, open Open) {
	part(t, open, "contents", processContents)
	part(t, open, "conflicts", processConflicts)
	part(t, open, "race", processRace)
	part(t, open, "lists", processLists)
	part(t, open, "queue", processQueue)
}

func aProcess(id string) agree.Row {
	return agree.Row{
		Ref: agree.Ref{Kind: agree.KindNegotiation, ID: id}, Origin: "urn:first:" + id, Local: "acme", Flow: "flow-1", Agreement: "a-1",
		State: agree.Offered, Pending: true, Changed: 2, Version: 1, Body: []byte(`{"of":"` + id + `"}`), Created: at(0), Updated: at(1),
	}
}

func processContents(t *testing.T, s Stores) {
	ctx := t.Context()
	r := aProcess("n-1")
	must(t, s.Processes.Create(ctx, r))
	plain := aProcess("n-2")
	plain.Origin, plain.Flow, plain.Agreement = "", "", ""
	must(t, s.Processes.Create(ctx, plain))
	another := plain
	another.ID = "n-3"
	must(t, s.Processes.Create(ctx, another)) // no origin is no key
	check := func(want agree.Row) {
		t.Helper()
		got, err := s.Processes.Load(ctx, want.Ref)
		must(t, err)
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	}
	check(r)
	check(plain)
	got, err := s.Processes.ByOrigin(ctx, r.Origin)
	must(t, err)
	equal(t, got.Ref, r.Ref)
	got.Body[0] = 'x'
	check(r) // the store shares no memory with its readers
	next := r
	next.State, next.Pending, next.Changed, next.Body, next.Updated = agree.Accepted, false, 3, []byte(`{}`), at(9)
	next.Origin, next.Created, next.Handled = "urn:other", at(77), 99 // stay as they are
	must(t, s.Processes.Update(ctx, next))
	next.Origin, next.Created, next.Handled, next.Version = r.Origin, r.Created, 0, 2
	check(next)
	_, err = s.Processes.Load(ctx, agree.Ref{Kind: agree.KindTransfer, ID: r.ID})
	wants(t, err, dataspace.ErrNotFound)
	_, err = s.Processes.ByOrigin(ctx, "")
	wants(t, err, dataspace.ErrNotFound)
	_, err = s.Processes.ByOrigin(ctx, "urn:none")
	wants(t, err, dataspace.ErrNotFound)
}

func processConflicts(t *testing.T, s Stores) {
	ctx := t.Context()
	r := aProcess("n-1")
	must(t, s.Processes.Create(ctx, r))
	wants(t, s.Processes.Create(ctx, r), dataspace.ErrConflict)
	again := aProcess("n-2")
	again.Origin = r.Origin
	wants(t, s.Processes.Create(ctx, again), dataspace.ErrConflict)
	must(t, s.Processes.Update(ctx, r))
	wants(t, s.Processes.Update(ctx, r), dataspace.ErrStale)
	wants(t, s.Processes.Update(ctx, aProcess("n-none")), dataspace.ErrStale)
}

func processRace(t *testing.T, s Stores) {
	ctx := t.Context()
	r := aProcess("n-1")
	winner(t, 16, dataspace.ErrConflict, func(i int) error {
		own := r
		own.ID = fmt.Sprintf("n-%d", i) // all with one origin
		return s.Processes.Create(ctx, own)
	})
	first, err := s.Processes.ByOrigin(ctx, r.Origin)
	must(t, err)
	winner(t, 16, dataspace.ErrStale, func(int) error { return s.Processes.Update(ctx, first) })
}

func processLists(t *testing.T, s Stores) {
	ctx := t.Context()
	for i, kind := range []agree.Kind{agree.KindNegotiation, agree.KindTransfer, agree.KindNegotiation, agree.KindNegotiation} {
		r := aProcess(fmt.Sprint(i))
		r.Kind, r.Created = kind, at(int64(i/3)) // the first three of one moment
		if i == 2 {
			r.Local, r.Flow, r.Agreement, r.State = "other", "flow-2", "a-2", agree.Requested
		}
		must(t, s.Processes.Create(ctx, r))
	}
	for _, c := range []struct {
		want   string
		filter agree.Filter
	}{
		{"3012", agree.Filter{}},
		{"30", agree.Filter{Limit: 2}},
		{"302", agree.Filter{Kind: agree.KindNegotiation}},
		{"2", agree.Filter{Local: "other"}},
		{"301", agree.Filter{Flow: "flow-1"}},
		{"2", agree.Filter{Agreement: "a-2"}},
		{"2", agree.Filter{State: agree.Requested}},
		{"", agree.Filter{Kind: agree.KindTransfer, State: agree.Requested}},
	} {
		list, err := s.Processes.List(ctx, c.filter)
		must(t, err)
		got := ""
		for _, r := range list {
			got += r.ID
		}
		if got != c.want {
			t.Errorf("%+v lists %q, want %q", c.filter, got, c.want)
		}
	}
}

func processQueue(t *testing.T, s Stores) {
	ctx := t.Context()
	for i, r := range []struct {
		pending bool
		changed int64
	}{{true, 0}, {false, 2}, {false, 0}, {true, 3}} {
		row := aProcess(fmt.Sprint(i))
		row.Pending, row.Changed, row.Created = r.pending, r.changed, at(int64(10-i))
		must(t, s.Processes.Create(ctx, row))
	}
	waits := func(want string) {
		t.Helper()
		for limit := 1; limit < 6; limit++ {
			got := pages(t, limit, func(after agree.Ref, limit int) ([]agree.Ref, error) {
				return s.Processes.Unfinished(ctx, after, limit)
			},
				func(ref agree.Ref) string { return ref.ID })
			if got != want {
				t.Fatalf("%q is unfinished in pages of %d, want %q", got, limit, want)
			}
		}
	}
	ref := func(id string) agree.Ref { return agree.Ref{Kind: agree.KindNegotiation, ID: id} }
	waits("310")
	must(t, s.Processes.Handled(ctx, []agree.Mark{{Ref: ref("1"), Changed: 1}, {Ref: ref("none"), Changed: 4}}))
	waits("310")
	must(t, s.Processes.Handled(ctx, []agree.Mark{{Ref: ref("1"), Changed: 2}}))
	must(t, s.Processes.Handled(ctx, []agree.Mark{{Ref: ref("1"), Changed: 1}}))
	waits("30")
	r, err := s.Processes.Load(ctx, ref("1"))
	must(t, err)
	if r.Handled != 2 || r.Version != 1 {
		t.Fatalf("handled %d in version %d, want 2 in 1: marks are no change of the row", r.Handled, r.Version)
	}
}
