package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/sqlite"
)

func TestDeliverStore(t *testing.T) {
	ctx := context.Background()
	file := filepath.Join(t.TempDir(), "state.db")
	db, err := sqlite.Open(ctx, file)
	if err != nil {
		t.Fatal(err)
	}
	s := sqlite.NewDeliverStore(db)
	email := dataspace.ElementID("email")
	g := deliver.Grant{
		ID: "urn:uuid:1", Flow: "flow-1", Dataset: "members", Source: "/data/members.csv", Stamp: "s",
		Profile:   dataspace.Profile{Source: dataspace.ProfileSource{Name: "members.csv", SHA256: dataspace.DigestOf(nil)}},
		Plan:      dataspace.Plan{Format: "csv", Columns: []dataspace.ColumnPlan{{Name: "mail", Element: &email, Action: dataspace.Mask, First: 1}}},
		Recipient: "peer/acme", Format: deliver.HutongLeaves, ExpiresAt: time.UnixMicro(1_800_000_000_000_000),
	}
	one, two := deliver.HashToken("one"), deliver.HashToken("two")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	wants := func(err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Fatalf("error %v, want %v", err, want)
		}
	}
	must(s.PutGrant(ctx, g, one))
	result := deliver.Result{Root: dataspace.DigestOf([]byte("r")), Size: 10, Rows: 2, Leaves: 1}
	must(s.SetGrantResult(ctx, g.ID, result))
	must(s.SetGrantResult(ctx, g.ID, result))
	other := result
	other.Size = 11
	wants(s.SetGrantResult(ctx, g.ID, other), dataspace.ErrConflict)
	wants(s.SetGrantResult(ctx, "nobody", result), dataspace.ErrNotFound)

	must(s.SetGrantState(ctx, g.ID, deliver.GrantSuspended, "asked"))
	must(s.PutGrant(ctx, g, two)) // goes on with a new token
	_, err = s.GrantByToken(ctx, one)
	wants(err, dataspace.ErrNotFound)

	// Everything survives a restart.
	must(db.Close())
	db, err = sqlite.Open(ctx, file)
	must(err)
	defer db.Close()
	s = sqlite.NewDeliverStore(db)
	got, err := s.GrantByToken(ctx, two)
	must(err)
	want := g
	want.State, want.Result = deliver.GrantActive, &result
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	must(s.SetGrantState(ctx, g.ID, deliver.GrantDead, "deliver.guard"))
	must(s.SetGrantState(ctx, g.ID, deliver.GrantDead, "again"))
	wants(s.SetGrantState(ctx, g.ID, deliver.GrantActive, ""), dataspace.ErrConflict)
	wants(s.PutGrant(ctx, g, one), dataspace.ErrConflict)
	wants(s.SetGrantState(ctx, "nobody", deliver.GrantRevoked, ""), dataspace.ErrNotFound)
	if got, err = s.Grant(ctx, g.ID); err != nil || got.Reason != "deliver.guard" {
		t.Errorf("reason %q, error %v", got.Reason, err)
	}
}
