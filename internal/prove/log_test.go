package prove_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	xtlog "golang.org/x/mod/sumdb/tlog"

	"hutong/internal/dataspace"
	"hutong/internal/prove"
	"hutong/internal/tlog"
)

func rootOf(data []byte, leaf int) string {
	var b tlog.RootBuilder
	for len(data) > 0 {
		n := min(leaf, len(data))
		b.Add(data[:n])
		data = data[n:]
	}
	r := b.Root()
	return hex.EncodeToString(r[:])
}

func TestEntryIsCanonicalAndHidesDocuments(t *testing.T) {
	e := event(t, dataspace.EventDecision, "flow-1", "decision", map[string]any{"verdict": "cleared"})
	entry, err := prove.Entry("provider", e)
	must(t, err)
	if bytes.Contains(entry, []byte("cleared")) {
		t.Fatal("entry shows its document")
	}
	body, err := prove.ParseEntry(entry)
	must(t, err)
	if want := dataspace.Commit(e.Salts["decision"], e.Documents["decision"]); body.Commitments["decision"] != want {
		t.Fatalf("commitment %v, want %v", body.Commitments["decision"], want)
	}
	again, err := prove.Entry("provider", e)
	must(t, err)
	if !bytes.Equal(entry, again) {
		t.Fatal("the same event gives other bytes")
	}
	delete(e.Salts, "decision")
	_, err = prove.Entry("provider", e)
	wantErr(t, err, dataspace.ErrInvalid, "")
}

// The verifier of another project can prove every entry of the log, and the log
// serves it the tiles.
func TestForeignClientReadsTheLog(t *testing.T) {
	g := newGateway(t, "provider", nil)
	var events []dataspace.Event
	for i := range 300 {
		events = append(events, event(t, dataspace.EventStart, dataspace.FlowID(fmt.Sprintf("flow-%d", i%7)), "n", i))
	}
	g.record(t, events...)
	g.await(t, events...)

	server := httptest.NewServer(g.l.Handler())
	t.Cleanup(server.Close)
	fetcher, err := torchwood.NewTileFetcher(server.URL)
	must(t, err)
	signed, err := fetcher.ReadEndpoint(t.Context(), "checkpoint")
	must(t, err)
	v, err := note.NewVerifier(g.l.Key())
	must(t, err)
	policy := torchwood.ThresholdPolicy(2, torchwood.OriginPolicy("provider/log"), torchwood.SingleVerifierPolicy(v))
	c, _, err := torchwood.VerifyCheckpoint(signed, policy)
	must(t, err)
	client, err := torchwood.NewClient(fetcher)
	must(t, err)
	seen := map[dataspace.EventID]int{}
	lastOf := map[dataspace.FlowID]string{}
	for i, entry := range client.AllEntries(t.Context(), c.Tree, 0) {
		body, err := prove.ParseEntry(entry)
		must(t, err)
		seen[body.ID]++
		if body.At < lastOf[body.Flow] {
			t.Fatalf("entry %d of %s is older than the one before", i, body.Flow)
		}
		lastOf[body.Flow] = body.At
	}
	must(t, client.Err())
	for _, e := range events {
		if seen[e.ID] != 1 {
			t.Fatalf("event %s is %d times in the log", e.ID, seen[e.ID])
		}
	}
	head, err := tlog.ParseCheckpoint(signed)
	must(t, err)
	for _, e := range []dataspace.Event{events[0], events[150], events[299]} {
		index := g.await(t, e)
		hashes, err := g.l.Inclusion(t.Context(), index, head.Size)
		must(t, err)
		entry, err := g.l.EntryAt(t.Context(), index)
		must(t, err)
		proof := tlog.Proof{Index: index, Hashes: hashes, Checkpoint: head}
		must(t, torchwood.VerifyProof(policy, xtlog.RecordHash(entry), proof.Bytes()))
	}
	resp, err := server.Client().Get(server.URL + "/tile/../.state/treeState")
	must(t, err)
	_ = resp.Body.Close()
	if resp.StatusCode != 404 {
		t.Fatalf("private state: %s", resp.Status)
	}
}

// The library guarantees no order within a batch; events of one flow must keep
// their order.
func TestEventsOfAFlowKeepTheirOrder(t *testing.T) {
	g := newGateway(t, "provider", nil)
	byFlow := map[dataspace.FlowID][]dataspace.Event{}
	var all []dataspace.Event
	for i := range 200 {
		flow := dataspace.FlowID(fmt.Sprintf("flow-%d", i%20))
		e := event(t, dataspace.EventStart, flow)
		byFlow[flow] = append(byFlow[flow], e)
		all = append(all, e)
	}
	g.record(t, all...)
	for flow, events := range byFlow {
		last := int64(-1)
		for _, e := range events {
			index := int64(g.await(t, e))
			if index <= last {
				t.Fatalf("%s: index %d after %d", flow, index, last)
			}
			last = index
		}
	}
}

// If a process is killed after the log has an entry and before it is marked,
// the event must not be logged again.
func TestUnmarkedEntriesAreFoundAgain(t *testing.T) {
	g := newGateway(t, "provider", nil)
	a, b := event(t, dataspace.EventStart, "flow-a"), event(t, dataspace.EventStart, "flow-b")
	g.record(t, a)
	g.await(t, a)
	g.record(t, b)
	index := g.await(t, b)
	g.close(t)
	unmark(t, g, b.ID)
	g.open(t)
	if got := g.await(t, b); got != index {
		t.Fatalf("index %d, want %d", got, index)
	}
	if size := g.l.Head().Size; size != 2 {
		t.Fatalf("log has %d entries, want 2", size)
	}
}

func TestMarkFailureIsMadeUpFor(t *testing.T) {
	g := newGateway(t, "provider", nil)
	g.close(t)
	flaky := &flakyStore{Store: g.store, fail: 2}
	cfg := g.config()
	cfg.Store = flaky
	var err error
	g.l, err = prove.Open(t.Context(), cfg)
	must(t, err)
	e := event(t, dataspace.EventStart, "flow-a")
	g.record(t, e)
	until(t, "logged", func() bool { _, err := g.l.Await(t.Context(), e.ID); return err == nil })
	until(t, "healthy", func() bool { return g.l.Health() == nil })
	if size := g.l.Head().Size; size != 1 {
		t.Fatalf("log has %d entries, want 1", size)
	}
}

type flakyStore struct {
	prove.Store
	mu   sync.Mutex
	fail int
}

func (s *flakyStore) MarkLogged(ctx context.Context, marks []prove.Mark) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail--; s.fail >= 0 && len(marks) > 0 {
		return errors.New("disk full")
	}
	return s.Store.MarkLogged(ctx, marks)
}

// If evidence cannot be written, there is an error at once; it is written as
// soon as possible.
func TestLogThatCannotBeWritten(t *testing.T) {
	g := newGateway(t, "provider", nil)
	tile := filepath.Join(g.dir, "log", "tile")
	must(t, os.WriteFile(tile, nil, 0o600)) // the library expects a directory here
	e := event(t, dataspace.EventStart, "flow-a")
	g.record(t, e)
	_, err := g.l.Await(t.Context(), e.ID)
	wantErr(t, err, dataspace.ErrUnavailable, "log.write")
	wantErr(t, g.l.Health(), dataspace.ErrUnavailable, "log.write")
	must(t, os.Remove(tile))
	until(t, "logged", func() bool { _, err := g.l.Await(t.Context(), e.ID); return err == nil })
	until(t, "healthy", func() bool { return g.l.Health() == nil })
}

func TestAwaitUnknownEvent(t *testing.T) {
	g := newGateway(t, "provider", nil)
	_, err := g.l.Await(t.Context(), "event-none")
	wantErr(t, err, dataspace.ErrNotFound, "")
}

func TestSecondWriterIsRefused(t *testing.T) {
	g := newGateway(t, "provider", nil)
	_, err := prove.Open(t.Context(), g.config())
	wantErr(t, err, dataspace.ErrConflict, "log.locked")
}

func TestOldCopyOfTheLogIsRefused(t *testing.T) {
	g := newGateway(t, "provider", nil)
	e := event(t, dataspace.EventStart, "flow-a")
	g.record(t, e)
	g.await(t, e)
	g.close(t)
	must(t, os.RemoveAll(filepath.Join(g.dir, "log")))
	_, err := prove.Open(t.Context(), g.config())
	wantErr(t, err, dataspace.ErrEvidence, "log.rollback")
}

func TestOldCopyOfTheDatabaseIsRefused(t *testing.T) {
	g := newGateway(t, "provider", nil)
	e := event(t, dataspace.EventStart, "flow-a")
	g.record(t, e)
	g.await(t, e)
	g.close(t)
	execSQL(t, g, `DELETE FROM event`)
	_, err := prove.Open(t.Context(), g.config())
	wantErr(t, err, dataspace.ErrEvidence, "log.foreign")
}

func TestLogOfAnotherKeyIsRefused(t *testing.T) {
	g := newGateway(t, "provider", nil)
	g.close(t)
	cfg := g.config()
	cfg.Key = newKey(t)
	_, err := prove.Open(t.Context(), cfg)
	wantErr(t, err, dataspace.ErrEvidence, "log.key")
}

func TestStaleFilesAreRemoved(t *testing.T) {
	g := newGateway(t, "provider", nil)
	e := event(t, dataspace.EventStart, "flow-a")
	g.record(t, e)
	g.await(t, e)
	g.close(t)
	dir := filepath.Join(g.dir, "log")
	before := files(t, dir)
	for _, f := range []string{"checkpoint12345", ".state/treeState99", "tile/0/000.p/11234567", "tile/0/0001234567", "tile/entries/000.p/21234567", "tile/0/x001/002.p/91234567"} {
		path := filepath.Join(dir, filepath.FromSlash(f))
		must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		must(t, os.WriteFile(path, []byte("torn"), 0o600))
	}
	g.open(t)
	if after := files(t, dir); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Fatalf("files %v, want %v", after, before)
	}
	g.await(t, e)
}

func files(t *testing.T, dir string) (out []string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, path)
		}
		return err
	}))
	return out
}
