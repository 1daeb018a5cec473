package node

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/decide"
	"hutong/internal/flow"
	"hutong/internal/prove"
	"hutong/internal/sqlite"
)

// leftOver is the number of unfinished rows of each kind that the earlier
// process has left.
const leftOver = 100_000 / raceShare

// fillUnfinished makes unfinished rows: flows with a peer that does not answer,
// negotiations and transfers whose change was not handled, and events that are
// not in the log. SQL makes them from one of each, as the product encodes it.
func fillUnfinished(t *testing.T, path string) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1_800_000_000, 0).UTC()
	body, err := flow.Encode(flow.Flow{ID: "flow-template", Role: dataspace.Consumer, Way: flow.Way{Local: "acme", Peer: "far", Counterparty: "lion"},
		Subject: flow.Subject{Dataset: "set", Purpose: "business", Format: "csv"}, Course: flow.Course{State: dataspace.Negotiating},
		Links: flow.Links{Negotiation: "n-template"}, Mark: flow.Mark{Version: 1, Created: at, Updated: at}})
	if err != nil {
		t.Fatal(err)
	}
	doc := dataspace.Document(`{"n":1}`)
	rows, err := prove.Encode("here", dataspace.Event{ID: "event-template", Kind: dataspace.EventStart, Flow: "flow-template", At: at,
		Documents: map[string]dataspace.Document{"d": doc}, Salts: map[string]dataspace.Salt{"d": {1}}})
	if err != nil {
		t.Fatal(err)
	}
	const n = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) `
	err = db.Update(t.Context(), func(tx *sql.Tx) error {
		for _, q := range []struct {
			text string
			args []any
		}{
			{`INSERT INTO flow (id, version, state, role, owner, negotiation, body, created_at, updated_at) ` + n + `
				SELECT 'flow-' || i, 1, 'negotiating', 'consumer', 'acme', 'n-' || i, CAST(replace(?2, 'template', i) AS BLOB), ?3, ?3 FROM n`, []any{leftOver, string(body), at.UnixMicro()}},
			{`INSERT INTO process (kind, id, local, flow, agreement, state, pending, changed, version, body, created_at, updated_at) ` + n + `
				SELECT CASE i % 2 WHEN 0 THEN 'negotiation' ELSE 'transfer' END, 'n-' || i, 'acme', 'flow-' || i, '', 'REQUESTED', 0, 1, 1, CAST('{}' AS BLOB), i, i FROM n`, []any{leftOver}},
			{`INSERT INTO event (id, flow, kind, entry, salts) ` + n + `
				SELECT 'event-' || i, 'flow-' || i, ?2, CAST(replace(?3, 'template', i) AS BLOB), ?4 FROM n`, []any{leftOver, rows[0].Kind, string(rows[0].Entry), rows[0].Openings}},
		} {
			if _, err := tx.Exec(q.text, q.args...); err != nil {
				return fmt.Errorf("%.40s: %w", q.text, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// asked counts the pages that were read and the rows that were stepped.
type asked struct {
	mu      sync.Mutex
	pages   int
	stepped map[any]bool
	largest int // page that was asked for
}

func (a *asked) page(limit int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pages++
	a.largest = max(a.largest, limit)
}

func (a *asked) step(id any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stepped == nil {
		a.stepped = map[any]bool{}
	}
	a.stepped[id] = true
}

func (a *asked) now() (pages, stepped, largest int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.pages, len(a.stepped), a.largest
}

type countedFlows struct {
	flow.Store
	asked *asked
	lists *asked
}

func (c countedFlows) Unfinished(ctx context.Context, after dataspace.FlowID, limit int) ([]dataspace.FlowID, error) {
	c.asked.page(limit)
	return c.Store.Unfinished(ctx, after, limit)
}

func (c countedFlows) Flow(ctx context.Context, id dataspace.FlowID) (flow.Flow, error) {
	c.asked.step(id)
	return c.Store.Flow(ctx, id)
}

func (c countedFlows) List(ctx context.Context, f flow.Filter) ([]flow.Flow, error) {
	list, err := c.Store.List(ctx, f)
	c.lists.page(len(list))
	return list, err
}

type countedProcesses struct {
	agree.Store
	asked *asked
}

func (c countedProcesses) Unfinished(ctx context.Context, after agree.Ref, limit int) ([]agree.Ref, error) {
	c.asked.page(limit)
	return c.Store.Unfinished(ctx, after, limit)
}

func (c countedProcesses) Load(ctx context.Context, ref agree.Ref) (agree.Row, error) {
	c.asked.step(ref)
	return c.Store.Load(ctx, ref)
}

type countedEvidence struct {
	evidence
	asked *asked
}

func (c countedEvidence) Pending(ctx context.Context, limit int) ([]prove.Pending, error) {
	list, err := c.evidence.Pending(ctx, limit)
	c.asked.page(limit)
	for _, p := range list {
		c.asked.step(p.ID)
	}
	return list, err
}

// A gateway that starts with very many unfinished rows reads them page by page,
// as it steps them, in a bounded number of goroutines.
func TestStartWithMuchUnfinished(t *testing.T) {
	cfg := DefaultConfig()
	cfg.DataDir, cfg.Listen, cfg.Management, cfg.State = t.TempDir(), "127.0.0.1:0", "127.0.0.1:0", "counted:"
	fillUnfinished(t, filepath.Join(cfg.DataDir, stateFile))
	// The rules are those of the last start: no flow is decided again.
	set, err := LoadRules("", "")
	if err != nil {
		t.Fatal(err)
	}
	digest, err := decide.RulesDigest(set)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(cfg.DataDir, rulesFile), []byte(digest), 0o600); err != nil {
		t.Fatal(err)
	}
	var flows, lists, processes, events asked
	drivers["counted"] = func(ctx context.Context, cfg Config, logger *slog.Logger) (state, error) {
		s, err := openSQLite(ctx, cfg, logger)
		s.flows, s.processes, s.evidence = countedFlows{s.flows, &flows, &lists}, countedProcesses{s.processes, &processes}, countedEvidence{s.evidence, &events}
		return s, err
	}
	defer delete(drivers, "counted")
	n, err := Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	}()
	before := runtime.NumGoroutine()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	var ready atomic.Bool
	go func() { ended <- n.Run(ctx, http.NotFoundHandler(), func(_, _ net.Addr) { ready.Store(true) }) }()
	most := 0
	enough := func() bool {
		_, f, _ := flows.now()
		_, p, _ := processes.now()
		_, e, _ := events.now()
		return ready.Load() && f > 1500 && p > 1500 && e > 1500
	}
	for end := time.Now().Add(time.Minute); !enough(); time.Sleep(time.Millisecond) {
		most = max(most, runtime.NumGoroutine())
		if time.Now().After(end) {
			t.Error("the gateway does not come to its work")
			break
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	// The lanes of flows, negotiations and transfers have a few thousand
	// goroutines. The log gives each entry of a batch, 512, a few of its own. The
	// number of batches under way depends on the machine. A tenth of one kind of
	// row is far above both.
	if most > before+10_000 {
		t.Errorf("%d goroutines, %d before", most, before)
	}
	for name, c := range map[string]struct {
		asked *asked
		feeds int // engines that take in the same rows
		most  int
	}{"flows": {&flows, 1, 256}, "negotiations and transfers": {&processes, 2, 256}, "events": {&events, 1, 1024}} {
		pages, stepped, largest := c.asked.now()
		// A row that was read is stepped, or waits: at most a page and a half
		// of each feed waits, besides the rows in work.
		if taken, may := pages*largest, c.feeds*(stepped+3*largest); largest > c.most || taken > may || pages == 0 {
			t.Errorf("%s: %d pages of %d were read when %d were stepped", name, pages, largest, stepped)
		}
	}
	if _, _, largest := lists.now(); largest > 256 {
		t.Errorf("%d flows were listed at once", largest)
	}
}
