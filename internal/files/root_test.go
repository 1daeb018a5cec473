package files_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/files"
	"hutong/internal/table"
)

// A link inside a source that leads out of it is refused and named, without what
// it leads to; the source itself may be a link, and links inside may stay inside.
func TestLinkInSource(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "dir")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{filepath.Join(base, "secret.csv"): "secret\n1\n", filepath.Join(dir, "a.csv"): "id,city\n1,a\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to, path string) {
		t.Helper()
		if err := os.Symlink(to, path); err != nil {
			t.Fatal(err)
		}
	}
	link("a.csv", filepath.Join(dir, "b.csv"))
	link(dir, filepath.Join(base, "alias"))
	for _, within := range []func(string) (*files.Source, error){
		func(path string) (*files.Source, error) { return files.Open(path, files.Options{}) },
		func(path string) (*files.Source, error) {
			return files.Place{Path: path, Within: base}.Open(files.Options{})
		},
	} {
		s, err := within(dir)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := rows(t, s); err != nil || n != 2 {
			t.Errorf("%d rows, %v", n, err)
		}
		if n, err := (files.Place{Path: dir, Within: base}).Size(); err != nil || n != s.Size() || n == 0 {
			t.Errorf("%d bytes and %v, the open source has %d", n, err, s.Size())
		}
	}
	if _, err := files.Open(filepath.Join(base, "alias"), files.Options{}); err != nil {
		t.Errorf("a source that is a link: %v", err)
	}
	for _, to := range []string{filepath.Join(base, "secret.csv"), "../secret.csv"} {
		out := filepath.Join(dir, "c.csv")
		link(to, out)
		for _, err := range []error{second(files.Open(dir, files.Options{})), second(files.Place{Path: dir, Within: base}.Open(files.Options{}))} {
			var p *dataspace.Problem
			if !errors.As(err, &p) || p.Code != "files.link" || p.Place != out {
				t.Errorf("%s: %v", to, err)
			}
		}
		if err := os.Remove(out); err != nil {
			t.Fatal(err)
		}
	}
	// A file that becomes such a link later.
	s, err := files.Open(dir, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "a.csv")); err != nil {
		t.Fatal(err)
	}
	link("../secret.csv", filepath.Join(dir, "a.csv"))
	if _, err := rows(t, s); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("read what a link leads to: %v", err)
	}
}

func second(_ *files.Source, err error) error { return err }

// A person who may write into a directory must not read files outside of it
// through links, also not by changing a file into a link between two checks.
func TestPlaceWithin(t *testing.T) {
	base := t.TempDir()
	dir, secret := filepath.Join(base, "acme"), filepath.Join(base, "secret.csv")
	if err := os.MkdirAll(filepath.Join(dir, "parts"), 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(path string) {
		t.Helper()
		if err := os.WriteFile(path, []byte("id,city\n1,a\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to, path string) {
		t.Helper()
		if err := os.Symlink(to, path); err != nil {
			t.Fatal(err)
		}
	}
	write(secret)
	good, inner := filepath.Join(dir, "good.csv"), filepath.Join(dir, "parts", "a.csv")
	write(good)
	write(inner)
	link("good.csv", filepath.Join(dir, "alias.csv"))
	for _, path := range []string{good, filepath.Join(dir, "alias.csv"), filepath.Join(dir, "parts")} {
		s, err := files.Place{Path: path, Within: dir}.Open(files.Options{})
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if n, err := rows(t, s); err != nil || n != 1 {
			t.Errorf("%s: %d rows, %v", path, n, err)
		}
	}

	link(secret, filepath.Join(dir, "out.csv"))
	link(base, filepath.Join(dir, "up"))
	for _, path := range []string{filepath.Join(dir, "out.csv"), filepath.Join(dir, "up", "secret.csv"), filepath.Join(dir, "..", "secret.csv"), secret} {
		if _, err := (files.Place{Path: path, Within: dir}).Size(); err == nil {
			t.Errorf("%s has a size", path)
		}
		if _, err := (files.Place{Path: path, Within: dir}).Open(files.Options{}); err == nil {
			t.Errorf("%s leads out of the directory and is opened", path)
		}
	}

	s, err := files.Place{Path: good, Within: dir}.Open(files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(good); err != nil {
		t.Fatal(err)
	}
	link(secret, good)
	if _, err := rows(t, s); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("a file that became a link leading out: %v", err)
	}
	if err := os.Remove(inner); err != nil {
		t.Fatal(err)
	}
	link(secret, inner)
	if _, err := (files.Place{Path: filepath.Join(dir, "parts"), Within: dir}).Open(files.Options{}); err == nil {
		t.Error("a directory is opened with a file that leads out")
	}
}

func rows(t *testing.T, s *files.Source) (n int, err error) {
	t.Helper()
	r, err := s.Read(t.Context())
	if err != nil {
		return 0, err
	}
	defer r.Close() // only read
	var b table.Batch
	for {
		if err := r.Next(&b); errors.Is(err, io.EOF) {
			return n, nil
		} else if err != nil {
			return n, err
		}
		n += b.Rows
	}
}
