package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/sqlite"
)

func TestFlowFilter(t *testing.T) {
	ctx := t.Context()
	db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "flows.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s := sqlite.NewFlowStore(db)
	day := func(n int) time.Time { return time.Date(2026, 6, n, 0, 0, 0, 0, time.UTC) }
	for _, f := range []flow.Flow{
		{ID: "a", Way: flow.Way{Local: "acme", Peer: "sg", Counterparty: "lion"}, Mark: flow.Mark{Updated: day(1)}},
		{ID: "b", Way: flow.Way{Local: "acme", Peer: "sg", Counterparty: "lion"}, Mark: flow.Mark{Updated: day(3)}},
		{ID: "c", Way: flow.Way{Local: "acme", Peer: "sg", Counterparty: "tiger"}, Mark: flow.Mark{Updated: day(3)}},
		{ID: "d", Way: flow.Way{Local: "acme", Peer: "jp", Counterparty: "lion"}, Mark: flow.Mark{Updated: day(3)}},
		{ID: "e", Way: flow.Way{Local: "sister", Peer: "sg", Counterparty: "lion"}, Mark: flow.Mark{Updated: day(3)}},
	} {
		f.Role, f.State, f.Created = dataspace.Provider, dataspace.Completed, f.Updated
		if err := s.Create(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	for want, filter := range map[string]flow.Filter{
		"b":    {Local: "acme", Peer: "sg", Counterparty: "lion", Since: day(2)},
		"ba":   {Local: "acme", Peer: "sg", Counterparty: "lion", Since: day(1)},
		"bcde": {Since: day(3)},
	} {
		list, err := s.List(ctx, filter)
		got := ""
		for _, f := range list {
			got += string(f.ID)
		}
		if err != nil || got != want {
			t.Errorf("%+v: %s (%v), want %s", filter, got, err, want)
		}
	}
}

// Unfinished flows come in pages, the oldest first, and no flow is in two
// pages.
func TestFlowUnfinished(t *testing.T) {
	ctx := t.Context()
	db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "flows.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s := sqlite.NewFlowStore(db)
	for _, f := range []flow.Flow{
		{ID: "c", Course: flow.Course{State: dataspace.Profiling}, Mark: flow.Mark{Created: time.Unix(1, 0)}},
		{ID: "x", Course: flow.Course{State: dataspace.Completed}, Mark: flow.Mark{Created: time.Unix(1, 0)}},
		{ID: "a", Course: flow.Course{State: dataspace.Checking}, Mark: flow.Mark{Created: time.Unix(2, 0)}},
		{ID: "b", Course: flow.Course{State: dataspace.Negotiating}, Mark: flow.Mark{Created: time.Unix(2, 0)}},
		{ID: "y", Course: flow.Course{State: dataspace.WaitingReview}, Mark: flow.Mark{Created: time.Unix(2, 0)}},
		{ID: "d", Course: flow.Course{State: dataspace.Delivering}, Mark: flow.Mark{Created: time.Unix(3, 0)}},
		{ID: "z", Course: flow.Course{State: dataspace.WaitingAction}, Mark: flow.Mark{Created: time.Unix(3, 0)}},
		{ID: "f", Course: flow.Course{State: dataspace.Proving}, Mark: flow.Mark{Created: time.Unix(4, 0)}},
		{ID: "e", Course: flow.Course{State: dataspace.Ending}, Mark: flow.Mark{Created: time.Unix(5, 0)}},
	} {
		if err := s.Create(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	for limit := 1; limit < 9; limit++ {
		var got string
		for after := dataspace.FlowID(""); ; {
			ids, err := s.Unfinished(ctx, after, limit)
			if err != nil || len(ids) > limit {
				t.Fatalf("page of %d: %v, %v", limit, ids, err)
			}
			for _, id := range ids {
				got += string(id)
			}
			if len(ids) < limit {
				break
			}
			after = ids[len(ids)-1]
		}
		if got != "cabdfe" {
			t.Errorf("in pages of %d: %s", limit, got)
		}
	}
}
