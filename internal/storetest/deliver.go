package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
)

func grantSuite(t *testing.T, open Open) {
	part(t, open, "contents", grantContents)
	part(t, open, "states", grantStates)
	part(t, open, "result", grantResult)
	part(t, open, "race", grantRace)
}

func aGrant(id dataspace.TransferID) deliver.Grant {
	element := dataspace.ElementID("email")
	return deliver.Grant{
		ID: id, Flow: "flow-1", Dataset: "members", Stamp: "s", Recipient: "far/lion", Format: deliver.HutongLeaves, ExpiresAt: at(60).Local(),
		Profile: dataspace.Profile{Source: dataspace.ProfileSource{Name: "members.csv", SHA256: dataspace.DigestOf(nil)}},
		Plan:    dataspace.Plan{Format: "csv", Columns: []dataspace.ColumnPlan{{Name: "mail", Element: &element, Action: dataspace.Mask, First: 1}}},
	}
}

// sameGrant compares grants; it ignores the time zone in which a time is
// written.
func sameGrant(t *testing.T, got, want deliver.Grant) {
	t.Helper()
	got.ExpiresAt, want.ExpiresAt = got.ExpiresAt.UTC(), want.ExpiresAt.UTC()
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
}

func grantContents(t *testing.T, s Stores) {
	ctx := t.Context()
	g, one, two := aGrant("t-1"), deliver.HashToken("one"), deliver.HashToken("two")
	must(t, s.Grants.PutGrant(ctx, g, one))
	g.State = deliver.GrantActive // whatever it was
	got, err := s.Grants.Grant(ctx, g.ID)
	must(t, err)
	sameGrant(t, got, g)
	got, err = s.Grants.GrantByToken(ctx, one)
	must(t, err)
	sameGrant(t, got, g)
	g.Stamp = "later"
	must(t, s.Grants.PutGrant(ctx, g, two))
	_, err = s.Grants.GrantByToken(ctx, one)
	wants(t, err, dataspace.ErrNotFound)
	got, err = s.Grants.GrantByToken(ctx, two)
	must(t, err)
	sameGrant(t, got, g)
	_, err = s.Grants.Grant(ctx, "t-none")
	wants(t, err, dataspace.ErrNotFound)
}

func grantStates(t *testing.T, s Stores) {
	ctx := t.Context()
	wants(t, s.Grants.SetGrantState(ctx, "t-none", deliver.GrantSuspended, ""), dataspace.ErrNotFound)
	for _, end := range []deliver.GrantState{deliver.GrantRevoked, deliver.GrantDead} {
		g := aGrant(dataspace.TransferID(end))
		token := deliver.HashToken(string(end))
		must(t, s.Grants.PutGrant(ctx, g, token))
		must(t, s.Grants.SetGrantState(ctx, g.ID, deliver.GrantSuspended, "asked"))
		got, err := s.Grants.GrantByToken(ctx, token) // found in any state
		must(t, err)
		equal(t, got.State, deliver.GrantSuspended)
		equal(t, got.Reason, "asked")
		must(t, s.Grants.PutGrant(ctx, g, token)) // goes on
		must(t, s.Grants.SetGrantState(ctx, g.ID, end, "why"))
		must(t, s.Grants.SetGrantState(ctx, g.ID, end, "again"))
		wants(t, s.Grants.SetGrantState(ctx, g.ID, deliver.GrantActive, ""), dataspace.ErrConflict)
		wants(t, s.Grants.PutGrant(ctx, g, token), dataspace.ErrConflict)
		got, err = s.Grants.Grant(ctx, g.ID)
		must(t, err)
		equal(t, got.State, end)
		equal(t, got.Reason, "why")
	}
}

func grantResult(t *testing.T, s Stores) {
	ctx := t.Context()
	g, token := aGrant("t-1"), deliver.HashToken("one")
	r := deliver.Result{Root: dataspace.DigestOf([]byte("r")), Size: 10, Rows: 2, Leaves: 1}
	wants(t, s.Grants.SetGrantResult(ctx, g.ID, r), dataspace.ErrNotFound)
	must(t, s.Grants.PutGrant(ctx, g, token))
	must(t, s.Grants.SetGrantResult(ctx, g.ID, r))
	must(t, s.Grants.SetGrantResult(ctx, g.ID, r))
	other := r
	other.Size++
	wants(t, s.Grants.SetGrantResult(ctx, g.ID, other), dataspace.ErrConflict)
	must(t, s.Grants.PutGrant(ctx, g, token)) // it stays when the grant goes on
	got, err := s.Grants.Grant(ctx, g.ID)
	must(t, err)
	if got.Result == nil || *got.Result != r {
		t.Fatalf("result %+v, want %+v", got.Result, r)
	}
}

// grantRace records results of a grant, and then changes its state, from many
// goroutines.
func grantRace(t *testing.T, s Stores) {
	ctx := t.Context()
	g := aGrant("t-1")
	must(t, s.Grants.PutGrant(ctx, g, deliver.HashToken("one")))
	winner(t, 16, dataspace.ErrConflict, func(i int) error {
		return s.Grants.SetGrantResult(ctx, g.ID, deliver.Result{Rows: int64(i)})
	})
	many(16, func(i int) {
		if i%2 == 0 {
			must(t, s.Grants.SetGrantState(ctx, g.ID, deliver.GrantRevoked, ""))
		} else if err := s.Grants.SetGrantState(ctx, g.ID, deliver.GrantSuspended, ""); err != nil {
			wants(t, err, dataspace.ErrConflict)
		}
	})
	got, err := s.Grants.Grant(ctx, g.ID)
	must(t, err)
	equal(t, got.State, deliver.GrantRevoked)
}
