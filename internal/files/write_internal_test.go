package files

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"hutong/internal/dataspace"
)

func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return strings.Join(out, " ")
}

func TestCommit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "out.csv")
	for _, content := range []string{"first", "second"} {
		p, err := Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
		if before, _ := os.ReadFile(path); string(before) == content {
			t.Error("the file is there before Commit")
		}
		if err := p.Commit(); err != nil {
			t.Fatal(err)
		}
		if err := p.Abort(); err != nil {
			t.Errorf("abort after commit: %v", err)
		}
		if got, _ := os.ReadFile(path); string(got) != content || names(t, dir) != "out.csv" {
			t.Errorf("content %q, directory %q", got, names(t, dir))
		}
		if _, err := p.Write(nil); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("write after commit: %v", err)
		}
	}
}

func TestAbort(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "out.csv")
	if err := WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	p, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write([]byte("new")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Abort(), p.Abort()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if got, _ := os.ReadFile(path); err != nil || string(got) != "old" || names(t, dir) != "out.csv" || info.Mode().Perm() != 0o640 {
		t.Errorf("content %q, directory %q, mode %v", got, names(t, dir), info.Mode())
	}
}

// broken fails where the test says so.
type broken struct {
	*os.File
	write, sync error
}

func (b broken) Write(p []byte) (int, error) {
	if b.write != nil {
		return 0, b.write
	}
	return b.File.Write(p)
}

func (b broken) Sync() error { return errors.Join(b.sync, b.File.Sync()) }

func TestFullDisk(t *testing.T) {
	t.Parallel()
	full := &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	for name, file := range map[string]broken{"write": {write: full}, "sync": {sync: full}} {
		dir := t.TempDir()
		path := filepath.Join(dir, "out.csv")
		p, err := Create(path)
		if err != nil {
			t.Fatal(err)
		}
		file.File = p.file.(*os.File)
		p.file = file
		_, err = p.Write([]byte("new"))
		if err == nil {
			err = p.Commit()
		}
		var problem *dataspace.Problem
		if !errors.As(err, &problem) || !errors.Is(err, syscall.ENOSPC) || problem.Code != "files.full" || problem.Place != path ||
			!strings.Contains(err.Error(), "nothing of it was left behind") || problem.Hint == "" {
			t.Errorf("%s: error %v", name, err)
		}
		if left := names(t, dir); left != "" {
			t.Errorf("%s: left behind %q", name, left)
		}
	}
}

func TestCommitCannotRename(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	if err := os.MkdirAll(filepath.Join(path, "inner"), 0o700); err != nil {
		t.Fatal(err)
	}
	err := WriteFile(path, []byte("x"), 0o600)
	if err == nil || names(t, dir) != "out" {
		t.Errorf("error %v, directory %q", err, names(t, dir))
	}
}

func TestCreateNoDirectory(t *testing.T) {
	t.Parallel()
	_, err := Create(filepath.Join(t.TempDir(), "none", "out.csv"))
	if !errors.Is(err, dataspace.ErrNotFound) || dataspace.Hint(err) == "" {
		t.Errorf("error %v", err)
	}
}

// TestCleanStale leaves the files that this process writes and removes those of
// a killed one: this test itself, run again as a process that is killed.
func TestCleanStale(t *testing.T) {
	if dir := os.Getenv("FILES_TEST_LEAVE_IN"); dir != "" {
		p, err := Create(filepath.Join(dir, "killed.csv"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write([]byte("half")); err != nil {
			t.Fatal(err)
		}
		self, err := os.FindProcess(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		_ = self.Kill()
		select {}
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestCleanStale$")
	cmd.Env = append(os.Environ(), "FILES_TEST_LEAVE_IN="+dir)
	if err := cmd.Run(); err == nil {
		t.Fatal("the process was not killed")
	}
	if !strings.HasPrefix(names(t, dir), stalePrefix) {
		t.Fatalf("the process left %q", names(t, dir))
	}
	p, err := Create(filepath.Join(dir, "alive.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Abort()
	n, err := CleanStale(dir)
	if err != nil || n != 1 {
		t.Errorf("removed %d, error %v", n, err)
	}
	if err := p.Commit(); err != nil || names(t, dir) != "alive.csv" {
		t.Errorf("error %v, directory %q", err, names(t, dir))
	}
}

// A file in the place of a directory is told at once, not by what fails later.
func TestMakeDir(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	deep := filepath.Join(dir, "a", "b")
	for range 2 {
		if err := MakeDir(deep); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(deep); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory is %v, %v", info, err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(file, "below")} {
		if err := MakeDir(path); !errors.Is(err, dataspace.ErrUnavailable) {
			t.Errorf("a directory at %s: %v", path, err)
		}
	}
}
