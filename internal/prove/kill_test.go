package prove_test

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/prove"
	"hutong/internal/sqlite"
	"hutong/internal/tlog"
)

// childDir is set for the process that TestKilledGateway kills.
const childDir = "HUTONG_PROVE_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := child(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// killKey is the log's key in parent and child.
func killKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) }

func openKilled(ctx context.Context, dir string) (*sqlite.DB, *prove.Log, error) {
	db, err := sqlite.Open(ctx, filepath.Join(dir, "state.db"))
	if err != nil {
		return nil, nil, err
	}
	l, err := prove.Open(ctx, prove.Config{Dir: filepath.Join(dir, "log"), Gateway: "killed", Key: killKey(), Store: sqlite.NewProveStore(db), Logger: slog.New(slog.DiscardHandler)})
	return db, l, err
}

// child records events without end and prints the id of each that was
// acknowledged.
func child(dir string) error {
	ctx := context.Background()
	db, l, err := openKilled(ctx, dir)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	failed := make(chan error)
	for i := range 8 {
		go func() {
			for {
				e, err := prove.NewEvent(dataspace.EventStart, dataspace.FlowID(fmt.Sprintf("flow-%d", i)), time.Now(), nil)
				var rows []prove.Row
				if err == nil {
					rows, err = prove.Encode("killed", e)
				}
				if err == nil {
					err = db.Update(ctx, func(tx *sql.Tx) error { return sqlite.InsertEvents(tx, rows) })
				}
				l.Notify()
				if err == nil {
					_, err = l.Await(ctx, e.ID)
				}
				if err != nil {
					failed <- err
					return
				}
				fmt.Println(e.ID)
			}
		}()
	}
	return <-failed
}

// A gateway that was killed at any moment restarts, and its log contains each
// event that happened exactly once. HUTONG_KILL_ROUNDS asks for more than the
// usual rounds.
func TestKilledGateway(t *testing.T) {
	t.Parallel()
	rounds := 20
	if s := os.Getenv("HUTONG_KILL_ROUNDS"); s != "" {
		var err error
		rounds, err = strconv.Atoi(s)
		must(t, err)
	}
	dir := t.TempDir()
	acked := map[dataspace.EventID]bool{}
	for range rounds {
		for _, id := range killRound(t, dir) {
			acked[id] = true
		}
	}
	db, l, err := openKilled(t.Context(), dir)
	must(t, err)
	defer func() { must(t, db.Close()) }()
	store := sqlite.NewProveStore(db)
	until(t, "outbox empty", func() bool {
		pending, err := store.Pending(t.Context(), 1)
		must(t, err)
		return len(pending) == 0
	})
	size, err := store.LoggedSize(t.Context())
	must(t, err)
	until(t, "published", func() bool { return l.Head().Size >= size })
	if l.Head().Size != size {
		t.Fatalf("log has %d entries, %d are marked", l.Head().Size, size)
	}
	seen := map[dataspace.EventID]bool{}
	for i := range size {
		entry, err := l.EntryAt(t.Context(), i)
		must(t, err)
		body, err := prove.ParseEntry(entry)
		must(t, err)
		if seen[body.ID] {
			t.Fatalf("event %s is in the log twice", body.ID)
		}
		seen[body.ID] = true
		if at, ok, err := store.LoggedAt(t.Context(), body.ID); err != nil || !ok || at != i {
			t.Fatalf("event %s at %d is marked at %d (%v): %v", body.ID, i, at, ok, err)
		}
	}
	var events int
	must(t, db.Read().QueryRow(`SELECT count(*) FROM event`).Scan(&events))
	if events != len(seen) {
		t.Fatalf("%d events happened, the log has %d", events, len(seen))
	}
	for id := range acked {
		if !seen[id] {
			t.Fatalf("acknowledged event %s is not in the log", id)
		}
	}
	if len(acked) == 0 {
		t.Fatal("nothing was acknowledged: the test tests nothing")
	}
	t.Logf("%d rounds, %d events, %d acknowledged", rounds, events, len(acked))
	must(t, l.Close(t.Context()))
}

// killRound starts the child, kills it after a random time, and returns what
// it acknowledged.
func killRound(t *testing.T, dir string) (acked []dataspace.EventID) {
	t.Helper()
	before := readHead(t, dir)
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	var once sync.Once
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "ready" {
			time.AfterFunc(time.Duration(rand.IntN(250_000))*time.Microsecond, func() {
				once.Do(func() { _ = cmd.Process.Kill() }) // SIGKILL
			})
			continue
		}
		acked = append(acked, dataspace.EventID(lines.Text()))
	}
	_, _ = io.Copy(io.Discard, out)
	if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("child ended by itself: %v\n%s", err, stderr.String())
	}
	if after := readHead(t, dir); after.Size < before.Size {
		t.Fatalf("checkpoint of %d after one of %d", after.Size, before.Size)
	}
	// An incomplete last line is not an acknowledgement.
	if n := len(acked); n > 0 && len(acked[n-1]) != len("event-")+26 {
		acked = acked[:n-1]
	}
	return acked
}

func readHead(t *testing.T, dir string) tlog.Checkpoint {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "log", "checkpoint"))
	if os.IsNotExist(err) {
		return tlog.Checkpoint{}
	}
	must(t, err)
	c, err := tlog.ParseCheckpoint(data)
	must(t, err)
	return c.Checkpoint
}
