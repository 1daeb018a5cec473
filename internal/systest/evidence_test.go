package systest_test

import (
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the driver

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/prove"
)

// logEntries reads the log's entries as an auditor would, from its tiles.
func logEntries(t *testing.T, data string) []prove.EntryBody {
	t.Helper()
	head, err := os.ReadFile(filepath.Join(data, "log", "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	size, err := strconv.Atoi(strings.Split(string(head), "\n")[1])
	if err != nil {
		t.Fatal(err)
	}
	var out []prove.EntryBody
	for n := 0; len(out) < size; n++ {
		name := filepath.Join(data, "log", "tile", "entries", tileName(n))
		want := min(size-256*n, 256)
		raw, err := os.ReadFile(name)
		if err != nil {
			raw, err = os.ReadFile(filepath.Join(name+".p", strconv.Itoa(want)))
		}
		if err != nil {
			t.Fatalf("read log of %d entries: %v", size, err)
		}
		for range want {
			n := int(binary.BigEndian.Uint16(raw))
			e, err := prove.ParseEntry(raw[2 : 2+n])
			if err != nil {
				t.Fatalf("entry %d: %v", len(out), err)
			}
			out, raw = append(out, e), raw[2+n:]
		}
	}
	return out
}

// tileName is the C2SP path of a bundle.
func tileName(n int) string {
	s := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		s = fmt.Sprintf("x%03d/%s", n%1000, s)
	}
	return s
}

// storedEvents reads the outbox, once the log has all of it: of every event
// the place where the log has it.
func storedEvents(t *testing.T, data string) map[dataspace.EventID]int {
	t.Helper()
	for range 500 {
		if out, waiting := readOutbox(t, data); waiting == "" {
			return out
		}
		pause()
	}
	_, waiting := readOutbox(t, data)
	t.Fatalf("event %s is not in the log", waiting)
	return nil
}

func readOutbox(t *testing.T, data string) (out map[dataspace.EventID]int, waiting dataspace.EventID) {
	t.Helper()
	db := openDatabase(t, data)
	defer db.Close()
	rows, err := db.Query(`SELECT id, logged FROM event ORDER BY seq`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out = map[dataspace.EventID]int{}
	for rows.Next() {
		var id dataspace.EventID
		var logged sql.NullInt64
		if err := rows.Scan(&id, &logged); err != nil {
			t.Fatal(err)
		}
		if !logged.Valid {
			waiting = id
		}
		out[id] = int(logged.Int64)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out, waiting
}

func openDatabase(t *testing.T, data string) *sql.DB {
	t.Helper()
	q := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)"}}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, "hutong.db")+"?"+q.Encode())
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// checkLog holds log and outbox against each other: every event once, each
// where the outbox says. It returns the kinds of each flow in order.
func checkLog(t *testing.T, data string) map[dataspace.FlowID][]dataspace.EventKind {
	t.Helper()
	stored := storedEvents(t, data) // first: the log may only have more
	entries := logEntries(t, data)
	for n := 0; len(entries) < len(stored) && n < 500; n++ { // a checkpoint follows within some tenths of a second
		pause()
		entries = logEntries(t, data)
	}
	kinds := map[dataspace.FlowID][]dataspace.EventKind{}
	seen := map[dataspace.EventID]int{}
	for i, e := range entries {
		if first, twice := seen[e.ID]; twice {
			t.Fatalf("event %s (%s) stands in the log twice, at %d and %d", e.ID, e.Kind, first, i)
		}
		seen[e.ID] = i
		kinds[e.Flow] = append(kinds[e.Flow], e.Kind)
		if at, ok := stored[e.ID]; !ok || at != i {
			t.Fatalf("event %s is at %d in the log, the outbox says %d (known: %v)", e.ID, i, at, ok)
		}
	}
	for id, at := range stored {
		if seen[id] != at {
			t.Fatalf("event %s is not at %d in the log", id, at)
		}
	}
	return kinds
}

var (
	sentKinds = []dataspace.EventKind{dataspace.EventProfile, dataspace.EventDecision, dataspace.EventAgreement, dataspace.EventStart, dataspace.EventReceipt}
	gotKinds  = []dataspace.EventKind{dataspace.EventDecision, dataspace.EventAgreement, dataspace.EventStart, dataspace.EventReceipt}
)

func wantKinds(t *testing.T, kinds map[dataspace.FlowID][]dataspace.EventKind, id dataspace.FlowID, want []dataspace.EventKind) {
	t.Helper()
	if !slices.Equal(kinds[id], want) {
		t.Fatalf("log entries of flow %s are %v, want %v", id, kinds[id], want)
	}
}

// verify checks the waybills of both sides with the keys of both.
func (w *world) verify(here, far flowView) {
	w.t.Helper()
	var trust prove.Trust
	for _, g := range []*gatewayProcess{w.here, w.far} {
		var e client.Evidence
		g.call("GET", "/evidence", nil, &e)
		trust.Keys = append(trust.Keys, e.LogKey)
	}
	for _, side := range []struct {
		g *gatewayProcess
		f flowView
	}{{w.here, here}, {w.far, far}} {
		var data []byte
		side.g.call("GET", "/flows/"+string(side.f.ID)+"/waybill", nil, &data)
		report, err := prove.Verify(data, trust)
		if err != nil || !report.OK {
			w.t.Fatalf("waybill of %s does not verify: %v", side.f.ID, err)
		}
		if report.Flow != side.f.ID {
			w.t.Fatalf("waybill is of flow %s, want %s", report.Flow, side.f.ID)
		}
	}
}

// stateFiles lists all files of a gateway but those that hold data on purpose.
func stateFiles(t *testing.T, g *gatewayProcess, except ...string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(g.data, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(g.data, path)
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains(except, rel) {
			return fs.SkipDir
		}
		if d.Type().IsRegular() {
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return append(out, g.logFile)
}

func asJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}
