package deliver_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
)

// oldGrant is a body as an older version stored it, when the members had the
// names of the fields.
const oldGrant = `{"ID":"transfer-1","Flow":"flow-1","Dataset":"tickets","Source":"/data/t.csv","Stamp":"s","Profile":{"source":{"name":"t.csv","format":"csv","files":1,"sha256":"ab"},"rows":3,"columns":null},"Plan":{"format":"csv","columns":[{"name":"mail","action":"mask","first":1}]},"Recipient":"far/lion","Format":"hutong-leaves-PULL","ExpiresAt":"0001-01-01T00:00:00Z","State":"","Reason":"","Result":null}`

// A grant that an older version stored is the same grant, and is written in the
// new form.
func TestGrantOfOlderForm(t *testing.T) {
	g, err := deliver.DecodeGrant([]byte(oldGrant))
	if err != nil {
		t.Fatal(err)
	}
	if g.ID != "transfer-1" || g.Flow != "flow-1" || g.Dataset != "tickets" || g.Source != dataspace.FileSource("/data/t.csv") || g.Stamp != "s" ||
		g.Profile.Source.SHA256 != "ab" || len(g.Plan.Columns) != 1 || g.Plan.Columns[0].Action != dataspace.Mask || g.Recipient != "far/lion" || g.Format != "hutong-leaves-PULL" {
		t.Fatalf("%+v", g)
	}
	data, err := deliver.EncodeGrant(g)
	if err != nil {
		t.Fatal(err)
	}
	again, err := deliver.DecodeGrant(data)
	if diff := cmp.Diff(g, again); err != nil || diff != "" {
		t.Fatal(err, diff)
	}
}

// What a newer version stored is refused.
func TestGrantOfNewerForm(t *testing.T) {
	if _, err := deliver.DecodeGrant([]byte(`{"body_version":2,"id":"transfer-1"}`)); !errors.Is(err, dataspace.ErrInvalid) || dataspace.Hint(err) == "" {
		t.Fatalf("error %v", err)
	}
	if _, err := deliver.DecodeGrant([]byte(`{"id":`)); err == nil {
		t.Fatal("half a grant was read")
	}
}
