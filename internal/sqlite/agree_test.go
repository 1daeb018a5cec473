package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/sqlite"
)

func openAgree(t *testing.T, path string) (*sqlite.DB, *sqlite.Agree) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db, sqlite.NewAgree(db)
}

func processRow(id, origin string) agree.Row {
	at := time.UnixMicro(1767225600000001).UTC()
	return agree.Row{
		Ref: agree.Ref{Kind: agree.KindNegotiation, ID: id}, Origin: origin, Local: "alpha", Flow: "flow-" + dataspace.FlowID(id),
		Agreement: "agreement-" + dataspace.AgreementID(id), State: agree.Requested, Pending: true, Changed: 2,
		Body: []byte(`{"a":1}`), Created: at, Updated: at,
	}
}

func TestAgreeStoreKeepsRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	db, store := openAgree(t, path)
	ctx := t.Context()
	r := processRow("n1", "from b")
	if err := store.Create(ctx, r); err != nil {
		t.Fatal(err)
	}
	r.Version = 1
	same := func(want agree.Row) {
		t.Helper()
		for _, load := range []func() (agree.Row, error){
			func() (agree.Row, error) { return store.Load(ctx, want.Ref) },
			func() (agree.Row, error) { return store.ByOrigin(ctx, "from b") },
		} {
			got, err := load()
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Fatalf("%v\n%s", err, diff)
			}
		}
	}
	same(r)
	again := r
	again.Origin = ""
	if err := store.Create(ctx, again); !errors.Is(err, dataspace.ErrConflict) {
		t.Fatalf("same id: %v", err)
	}
	again.Ref.ID, again.Origin = "n2", r.Origin
	if err := store.Create(ctx, again); !errors.Is(err, dataspace.ErrConflict) {
		t.Fatalf("same origin: %v", err)
	}
	r.State, r.Pending, r.Changed, r.Body, r.Updated = agree.Offered, false, 3, []byte(`{}`), r.Updated.Add(time.Second)
	if err := store.Update(ctx, r); err != nil {
		t.Fatal(err)
	}
	if err := store.Update(ctx, r); !errors.Is(err, dataspace.ErrStale) {
		t.Fatalf("old version: %v", err)
	}
	r.Version = 2
	same(r)
	if _, err := store.Load(ctx, agree.Ref{Kind: agree.KindTransfer, ID: "n1"}); !errors.Is(err, dataspace.ErrNotFound) {
		t.Fatal(err)
	}
	if _, err := store.ByOrigin(ctx, ""); !errors.Is(err, dataspace.ErrNotFound) {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil { // durable
		t.Fatal(err)
	}
	_, store = openAgree(t, path)
	same(r)
}

func TestAgreeStoreFindsWork(t *testing.T) {
	_, store := openAgree(t, filepath.Join(t.TempDir(), "a.db"))
	ctx := t.Context()
	for i, id := range []string{"pending", "changed", "quiet"} {
		r := processRow(id, "")
		r.Pending, r.Changed = id == "pending", int64(len("xxx")*min(i, 1))
		r.Created = r.Created.Add(time.Duration(i) * time.Second)
		if err := store.Create(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	handled := func(id string, upTo int64) {
		t.Helper()
		err := store.Handled(ctx, []agree.Mark{{Ref: agree.Ref{Kind: agree.KindNegotiation, ID: id}, Changed: upTo}})
		if err != nil {
			t.Fatal(err)
		}
	}
	unfinished := func(want ...string) {
		t.Helper()
		refs, err := store.Unfinished(ctx, agree.Ref{}, 10)
		var got []string
		for _, r := range refs {
			got = append(got, r.ID)
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("%v\n%s", err, diff)
		}
	}
	handled("quiet", 3)
	unfinished("pending", "changed")
	handled("changed", 2)
	unfinished("pending", "changed")
	if refs, err := store.Unfinished(ctx, agree.Ref{}, 1); err != nil || len(refs) != 1 || refs[0].ID != "pending" {
		t.Errorf("the first page is %v, %v", refs, err)
	} else if refs, err = store.Unfinished(ctx, refs[0], 1); err != nil || len(refs) != 1 || refs[0].ID != "changed" {
		t.Errorf("the second page is %v, %v", refs, err)
	} else if refs, err = store.Unfinished(ctx, refs[0], 1); err != nil || len(refs) != 0 {
		t.Errorf("the last page is %v, %v", refs, err)
	}
	handled("changed", 3)
	handled("changed", 1) // an old mark changes nothing
	unfinished("pending")
}

func TestAgreeStoreLists(t *testing.T) {
	_, store := openAgree(t, filepath.Join(t.TempDir(), "a.db"))
	ctx := t.Context()
	for i, id := range []string{"n1", "n2", "n3"} {
		r := processRow(id, "")
		r.Created = r.Created.Add(time.Duration(i) * time.Second)
		if i == 2 {
			r.Kind, r.Local = agree.KindTransfer, "other"
		}
		if err := store.Create(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		filter agree.Filter
		want   []string
	}{
		"all":       {agree.Filter{}, []string{"n3", "n2", "n1"}},
		"kind":      {agree.Filter{Kind: agree.KindNegotiation}, []string{"n2", "n1"}},
		"local":     {agree.Filter{Local: "other"}, []string{"n3"}},
		"flow":      {agree.Filter{Flow: "flow-n2"}, []string{"n2"}},
		"agreement": {agree.Filter{Agreement: "agreement-n1", State: agree.Requested}, []string{"n1"}},
		"state":     {agree.Filter{State: agree.Finalized}, nil},
		"limit":     {agree.Filter{Limit: 1}, []string{"n3"}},
	} {
		rows, err := store.List(ctx, c.filter)
		var got []string
		for _, r := range rows {
			got = append(got, r.ID)
		}
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

// TestAgreeStoreOneWinner: of many that change the same version, one does.
func TestAgreeStoreOneWinner(t *testing.T) {
	_, store := openAgree(t, filepath.Join(t.TempDir(), "a.db"))
	r := processRow("n1", "")
	if err := store.Create(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	r.Version = 1
	var wg sync.WaitGroup
	results := make(chan error, 20)
	for range cap(results) {
		wg.Go(func() { results <- store.Update(context.WithoutCancel(t.Context()), r) })
	}
	wg.Wait()
	close(results)
	won := 0
	for err := range results {
		if err == nil {
			won++
		} else if !errors.Is(err, dataspace.ErrStale) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Fatalf("%d won", won)
	}
}
