package deliver

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"hutong/internal/dataspace"
)

func downloadAt(t *testing.T, dir string) (*download, error) {
	t.Helper()
	l, err := openDownload(&Request{Dir: dir, Name: "x.csv", Transfer: "t", Format: HutongLeaves})
	if err == nil {
		t.Cleanup(func() { _ = l.close() }) // some were closed on the way
	}
	return l, err
}

func TestDiskFull(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Skip("needs /dev/full")
	}
	dir := t.TempDir()
	l, err := downloadAt(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	first := bytes.Repeat([]byte("a"), LeafSize)
	if err := l.add(first); err != nil {
		t.Fatal(err)
	}
	if err := l.sync(); err != nil {
		t.Fatal(err)
	}
	part := l.part
	l.part = full
	err = l.add(first)
	var p *dataspace.Problem
	if !errors.As(err, &p) || p.Code != "deliver.disk.full" || p.Hint == "" || !errors.Is(err, dataspace.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
	l.part = part
	if err := errors.Join(l.close(), full.Close()); err != nil {
		t.Fatal(err)
	}
	again, err := downloadAt(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	if again.held() != 1 {
		t.Errorf("%d leaves kept, want 1", again.held())
	}
}

func TestTwoAtOnce(t *testing.T) {
	dir := t.TempDir()
	if _, err := downloadAt(t, dir); err != nil {
		t.Fatal(err)
	}
	if _, err := downloadAt(t, dir); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("second: %v", err)
	}
}

func TestNameTaken(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.csv"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := downloadAt(t, dir); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("error %v", err)
	}
}

// If the process is killed between any two steps of publishing, the next Pull
// ends with the same file and result.
func TestPublishKilled(t *testing.T) {
	for step, name := range []string{"before", "truncated", "recorded", "renamed", "taken-away"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			l, err := downloadAt(t, dir)
			if err != nil {
				t.Fatal(err)
			}
			if err := l.add([]byte("whole")); err != nil {
				t.Fatal(err)
			}
			want := l.whole(1)
			switch step {
			case 0:
			case 1:
				err = l.part.Truncate(want.Size)
			default:
				err = l.publish(want)
			}
			if err == nil && step == 2 { // as if the rename had not happened
				err = os.Rename(filepath.Join(dir, "x.csv"), partPath(dir, "x.csv"))
			}
			if err == nil && step == 4 {
				err = os.Remove(filepath.Join(dir, "x.csv"))
			}
			if err := errors.Join(err, l.close()); err != nil {
				t.Fatal(err)
			}
			next, err := downloadAt(t, dir)
			if err != nil {
				t.Fatal(err)
			}
			if step < 2 {
				if next.done != nil || next.held() != 0 {
					t.Fatal("taken for done")
				}
				if err := next.add([]byte("whole")); err != nil {
					t.Fatal(err)
				}
				if err := next.publish(next.whole(1)); err != nil {
					t.Fatal(err)
				}
			} else if err := next.rename(); err != nil {
				t.Fatal(err)
			}
			if next.done == nil || *next.done != want {
				t.Errorf("result %+v, want %+v", next.done, want)
			}
			got, err := os.ReadFile(filepath.Join(dir, "x.csv"))
			if step < 4 && string(got) != "whole" {
				t.Errorf("file %q, %v", got, err)
			}
		})
	}
}
