package node

import (
	"os"
	"path/filepath"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

func TestOpenFiles(t *testing.T) {
	base := t.TempDir()
	outbox := filepath.Join(base, "outbox")
	if err := os.MkdirAll(filepath.Join(outbox, "acme"), 0o700); err != nil {
		t.Fatal(err)
	}
	secret, own := filepath.Join(base, "secret.csv"), filepath.Join(outbox, "acme", "own.csv")
	for _, path := range []string{secret, own} {
		if err := os.WriteFile(path, []byte("id,city\n1,a\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(outbox, "acme", "link.csv")
	if err := os.Symlink(secret, link); err != nil {
		t.Fatal(err)
	}
	from, err := newSources(outbox, nil)
	if err != nil {
		t.Fatal(err)
	}
	for path, opens := range map[string]bool{
		own: true, secret: true, link: false, filepath.Join(outbox, "acme", "..", "acme", "link.csv"): false,
	} {
		if _, err := from.open(flow.Supply{Source: dataspace.FileSource(path)}); (err == nil) != opens {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// Each kind of source has a finder, and each finder has a kind.
func TestEveryKindOpens(t *testing.T) {
	kinds := dataspace.SourceKinds()
	for _, kind := range kinds {
		if places[kind] == nil {
			t.Errorf("nothing finds a source of kind %s", kind)
		}
	}
	if len(kinds) < 2 || len(places) != len(kinds) {
		t.Errorf("%d kinds, %d places", len(kinds), len(places))
	}
}
