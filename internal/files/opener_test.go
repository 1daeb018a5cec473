package files_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"hutong/internal/files"
)

// TestOpener: a source is examined again when a file of it changes, or when it
// is to be read in another way, and not otherwise.
func TestOpener(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a.csv")
	write := func(path, text string, at time.Time) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	write(path, "name,age\nAnn,12\n", now)
	o, err := files.NewOpener(1)
	if err != nil {
		t.Fatal(err)
	}
	open := func(at files.Place, opt files.Options) *files.Source {
		t.Helper()
		s, err := o.Open(at, opt)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	file := files.Place{Path: path}
	first := open(file, files.Options{})
	if again := open(file, files.Options{}); again != first {
		t.Error("the same file was examined again")
	}
	if s := open(file, files.Options{Header: "no"}); s == first || s.Describe().Header == "" {
		t.Errorf("other options gave %+v", s.Describe())
	}
	write(path, "name;age\nAnn;12\n", now.Add(time.Second))
	if s := open(file, files.Options{}); s.Schema().Fields[1].Name != "age" || s.Stamp() == first.Stamp() {
		t.Errorf("a changed file has the columns %v", s.Schema())
	}
	all := files.Place{Path: dir, Within: dir}
	if s := open(all, files.Options{}); s.Describe().Files != 1 {
		t.Errorf("%+v", s.Describe())
	}
	write(filepath.Join(dir, "b.csv"), "name;age\nBob;13\n", now)
	if s := open(all, files.Options{}); s.Describe().Files != 2 {
		t.Errorf("%+v", s.Describe())
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Open(file, files.Options{}); err == nil {
		t.Error("a removed file was opened")
	}
}
