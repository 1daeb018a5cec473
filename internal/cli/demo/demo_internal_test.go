package demo

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"hutong/internal/cli/frame"
)

// A gateway that was started but was never ready is stopped like the others.
func TestStopEndsWhatIsNotReady(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "gateway")
	if err := os.WriteFile(program, []byte("#!/bin/sh\ntrap 'exit 0' TERM\nwhile :; do sleep 0.05; done\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	d := &demo{env: &frame.Env{}, ctx: ctx, dir: filepath.Join(dir, "state"), exe: program}
	at := &side{id: "one", dir: filepath.Join(d.dir, "one")}
	if err := d.launch(at); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("launch: %v, want %v", err, context.DeadlineExceeded)
	}
	if at.process == nil {
		t.Fatal("no process was started: the test has not tried anything")
	}
	if err := d.stop(); err != nil {
		t.Error(err)
	}
	if err := at.process.Process.Signal(syscall.Signal(0)); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("the process still runs: %v", err)
	}
}
