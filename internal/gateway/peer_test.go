package gateway_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/gateway"
)

func wantProblem(t *testing.T, err error, kind error, code string) {
	t.Helper()
	var p *dataspace.Problem
	if !errors.Is(err, kind) || !errors.As(err, &p) || p.Code != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

// get returns the error of a request and closes the response.
func get(c *http.Client, url string) error {
	resp, err := c.Get(url)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func TestPairing(t *testing.T) {
	a, b := newNode(t, "shanghai"), newNode(t, "singapore")
	ctx := t.Context()
	p, err := a.AddPeer(ctx, "sg", b.server.URL+"/")
	if err != nil {
		t.Fatal(err)
	}
	if p.State != gateway.Pending || p.Fingerprint != b.Fingerprint() || len(strings.Split(p.Fingerprint, "-")) != 13 {
		t.Errorf("got %+v", p)
	}
	// Every exchange is refused before the fingerprint is confirmed.
	wantProblem(t, a.Allow(ctx, "sg", gateway.Catalogue, ""), dataspace.ErrDenied, "peer.pending")
	err = get(a.HTTPClient("sg"), b.server.URL+"/echo")
	wantProblem(t, err, dataspace.ErrDenied, "peer.pending")
	_, err = a.ConfirmPeer(ctx, "sg", a.Fingerprint())
	wantProblem(t, err, dataspace.ErrDenied, "peer.fingerprint")
	_, err = a.ConfirmPeer(ctx, "sg", "")
	wantProblem(t, err, dataspace.ErrDenied, "peer.fingerprint")
	if _, err := a.ConfirmPeer(ctx, "sg", strings.ToUpper(strings.ReplaceAll(b.Fingerprint(), "-", " "))); err != nil {
		t.Errorf("a fingerprint as people copy it is refused: %v", err)
	}
	resp, err := a.HTTPClient("sg").Get(b.server.URL + gateway.CardPath)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	// Again, by another name, and itself.
	if again, err := a.AddPeer(ctx, "sg", b.server.URL); err != nil || again.State != gateway.Confirmed {
		t.Errorf("got %+v (%v), want the peer still confirmed", again, err)
	}
	if _, err := a.AddPeer(ctx, "other", b.server.URL); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("one gateway under two names: %v", err)
	}
	_, err = a.AddPeer(ctx, "self", a.server.URL)
	wantProblem(t, err, dataspace.ErrInvalid, "peer.self")
}

func TestPeerAddress(t *testing.T) {
	a, b := newNode(t, "shanghai"), newNode(t, "singapore")
	pair(t, a, b)
	client := a.HTTPClient("singapore")
	resp, err := client.Get(b.server.URL + "/away")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusFound {
		t.Errorf("a redirect was followed: %s", resp.Status)
	}
	for _, url := range []string{"https://elsewhere.invalid/", strings.Replace(b.server.URL, "https", "http", 1), a.server.URL} {
		err := get(client, url)
		wantProblem(t, err, dataspace.ErrDenied, "peer.address")
	}
	for _, url := range []string{"http://127.0.0.1:1", "127.0.0.1:1", "https://user@host", "https://host/?q"} {
		_, err := a.AddPeer(t.Context(), "bad", url)
		wantProblem(t, err, dataspace.ErrInvalid, "gateway.url")
	}
	plain := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	_, err = a.AddPeer(t.Context(), "web", plain.URL)
	wantProblem(t, err, dataspace.ErrInvalid, "card.form")
	b.server.Close()
	err = get(client, b.server.URL)
	wantProblem(t, err, dataspace.ErrPeerUnreachable, "peer.unreachable")
	_, err = a.AddPeer(t.Context(), "down", b.server.URL)
	wantProblem(t, err, dataspace.ErrPeerUnreachable, "peer.unreachable")
}

// An attacker in between shows the true card over its own TLS key.
func TestPeerBetween(t *testing.T) {
	a, b := newNode(t, "shanghai"), newNode(t, "singapore")
	between := httptest.NewUnstartedServer(http.HandlerFunc(b.Handler().ServeHTTP))
	between.TLS = openKeys(t, "singapore").ServerTLS()
	between.StartTLS()
	t.Cleanup(between.Close)
	_, err := a.AddPeer(t.Context(), "sg", between.URL)
	wantProblem(t, err, dataspace.ErrDenied, "card.pin")
}

// The server at a confirmed peer's address has other keys from one day on.
func TestPeerChangesKeys(t *testing.T) {
	a, b, c := newNode(t, "shanghai"), newNode(t, "singapore"), newNode(t, "singapore")
	pair(t, a, b)
	_, err := a.AddPeer(t.Context(), "singapore", c.server.URL)
	wantProblem(t, err, dataspace.ErrDenied, "peer.key_changed")

	// On a connection: point the known peer to the impostor's address.
	p, err := a.Peer(t.Context(), "singapore")
	if err != nil {
		t.Fatal(err)
	}
	p.URL = c.server.URL
	if err := a.store.ReplacePeer(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	err = get(a.HTTPClient("singapore"), c.server.URL+"/echo")
	wantProblem(t, err, dataspace.ErrDenied, "peer.pin")
	if c.calls.Load() != 0 {
		t.Error("a request went to an impostor")
	}
	// An operator who has checked the change removes the peer and adds it
	// again.
	if err := a.RemovePeer(t.Context(), "singapore"); err != nil {
		t.Fatal(err)
	}
	if p, err := a.AddPeer(t.Context(), "singapore", c.server.URL); err != nil || p.State != gateway.Pending {
		t.Errorf("got %+v (%v)", p, err)
	}
}

func TestPolicy(t *testing.T) {
	a, b := newNode(t, "shanghai"), newNode(t, "singapore")
	pair(t, a, b)
	ctx := t.Context()
	if err := a.Allow(ctx, "singapore", gateway.Data, "anything"); err != nil {
		t.Error(err)
	}
	if _, err := a.SetPolicy(ctx, "singapore", gateway.Policy{Allow: []gateway.Operation{gateway.Catalogue}, Purposes: []string{"business"}}); err != nil {
		t.Fatal(err)
	}
	if err := a.Allow(ctx, "singapore", gateway.Catalogue, "business"); err != nil {
		t.Error(err)
	}
	wantProblem(t, a.Allow(ctx, "singapore", gateway.Data, "business"), dataspace.ErrDenied, "peer.operation")
	wantProblem(t, a.Allow(ctx, "singapore", gateway.Catalogue, "marketing"), dataspace.ErrDenied, "peer.purpose")
	wantProblem(t, a.Allow(ctx, "nobody", gateway.Catalogue, ""), dataspace.ErrNotFound, "peer.unknown")
	if _, err := a.SetPolicy(ctx, "singapore", gateway.Policy{Allow: []gateway.Operation{"everything"}}); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("got %v for an unknown operation", err)
	}

	if _, err := a.SuspendPeer(ctx, "singapore", "incident"); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, a.Allow(ctx, "singapore", gateway.Catalogue, ""), dataspace.ErrDenied, "peer.cut")
	err := get(a.HTTPClient("singapore"), b.server.URL)
	wantProblem(t, err, dataspace.ErrDenied, "peer.cut")
	// The peer is refused, too.
	if status := call(t, b, a, "", "", nil); status != http.StatusUnauthorized {
		t.Errorf("a peer that is cut got %d", status)
	}
	if p, err := a.ResumePeer(ctx, "singapore"); err != nil || len(p.Policy.Purposes) != 1 {
		t.Errorf("got %+v (%v), want the policy from before", p, err)
	}
	if status := call(t, b, a, "", "", nil); status != http.StatusOK {
		t.Errorf("a peer that is back got %d", status)
	}
}

func TestPeerParticipant(t *testing.T) {
	a, b := newNode(t, "shanghai"), newNode(t, "singapore")
	pair(t, a, b)
	ctx := t.Context()
	if _, err := b.Register(ctx, participant("reader")); err != nil {
		t.Fatal(err)
	}
	st, err := a.PeerParticipant(ctx, "singapore", "reader")
	if err != nil {
		t.Fatal(err)
	}
	want := dataspace.ValuesOf(map[string]dataspace.Value{
		"recipient.id":                dataspace.TextOf("reader"),
		"recipient.jurisdiction":      dataspace.TextOf("CN"),
		"recipient.registered_in":     dataspace.TextOf("CN-SH"),
		"recipient.same_group":        dataspace.BoolOf(true),
		"recipient.foreign_authority": dataspace.BoolOf(true),
		"recipient.certifications":    dataspace.ListOf("global_cbpr"),
	})
	if diff := cmp.Diff(want, st.Participant.Recipient(fact.Standard(), "acme")); diff != "" {
		t.Error(diff)
	}
	if got := st.Participant.Recipient(fact.Standard(), ""); got.Of("recipient.same_group").Known() {
		t.Error("a group is assumed")
	}
	if _, err := gateway.ParseStatement(st.Signed, b.keys.IdentityPublic()); err != nil {
		t.Errorf("the kept statement does not verify: %v", err)
	}
	if _, err := gateway.ParseStatement(st.Signed, a.keys.IdentityPublic()); err == nil {
		t.Error("a statement verifies with a foreign key")
	}
	if _, err := a.PeerParticipant(ctx, "singapore", "stranger"); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("got %v for an unknown participant", err)
	}

	// A change is seen when the statement is no longer fresh. While the peer is
	// down, the last statement is used for a day.
	changed := participant("reader")
	changed.Group = "sold"
	if _, err := b.ChangeParticipant(ctx, changed); err != nil {
		t.Fatal(err)
	}
	if st, err := a.PeerParticipant(ctx, "singapore", "reader"); err != nil || st.Participant.Group != "acme" {
		t.Errorf("got %+v (%v), want the fresh statement", st, err)
	}
	a.clock.add(10 * time.Minute)
	b.clock.add(10 * time.Minute)
	if st, err := a.PeerParticipant(ctx, "singapore", "reader"); err != nil || st.Participant.Group != "sold" {
		t.Errorf("got %+v (%v), want the new statement", st, err)
	}
	b.server.Close()
	a.clock.add(23 * time.Hour)
	if st, err := a.PeerParticipant(ctx, "singapore", "reader"); err != nil || st.Participant.Group != "sold" {
		t.Errorf("got %+v (%v), want the statement of yesterday", st, err)
	}
	a.clock.add(2 * time.Hour)
	if _, err := a.PeerParticipant(ctx, "singapore", "reader"); !errors.Is(err, dataspace.ErrPeerUnreachable) {
		t.Errorf("got %v when all that is known is old", err)
	}
}

// The response of a gateway to each caller: status, text that must appear, text
// that must not.
func TestHandler(t *testing.T) {
	b := newNode(t, "singapore")
	if _, err := b.Register(t.Context(), participant("reader")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, path string
		status       int
		has, hasNot  string
	}{
		{"GET", gateway.CardPath, 200, `"identity"`, "PRIVATE"},
		{"POST", gateway.CardPath, 405, "", "identity"},
		{"GET", "/gateway/participants/reader", 401, "token.missing", "Acme"},
		{"GET", "/gateway/participants/../../etc", 404, "", "Acme"},
	} {
		w := httptest.NewRecorder()
		b.Handler().ServeHTTP(w, httptest.NewRequest(c.method, "https://gateway"+c.path, nil))
		body := w.Body.String()
		if w.Code != c.status && w.Code/100 != 3 || !strings.Contains(body, c.has) || strings.Contains(body, c.hasNot) {
			t.Errorf("%s %s: got %d %s", c.method, c.path, w.Code, body)
		}
	}
}

// call sends a request from one gateway to /echo of another and returns the
// status. change may alter it before it goes.
func call(t *testing.T, from, to *node, local, callee dataspace.ParticipantID, change func(*http.Request)) int {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, to.server.URL+"/echo", nil)
	if err != nil {
		t.Fatal(err)
	}
	peer := dataspace.PeerName(to.Card().Gateway)
	if err := from.Authorize(t.Context(), req, local, peer, callee); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(req)
	}
	resp, err := from.HTTPClient(peer).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}
