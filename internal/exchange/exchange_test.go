package exchange_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/exchange"
	"hutong/internal/flow"
	"hutong/internal/prove"
)

// far is the other gateway: it answers one negotiation and one receipt, and
// fails with err if that is set.
type far struct {
	t      *testing.T
	err    error
	local  dataspace.ParticipantID
	caller dataspace.Caller
	asked  dataspace.NegotiationID
	signed prove.Receipt
	theirs prove.Signature
}

var plan = dataspace.Document(`{"columns":[{"action":"keep","name":"列/一"}],"format":"csv"}`)

func (f *far) Note(_ context.Context, local dataspace.ParticipantID, caller dataspace.Caller, id dataspace.NegotiationID) (flow.Note, error) {
	f.local = local
	f.caller, f.asked = caller, id
	return flow.Note{Flow: "flow-1", Plan: plan, Profile: dataspace.DigestOf([]byte("p")), Decision: dataspace.DigestOf([]byte("d"))}, f.err
}

func (f *far) Countersign(_ context.Context, local dataspace.ParticipantID, caller dataspace.Caller, r prove.Receipt, theirs prove.Signature) (prove.Signature, error) {
	f.local = local
	f.caller, f.signed, f.theirs = caller, r, theirs
	return prove.Signature{KeyID: "far", Sig: "c2ln"}, f.err
}

// who knows callers by the header that authorize sets, and whom they ask by the
// path.
func (f *far) who(_ context.Context, local dataspace.ParticipantID, r *http.Request) (dataspace.Caller, error) {
	from, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Test "+string(local)+" ")
	if !ok {
		return dataspace.Caller{}, dataspace.ErrUnauthenticated
	}
	return dataspace.Caller{Peer: "near", Participant: dataspace.ParticipantID(from)}, nil
}

// pair is a client and the gateway that it asks.
func pair(t *testing.T) (*exchange.Client, *far, *httptest.Server) {
	t.Helper()
	f := &far{t: t}
	server := httptest.NewTLSServer(exchange.Handler(f, f.who))
	t.Cleanup(server.Close)
	return &exchange.Client{
		URL:  func(context.Context, dataspace.PeerName) (string, error) { return server.URL, nil },
		HTTP: func(dataspace.PeerName) *http.Client { return server.Client() },
		Authorize: func(_ context.Context, req *http.Request, local dataspace.ParticipantID, peer dataspace.PeerName, participant dataspace.ParticipantID) error {
			req.Header.Set("Authorization", "Test "+string(participant)+" "+string(local))
			return nil
		},
	}, f, server
}

var to = flow.Address{Peer: "far", Participant: "lion"}

// A note comes over with its plan byte for byte, to the participant who asks.
func TestNote(t *testing.T) {
	c, f, _ := pair(t)
	const id = "urn:uuid:1/2?3 号" // an id is never part of the path
	n, err := c.Note(t.Context(), "acme", to, id)
	if err != nil {
		t.Fatal(err)
	}
	want := flow.Note{Flow: "flow-1", Plan: plan, Profile: dataspace.DigestOf([]byte("p")), Decision: dataspace.DigestOf([]byte("d"))}
	if diff := cmp.Diff(want, n); diff != "" {
		t.Error(diff)
	}
	if n.Plan.Digest() != plan.Digest() {
		t.Error("the plan has another digest on this side")
	}
	if f.local != "lion" {
		t.Errorf("asked as %q", f.local)
	}
	if f.asked != id || f.caller != (dataspace.Caller{Peer: "near", Participant: "acme"}) {
		t.Errorf("%+v asked for %q", f.caller, f.asked)
	}
}

// A receipt comes over as it was, with the signature of who asks, and another
// one comes back.
func TestCountersign(t *testing.T) {
	c, f, _ := pair(t)
	r := prove.Receipt{Payload: "eyJhIjoxfQ==", PayloadType: "application/vnd.in-toto+json", Signatures: []prove.Signature{{KeyID: "first", Sig: "YQ=="}}}
	own := prove.Signature{KeyID: "near", Sig: "b3du"}
	sig, err := c.Countersign(t.Context(), "acme", to, r, own)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(prove.Signature{KeyID: "far", Sig: "c2ln"}, sig); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(r, f.signed) + cmp.Diff(own, f.theirs); diff != "" {
		t.Error(diff)
	}
}

// An error keeps its kind over the wire and tells nothing of its text. What the
// caller can mend by trying again is unavailable.
func TestErrorsOverTheWire(t *testing.T) {
	c, f, _ := pair(t)
	for _, e := range []struct{ there, here error }{
		{dataspace.ErrNotFound, dataspace.ErrNotFound},
		{dataspace.ErrDenied, dataspace.ErrDenied},
		{dataspace.ErrInvalid, dataspace.ErrInvalid},
		{dataspace.ErrEvidence, dataspace.ErrInvalid},
		{dataspace.ErrUnavailable, dataspace.ErrUnavailable},
		{dataspace.ErrUnauthenticated, dataspace.ErrUnavailable},
		{errors.New("anything else"), dataspace.ErrUnavailable},
	} {
		f.err = errors.Join(e.there, errors.New("/secret/path"))
		_, noteErr := c.Note(t.Context(), "acme", to, "n-1")
		_, signErr := c.Countersign(t.Context(), "acme", to, prove.Receipt{}, prove.Signature{})
		for _, err := range []error{noteErr, signErr} {
			if !errors.Is(err, e.here) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%v came over as %v, want %v", e.there, err, e.here)
			}
		}
	}
	f.err = &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "receipt.rows", Message: "told at home only"}
	if _, err := c.Note(t.Context(), "acme", to, "n-1"); err == nil || !strings.Contains(err.Error(), "receipt.rows") || strings.Contains(err.Error(), "at home") {
		t.Errorf("the code did not come over alone: %v", err)
	}
}

// Before anything is looked up, the caller must be known, and known to the
// participant who is asked.
func TestUnknownCaller(t *testing.T) {
	_, f, server := pair(t)
	for _, token := range []string{"", "Test tiger acme"} { // none, and one for another participant
		for method, path := range map[string]string{"GET": "/gateway/notes/lion/n-1", "POST": "/gateway/receipts/lion"} {
			req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", token)
			resp, err := server.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			if err := resp.Body.Close(); err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != http.StatusUnauthorized || f.caller != (dataspace.Caller{}) {
				t.Errorf("%s %s with token %q answered %d, and asked for %+v", method, path, token, resp.StatusCode, f.caller)
			}
		}
	}
}

// What is no receipt, or too large to be one, is refused, and nobody signs.
func TestRefusesBodies(t *testing.T) {
	_, f, server := pair(t)
	for name, body := range map[string]string{
		"nothing": "", "half": `{"receipt":`, "another": `{"receipt":{},"sign":true}`, "large": `{"receipt":{"payload":"` + strings.Repeat("a", 5<<20) + `"}}`,
	} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/gateway/receipts/lion", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Test lion acme")
		resp, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		if err := errors.Join(err, resp.Body.Close()); err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusBadRequest || f.caller != (dataspace.Caller{}) || strings.Contains(string(text), "aaa") {
			t.Errorf("%s: answered %d %.100s, and asked for %+v", name, resp.StatusCode, text, f.caller)
		}
	}
}

// A peer that answers something else is not believed, and one that does not
// answer is unreachable.
func TestBadPeers(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		kind   error
	}{
		"no JSON": {"<html>", dataspace.ErrInvalid}, "half": {`{"flow":"f`, dataspace.ErrInvalid}, "unknown member": {`{"flow":"f","plan":{},"more":1}`, dataspace.ErrInvalid},
		"endless": {`{"flow":"` + strings.Repeat("f", 5<<20), dataspace.ErrInvalid},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, c.answer) })) // the client may have gone
		client := &exchange.Client{
			URL:  func(context.Context, dataspace.PeerName) (string, error) { return server.URL, nil },
			HTTP: func(dataspace.PeerName) *http.Client { return server.Client() },
			Authorize: func(context.Context, *http.Request, dataspace.ParticipantID, dataspace.PeerName, dataspace.ParticipantID) error {
				return nil
			},
		}
		if _, err := client.Note(t.Context(), "acme", to, "n-1"); !errors.Is(err, c.kind) {
			t.Errorf("%s: error %v, want %v", name, err, c.kind)
		}
		server.Close()
		if _, err := client.Note(t.Context(), "acme", to, "n-1"); !errors.Is(err, dataspace.ErrPeerUnreachable) {
			t.Errorf("after it was closed: error %v", err)
		}
	}
}

// Without an address, or without a token, nobody is asked.
func TestNotAsked(t *testing.T) {
	c, f, _ := pair(t)
	authorize := c.Authorize
	c.Authorize = func(context.Context, *http.Request, dataspace.ParticipantID, dataspace.PeerName, dataspace.ParticipantID) error {
		return dataspace.ErrDenied
	}
	if _, err := c.Note(t.Context(), "acme", to, "n-1"); !errors.Is(err, dataspace.ErrDenied) {
		t.Errorf("error %v", err)
	}
	c.Authorize = authorize
	c.URL = func(context.Context, dataspace.PeerName) (string, error) { return "", dataspace.ErrNotFound }
	if _, err := c.Note(t.Context(), "acme", to, "n-1"); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("error %v", err)
	}
	c.URL = func(context.Context, dataspace.PeerName) (string, error) { return "://", nil }
	if _, err := c.Note(t.Context(), "acme", to, "n-1"); err == nil {
		t.Error("a peer without an address was asked")
	}
	if f.asked != "" {
		t.Errorf("the peer was asked for %s", f.asked)
	}
}
