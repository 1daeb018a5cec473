package api_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hutong/internal/api"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/node"
	"hutong/internal/objects"
	"hutong/internal/papers"
	"hutong/internal/sqlite"
)

// The participants of the world: a key of the first participant sees the things
// of the first, and must not see those of the second.
const (
	acme  dataspace.ParticipantID = "acme"
	other dataspace.ParticipantID = "other"
)

// world is a gateway of real services with at least one thing of each kind.
// None of its peers can be reached.
type world struct {
	t       testing.TB
	db      *sqlite.DB
	node    *node.Node
	peers   *sqlite.GatewayStore
	handler http.Handler
	keys    map[gateway.Role]string
	spare   gateway.KeyID
	hooks   []string // what was told about peers
}

func newWorld(t testing.TB) *world {
	t.Helper()
	dir := t.TempDir()
	cfg := node.DefaultConfig()
	cfg.Gateway, cfg.DataDir, cfg.Listen, cfg.Management = "here", dir, "127.0.0.1:0", "127.0.0.1:0"
	w := &world{t: t, keys: map[gateway.Role]string{}}
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "hutong.db"))
	w.must(err)
	t.Cleanup(func() { w.must(db.Close()) })
	w.db, w.peers = db, sqlite.NewGatewayStore(db)
	for _, owner := range []dataspace.ParticipantID{acme, other} {
		w.addFlow(sqlite.NewFlowStore(db), dir, owner)
		w.must(os.MkdirAll(filepath.Join(dir, "outbox", string(owner)), 0o700))
		w.must(os.WriteFile(filepath.Join(dir, "outbox", string(owner), "own.csv"), []byte("id,city\n1,a\n"), 0o600))
	}
	w.node, err = node.Open(t.Context(), cfg, slog.New(slog.NewTextHandler(io.Discard, nil)))
	w.must(err)
	t.Cleanup(func() {
		w.node.Flows.Close()
		w.must(errors.Join(w.node.Agree.Close(), w.node.Log.Close(context.Background()), w.node.Close()))
	})
	n := w.node
	w.handler = api.New(api.Config{
		Gateway: n.Gateway, Lists: n.Lists(), Flows: n.Flows, Agree: n.Agree, Counts: n.Counts, Survey: n.Survey(), Log: n.Log, Rules: n.Rules, Catalogue: n.Catalogue, Reading: n.Reading(),
		Waybills: n.Kept.Waybills, Uploads: n.Kept.Uploads, Outbox: n.Outbox(), Ready: n.Ready, Forks: n.Forks, Version: "1", Now: time.Now, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Peers: api.PeerHooks{
			Confirmed: func(context.Context, gateway.Peer) error { w.hooks = append(w.hooks, "confirmed"); return nil },
			Cut:       func(context.Context, gateway.Peer) error { w.hooks = append(w.hooks, "cut"); return nil },
			Gone:      func(gateway.Peer) { w.hooks = append(w.hooks, "gone") },
		},
	})
	w.fill()
	for _, role := range gateway.Roles() {
		of := dataspace.ParticipantID("")
		if role == gateway.ParticipantMember {
			of = acme
		}
		w.keys[role], _, err = n.Gateway.NewKey(t.Context(), string(role), role, of)
		w.must(err)
	}
	return w
}

// addFlow stores a flow that has ended, so that nothing happens to it by
// itself.
func (w *world) addFlow(store *sqlite.FlowStore, dir string, owner dataspace.ParticipantID) {
	w.t.Helper()
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	waybill := filepath.Join(dir, "waybills", flow.WaybillName(flowOf(owner)))
	w.must(os.MkdirAll(filepath.Dir(waybill), 0o700))
	w.must(os.WriteFile(waybill, []byte(`{"waybill": "of `+owner+`"}`), 0o600))
	f := flow.Flow{
		ID: flowOf(owner), Role: dataspace.Provider, Way: flow.Way{Local: owner, Peer: "far", Counterparty: "lion"}, Subject: flow.Subject{Dataset: "set", Purpose: "business", Format: "csv"}, Course: flow.Course{State: dataspace.Completed}, Outcome: flow.Outcome{Waybill: waybill}, Mark: flow.Mark{Created: at, Updated: at},
	}
	w.must(store.Create(w.t.Context(), f))
	doc, err := dataspace.NewDocument(map[string]string{"of": string(owner)})
	w.must(err)
	f.Documents = map[string]dataspace.Digest{flow.DocProfile: doc.Digest()}
	_, err = store.Update(w.t.Context(), f, []dataspace.Document{doc}, nil)
	w.must(err)
}

func flowOf(owner dataspace.ParticipantID) dataspace.FlowID {
	return dataspace.FlowID("flow-of-" + owner)
}

// fill adds again what an earlier request may have removed.
func (w *world) fill() {
	w.t.Helper()
	ctx, g := w.t.Context(), w.node.Gateway
	have := func(err error) {
		if !errors.Is(err, dataspace.ErrConflict) {
			w.must(err)
		}
	}
	for _, owner := range []dataspace.ParticipantID{acme, other} {
		_, err := g.Register(ctx, gateway.Participant{ID: owner, LegalName: dataspace.Text{EN: string(owner)}, Jurisdiction: "CN"})
		have(err)
		_, err = g.AddDataset(ctx, gateway.Dataset{ID: "set", Owner: owner, Source: dataspace.FileSource(filepath.Join(w.node.Outbox(), string(owner), "own.csv"))})
		have(err)
		const text = "{}"
		file := dataspace.DigestOf([]byte(text))
		_, err = w.node.Reading().Papers.Upload(ctx, owner, strings.NewReader(text), objects.Want{Size: 2, SHA256: file})
		w.must(err)
		_, err = w.node.Reading().Papers.Propose(ctx, papers.Paper{Owner: owner, Instrument: dataspace.Instrument{
			ID: "paper", Kind: "cn.pipia", Number: "1", Authority: string(owner), File: file, CompletedOn: "2026-01-02",
			Covers: &dataspace.InstrumentScope{Unlimited: []string{"recipients", "purposes", "data", "people", "until"}}}}, papers.By{Name: "clerk", Key: "k"})
		have(err)
	}
	if _, err := g.Peer(ctx, "far"); errors.Is(err, dataspace.ErrNotFound) {
		card := g.Card()
		card.Gateway, card.URL = "far", "https://127.0.0.1:1"
		w.must(w.peers.InsertPeer(ctx, gateway.Peer{
			Name: "far", URL: card.URL, Card: card, Fingerprint: card.Fingerprint(), State: gateway.Confirmed,
			Policy: gateway.Policy{Allow: gateway.Operations()}, Version: 1,
		}))
	}
	keys, err := g.Keys(ctx)
	w.must(err)
	for _, k := range keys {
		if k.ID == w.spare {
			return
		}
	}
	_, k, err := g.NewKey(ctx, "spare", gateway.Auditor, "")
	w.must(err)
	w.spare = k.ID
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// ask makes one request; an empty key is none.
func (w *world) ask(key, method, path, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(w.t.Context(), method, api.Prefix+path, in)
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	out := httptest.NewRecorder()
	w.handler.ServeHTTP(out, r)
	return out
}
