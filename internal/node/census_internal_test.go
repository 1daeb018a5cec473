package node

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"hutong/internal/census"
	"hutong/internal/dataspace"
	"hutong/internal/files"
	"hutong/internal/objects/folder"
	"hutong/internal/people"
	"hutong/internal/profile"
)

// TestCensuses keeps the people of a dataset by two algorithms, then by one. A
// census that nobody made again must not be found.
func TestCensuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte("email,city\na@example.com,Leeds\nb@example.com,York\na@example.com,Leeds\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "census")
	kept, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	p := &profiler{kept: kept}
	made := func(also string) {
		t.Helper()
		src, err := files.Open(path, files.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := profile.Run(t.Context(), src, profile.Options{Also: also, Dir: t.TempDir(), Classes: everybody})
		if err == nil {
			err = p.keep(t.Context(), "f1", r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	count := func(algorithm string) (n int, err error) {
		c, err := p.Census(t.Context(), "f1")
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, c.Close()) }()
		err = c.Each(algorithm, func(string) bool { return true }, everybody, func([16]byte, people.Classes) error {
			n++
			return nil
		})
		return n, err
	}
	check := func(when, algorithm string, want int, wantErr error) {
		t.Helper()
		if n, err := count(algorithm); n != want || !errors.Is(err, wantErr) {
			t.Errorf("%s: %d people by %s (%v), want %d (%v)", when, n, algorithm, err, want, wantErr)
		}
	}
	made(census.OldAlgorithm)
	check("both", census.Algorithm, 2, nil)
	check("both", census.OldAlgorithm, 2, nil)
	check("both", "another", 0, dataspace.ErrNotFound)
	made("")
	check("one", census.Algorithm, 2, nil)
	check("one", census.OldAlgorithm, 0, dataspace.ErrNotFound)
	made(census.OldAlgorithm)
	if err := p.Forget(t.Context(), "f1"); err != nil {
		t.Fatal(err)
	}
	check("forgotten", census.Algorithm, 0, dataspace.ErrNotFound)
	left, err := filepath.Glob(filepath.Join(dir, "*.census"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

var everybody = []dataspace.CountClass{{ID: "all"}}
