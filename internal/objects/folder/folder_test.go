package folder_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hutong/internal/objects"
	"hutong/internal/objects/folder"
	"hutong/internal/objects/objectstest"
)

// ctx is that of the child, which is killed and never cancelled.
var ctx = context.Background()

// childDir is set for the process that TestKilled kills.
const childDir = "HUTONG_FOLDER_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := putForever(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func open(t *testing.T, dir string) *folder.Store {
	t.Helper()
	s, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) {
	objectstest.Run(t, func(t *testing.T) objects.Store { return open(t, filepath.Join(t.TempDir(), "new", "objects")) })
}

// putForever stores an object that never ends, once another one is stored.
func putForever(dir string) error {
	s, err := folder.Open(dir)
	if err != nil {
		return err
	}
	if _, err := s.Put(ctx, "a/whole", strings.NewReader("whole"), objects.Want{}); err != nil {
		return err
	}
	r, w := io.Pipe()
	go func() {
		for n := 0; ; n++ {
			if _, err := w.Write(bytes.Repeat([]byte{1}, 1<<16)); err != nil {
				return
			}
			if n == 4 {
				fmt.Println("under way")
			}
		}
	}()
	_, err = s.Put(ctx, "a/whole", r, objects.Want{})
	return err
}

// A process that is killed while it stores leaves the earlier objects, and
// nothing else after the folder is opened again.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 10)
	if _, err := io.ReadFull(out, line); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	s := open(t, dir)
	list, err := s.List(t.Context(), "", "", 10)
	if err != nil || len(list) != 1 || list[0].Size != 5 {
		t.Fatalf("there is %+v (%v), want the whole one alone", list, err)
	}
	left, err := os.ReadDir(filepath.Join(dir, "a"))
	if err != nil || len(left) != 1 {
		t.Fatalf("the directory holds %v (%v)", left, err)
	}
}
