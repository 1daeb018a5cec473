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
		{ID: "a", Local: "acme", Peer: "sg", Counterparty: "lion", Updated: day(1)},
		{ID: "b", Local: "acme", Peer: "sg", Counterparty: "lion", Updated: day(3)},
		{ID: "c", Local: "acme", Peer: "sg", Counterparty: "tiger", Updated: day(3)},
		{ID: "d", Local: "acme", Peer: "jp", Counterparty: "lion", Updated: day(3)},
		{ID: "e", Local: "sister", Peer: "sg", Counterparty: "lion", Updated: day(3)},
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
