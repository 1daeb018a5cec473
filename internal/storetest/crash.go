package storetest

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

// Reopen opens the stores at a place, as an earlier process left them.
type Reopen func(ctx context.Context, place string) (s Stores, closed func() error, err error)

// The environment variables of the process that is killed.
const (
	crashPlace = "HUTONG_STORETEST_PLACE"
	crashRound = "HUTONG_STORETEST_ROUND"
)

// crashRounds is the number of times that the process is killed.
const crashRounds = 8

// Child writes without end if Crash started this process; otherwise it returns
// false immediately. TestMain calls it.
func Child(open Reopen) (was bool) {
	place := os.Getenv(crashPlace)
	if place == "" {
		return false
	}
	if err := writeForever(place, os.Getenv(crashRound), open); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return true
}

// writeForever changes four flows side by side and prints each change that
// the store has acknowledged.
func writeForever(place, round string, open Reopen) error {
	ctx := context.Background()
	s, _, err := open(ctx, place)
	if err != nil {
		return err
	}
	failed := make(chan error)
	for i := range 4 {
		go func() {
			f := aFlow(dataspace.FlowID(fmt.Sprintf("flow-%s-%d", round, i)))
			err := s.Flows.Create(ctx, f)
			for err == nil {
				if f, err = writeOnce(ctx, s, f); err == nil {
					fmt.Println(f.ID, f.Version)
				}
			}
			failed <- err
		}()
	}
	return <-failed
}

// writeOnce changes a flow, with a document and two events.
func writeOnce(ctx context.Context, s Stores, f flow.Flow) (flow.Flow, error) {
	next := f.Version + 1
	rows, err := encode(f.ID, []dataspace.EventID{dataspace.EventID(fmt.Sprintf("%s.%d.a", f.ID, next)), dataspace.EventID(fmt.Sprintf("%s.%d.b", f.ID, next))})
	if err != nil {
		return flow.Flow{}, err
	}
	return s.Flows.Update(ctx, f, []dataspace.Document{document(f.ID, next)}, rows)
}

// document is the document that a change to a version stores.
func document(id dataspace.FlowID, version int64) dataspace.Document {
	return dataspace.Document(fmt.Sprintf(`{"flow":%q,"version":%d}`, id, version))
}

// Crash kills a writing process at random moments, again and again. It checks
// that every acknowledged change is stored and that every change is complete.
func Crash(t *testing.T, open Reopen) {
	t.Helper()
	place := t.TempDir()
	acked := map[dataspace.FlowID]int64{}
	for round := range crashRounds {
		killRound(t, place, round, acked)
		checkCrashed(t, place, open, acked)
	}
	if len(acked) == 0 {
		t.Fatal("nothing was acknowledged: the test tests nothing")
	}
}

// killRound starts a child, kills it after it has written for a while, and
// records the acknowledged changes.
func killRound(t *testing.T, place string, round int, acked map[dataspace.FlowID]int64) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), crashPlace+"="+place, fmt.Sprintf("%s=%d", crashRound, round))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatalf("the child wrote nothing: %v %s", cmd.Wait(), stderr.String())
	}
	kill := time.AfterFunc(time.Duration(rand.Int64N(int64(150*time.Millisecond))), func() { _ = cmd.Process.Kill() }) // it may have ended
	defer kill.Stop()
	for {
		var id dataspace.FlowID
		var version int64
		// An incomplete last line acknowledges nothing.
		if n, err := fmt.Sscanf(lines.Text()+"\n", "%s %d\n", &id, &version); n == 2 && err == nil {
			acked[id] = max(acked[id], version)
		}
		if !lines.Scan() {
			break
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
}

// checkCrashed opens and checks the stores after a crash.
func checkCrashed(t *testing.T, place string, open Reopen, acked map[dataspace.FlowID]int64) {
	t.Helper()
	ctx := t.Context()
	s, closed, err := open(ctx, place)
	must(t, err)
	defer func() { must(t, closed()) }()
	list, err := s.Flows.List(ctx, flow.Filter{Limit: -1})
	must(t, err)
	versions := map[dataspace.FlowID]int64{}
	for _, f := range list {
		versions[f.ID] = f.Version
		rows, err := s.Evidence.FlowEvents(ctx, f.ID)
		must(t, err)
		if int64(len(rows)) != 2*(f.Version-1) {
			t.Fatalf("flow %s of version %d has %d events, want two of each change", f.ID, f.Version, len(rows))
		}
		for v := int64(2); v <= f.Version; v++ {
			_, err := s.Flows.Document(ctx, document(f.ID, v).Digest())
			must(t, err)
		}
		_, err = s.Flows.Document(ctx, document(f.ID, f.Version+1).Digest())
		wants(t, err, dataspace.ErrNotFound)
	}
	for id, version := range acked {
		if versions[id] < version {
			t.Fatalf("flow %s is of version %d, %d was acknowledged", id, versions[id], version)
		}
	}
}
