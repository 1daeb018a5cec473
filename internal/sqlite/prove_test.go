package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/prove"
	"hutong/internal/sqlite"
	"hutong/internal/tlog"
)

func openProve(t *testing.T) (*sqlite.DB, *sqlite.ProveStore) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db, sqlite.NewProveStore(db)
}

func insert(db *sqlite.DB, events ...dataspace.Event) error {
	rows, err := prove.Encode("shanghai", events...)
	if err != nil {
		return err
	}
	return db.Update(context.Background(), func(tx *sql.Tx) error { return sqlite.InsertEvents(tx, rows) })
}

func newEvent(t *testing.T, flow dataspace.FlowID, docs map[string]dataspace.Document) dataspace.Event {
	t.Helper()
	e, err := prove.NewEvent(dataspace.EventStart, flow, time.Unix(0, 0), docs)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func wantKind(t *testing.T, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("error %v, want %v", err, kind)
	}
}

func TestOutbox(t *testing.T) {
	db, s := openProve(t)
	ctx := t.Context()
	doc := dataspace.Document(`{"n":1}`)
	a, b := newEvent(t, "flow-1", map[string]dataspace.Document{"plan": doc}), newEvent(t, "flow-1", map[string]dataspace.Document{"plan": doc})
	wantKind(t, insert(db, a, b), nil)
	wantKind(t, insert(db, newEvent(t, "flow-2", nil), a), dataspace.ErrConflict)
	pending, err := s.Pending(ctx, 10)
	wantKind(t, err, nil)
	if len(pending) != 2 || pending[0].ID != a.ID || pending[1].ID != b.ID {
		t.Fatalf("pending %v: not the two, oldest first", pending)
	}
	if size, err := s.LoggedSize(ctx); size != 0 || err != nil {
		t.Fatalf("size %d %v of nothing", size, err)
	}
	wantKind(t, s.MarkLogged(ctx, []prove.Mark{{ID: b.ID, Index: 0}}), nil)
	wantKind(t, s.MarkLogged(ctx, []prove.Mark{{ID: b.ID, Index: 0}}), nil)
	wantKind(t, s.MarkLogged(ctx, []prove.Mark{{ID: b.ID, Index: 3}}), dataspace.ErrConflict)
	wantKind(t, s.MarkLogged(ctx, []prove.Mark{{ID: a.ID, Index: 0}}), dataspace.ErrConflict)
	// All or none.
	wantKind(t, s.MarkLogged(ctx, []prove.Mark{{ID: a.ID, Index: 1}, {ID: "event-none", Index: 2}}), dataspace.ErrNotFound)
	if _, logged, err := s.LoggedAt(ctx, a.ID); logged || err != nil {
		t.Fatalf("half of a refused change stands: %v", err)
	}
	wantKind(t, s.MarkLogged(ctx, []prove.Mark{{ID: a.ID, Index: 7}}), nil)
	if at, logged, err := s.LoggedAt(ctx, a.ID); at != 7 || !logged || err != nil {
		t.Fatalf("at %d %v %v", at, logged, err)
	}
	_, _, err = s.LoggedAt(ctx, "event-none")
	wantKind(t, err, dataspace.ErrNotFound)
	if size, err := s.LoggedSize(ctx); size != 8 || err != nil {
		t.Fatalf("size %d %v, want 8", size, err)
	}
	events, err := s.FlowEvents(ctx, "flow-1")
	wantKind(t, err, nil)
	rows, err := prove.Encode("shanghai", a, b)
	wantKind(t, err, nil)
	var got []prove.Row
	for _, e := range events {
		got = append(got, e.Row)
	}
	rows[0].Documents, rows[1].Documents = nil, nil
	if diff := cmp.Diff(rows, got); diff != "" {
		t.Fatal(diff)
	}
	if got, err := s.Document(ctx, doc.Digest()); err != nil || string(got) != string(doc) {
		t.Fatalf("document %s %v", got, err)
	}
}

func TestCosignedOnlyGrows(t *testing.T) {
	_, s := openProve(t)
	ctx := t.Context()
	_, err := s.Cosigned(ctx, "w")
	wantKind(t, err, dataspace.ErrNotFound)
	wantKind(t, s.SaveCosigned(ctx, "w", 5, []byte("five")), nil)
	wantKind(t, s.SaveCosigned(ctx, "w", 4, []byte("four")), nil)
	wantKind(t, s.SaveCosigned(ctx, "v", 3, []byte("three")), nil)
	if c, err := s.Cosigned(ctx, "w"); string(c) != "five" || err != nil {
		t.Fatalf("checkpoint %q %v", c, err)
	}
	if size, err := s.CosignedSize(ctx); size != 5 || err != nil {
		t.Fatalf("size %d %v", size, err)
	}
}

func TestWitnessedComparesAndSwaps(t *testing.T) {
	_, s := openProve(t)
	ctx := t.Context()
	none, err := s.Witnessed(ctx, "a/log")
	wantKind(t, err, nil)
	one := tlog.Checkpoint{Origin: "a/log", Size: 1, Root: tlog.Hash{1}}
	two := tlog.Checkpoint{Origin: "a/log", Size: 2, Root: tlog.Hash{2}}
	wantKind(t, s.SetWitnessed(ctx, one, two), dataspace.ErrStale)
	wantKind(t, s.SetWitnessed(ctx, none, one), nil)
	wantKind(t, s.SetWitnessed(ctx, none, two), dataspace.ErrStale)
	wantKind(t, s.SetWitnessed(ctx, one, two), nil)
	if got, err := s.Witnessed(ctx, "a/log"); got != two || err != nil {
		t.Fatalf("witnessed %+v %v", got, err)
	}
}
