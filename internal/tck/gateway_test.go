package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/dsp"
	"hutong/internal/odrl"
	"hutong/internal/sqlite"
)

// side is one gateway with one participant, over real HTTP and a real
// database, that can be stopped and started again at the same address.
type side struct {
	t     *testing.T
	name  dataspace.ParticipantID
	path  string
	http  *httptest.Server
	inner atomic.Pointer[dsp.Server] // nil: down

	db  *sqlite.DB
	svc *agree.Service
	cut atomic.Bool // policy lets nothing through

	mu       sync.Mutex
	onDeal   func(context.Context, *agree.Service, agree.Negotiation) error
	onMove   func(context.Context, *agree.Service, agree.Transfer) error
	requests []string // what came in: method and path
}

func newSide(t *testing.T, name dataspace.ParticipantID) *side {
	s := &side{t: t, name: name, path: filepath.Join(t.TempDir(), "state.db")}
	s.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := s.inner.Load()
		if h == nil {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		s.mu.Lock()
		s.requests = append(s.requests, r.Method+" "+r.URL.Path)
		s.mu.Unlock()
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		s.stop()
		s.http.Close()
	})
	s.start()
	return s
}

func (s *side) start() {
	s.t.Helper()
	db, err := sqlite.Open(s.t.Context(), s.path)
	if err != nil {
		s.t.Fatal(err)
	}
	base := func(p dataspace.ParticipantID) string { return s.http.URL + dsp.BasePath(p) }
	s.db = db
	s.svc = agree.New(agree.Config{
		Store: sqlite.NewAgree(db), Handler: s, Catalogue: s, Policy: s,
		Sender:   dsp.NewClient(dsp.ClientConfig{Credentials: s, BaseURL: base}),
		RetryMin: 5 * time.Millisecond, RetryMax: 50 * time.Millisecond,
	})
	if err := s.svc.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.inner.Store(dsp.NewServer(dsp.ServerConfig{
		Agree: s.svc, Authenticator: s, BaseURL: base,
		Exists: func(_ context.Context, p dataspace.ParticipantID) bool { return p == s.name },
	}))
}

func (s *side) stop() {
	if s.inner.Swap(nil) == nil {
		return
	}
	if err := s.svc.Close(); err != nil {
		s.t.Error(err)
	}
	if err := s.db.Close(); err != nil {
		s.t.Error(err)
	}
}

// address is the side as the other one sees it.
func (s *side) address() dataspace.Counterparty {
	return dataspace.Counterparty{Participant: s.name, Peer: "peer", Address: s.http.URL + dsp.BasePath(s.name)}
}

func (s *side) Authenticate(_ context.Context, local dataspace.ParticipantID, r *http.Request) (dataspace.Caller, error) {
	if local != s.name {
		return dataspace.Caller{}, dataspace.ErrNotFound
	}
	who := r.Header.Get("Authorization")
	if who == "" {
		return dataspace.Caller{}, dataspace.ErrUnauthenticated
	}
	return dataspace.Caller{Participant: dataspace.ParticipantID(who), Peer: "peer"}, nil
}

func (s *side) Authorize(_ context.Context, r *http.Request, local dataspace.ParticipantID, _ dataspace.Counterparty) error {
	r.Header.Set("Authorization", string(local))
	return nil
}

func (s *side) Allow(_ context.Context, c dataspace.Caller, op dataspace.Operation) error {
	if s.cut.Load() {
		return fmt.Errorf("%s for %s: %w", op.Kind, c.Peer, dataspace.ErrDenied)
	}
	return nil
}

func (s *side) HTTPClient(dataspace.Counterparty) *http.Client { return s.http.Client() }

func (s *side) Datasets(context.Context, dataspace.ParticipantID, dataspace.Caller, dataspace.DatasetID, int) ([]agree.Dataset, error) {
	return []agree.Dataset{{
		ID: "support", Title: "Support", Formats: []string{"HttpData-PULL"},
		Offers: []odrl.Policy{testOffer(s.t, "offer-1", "editing")},
	}}, nil
}

func (s *side) Dataset(ctx context.Context, local dataspace.ParticipantID, c dataspace.Caller, id dataspace.DatasetID) (agree.Dataset, error) {
	all, err := s.Datasets(ctx, local, c, "", 0)
	if err == nil && id != all[0].ID {
		err = dataspace.ErrNotFound
	}
	return all[0], err
}

func (s *side) NegotiationChanged(ctx context.Context, n agree.Negotiation) error {
	s.mu.Lock()
	f := s.onDeal
	s.mu.Unlock()
	if f == nil {
		return nil
	}
	return f(ctx, s.svc, n)
}

func (s *side) TransferChanged(ctx context.Context, t agree.Transfer) error {
	s.mu.Lock()
	f := s.onMove
	s.mu.Unlock()
	if f == nil {
		return nil
	}
	return f(ctx, s.svc, t)
}

func (s *side) script(deal func(context.Context, *agree.Service, agree.Negotiation) error, move func(context.Context, *agree.Service, agree.Transfer) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onDeal, s.onMove = deal, move
}

func testOffer(t *testing.T, id, purpose string) odrl.Policy {
	t.Helper()
	p, err := odrl.Derive(odrl.Terms{
		OfferID: id, Dataset: "support", Provider: "alpha", Recipient: "beta",
		Purpose: purpose, Columns: []string{"ticket", "text"}, RetentionDays: 365,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func offerJSON(t *testing.T, id, purpose string) json.RawMessage {
	t.Helper()
	data, err := testOffer(t, id, purpose).JSON()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// eventually waits until what holds holds; it asks again a thousand times a
// second, for ten seconds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		<-tick.C
	}
}

// settled waits until both sides of a negotiation are in the state.
func (s *side) deal(id dataspace.NegotiationID, want agree.State) agree.Negotiation {
	s.t.Helper()
	var n agree.Negotiation
	eventually(s.t, fmt.Sprintf("%s: negotiation %s is %s", s.name, id, want), func() bool {
		var err error
		n, err = s.svc.Negotiation(s.t.Context(), id)
		return err == nil && n.State == want && !n.Pending
	})
	return n
}

func (s *side) move(id dataspace.TransferID, want agree.State) agree.Transfer {
	s.t.Helper()
	var tr agree.Transfer
	eventually(s.t, fmt.Sprintf("%s: transfer %s is %s", s.name, id, want), func() bool {
		var err error
		tr, err = s.svc.Transfer(s.t.Context(), id)
		return err == nil && tr.State == want && !tr.Pending
	})
	return tr
}
