package client_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hutong/client"
)

// serve starts a gateway with the given handler, and a client of it.
func serve(t testing.TB, answer http.HandlerFunc) (*httptest.Server, *client.Client) {
	t.Helper()
	s := httptest.NewTLSServer(answer)
	t.Cleanup(s.Close)
	c, err := client.New(s.URL, "hutong_key", client.TrustKey(spki(s)))
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func spki(s *httptest.Server) string {
	sum := sha256.Sum256(s.Certificate().RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}

// Every kind of refusal comes back as its own sentinel and no other.
func TestKinds(t *testing.T) {
	all := []error{
		client.ErrNotFound, client.ErrConflict, client.ErrInvalid, client.ErrDenied, client.ErrNotCleared,
		client.ErrUnavailable, client.ErrPeerUnreachable, client.ErrUnauthenticated, client.ErrEvidence,
	}
	cases := []struct {
		status int
		body   string
		want   error
	}{
		{409, `{"code": "flow.judge", "kind": "not_cleared", "message": "no"}`, client.ErrNotCleared},
		{409, `{"code": "flow.judge", "kind": "conflict", "message": "no"}`, client.ErrConflict},
		{409, `{"code": "flow.judge", "message": "no"}`, client.ErrConflict},
		{422, `{"code": "waybill", "kind": "evidence", "message": "no"}`, client.ErrEvidence},
		{422, `{"code": "request.form", "message": "no"}`, client.ErrInvalid},
		{400, `{"code": "request.form", "message": "no"}`, client.ErrInvalid},
		{401, `{"code": "key.missing", "message": "no"}`, client.ErrUnauthenticated},
		{403, `{"code": "key.role", "message": "no"}`, client.ErrDenied},
		{404, `{"code": "not_found", "message": "no"}`, client.ErrNotFound},
		{502, `{"code": "peer_unreachable", "message": "no"}`, client.ErrPeerUnreachable},
		{500, `{"code": "internal", "message": "no"}`, client.ErrUnavailable},
		{409, `{"code": "new", "kind": "a kind of later", "message": "no"}`, client.ErrUnavailable},
		{503, `<html>a proxy</html>`, client.ErrUnavailable},
		{404, `404 page not found`, client.ErrNotFound},
	}
	for _, c := range cases {
		_, cl := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			fmt.Fprint(w, c.body)
		})
		_, err := cl.Gateway().Show(t.Context())
		for _, kind := range all {
			if errors.Is(err, kind) != (kind == c.want) {
				t.Errorf("%d %s: is %v: %v", c.status, c.body, kind, errors.Is(err, kind))
			}
		}
		var e *client.Error
		if !errors.As(err, &e) || e.Status != c.status {
			t.Errorf("%d %s: %#v", c.status, c.body, err)
		}
	}
}

// A refusal carries the whole error of the gateway.
func TestErrorCarries(t *testing.T) {
	_, c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(422)
		fmt.Fprint(w, `{"status": 422, "kind": "invalid", "code": "flow.purpose", "message": "unknown purpose", "place": "purpose", "hint": "say another"}`)
	})
	_, err := c.Flows().Send(t.Context(), client.Send{})
	var e *client.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	if e.Code != "flow.purpose" || e.Place != "purpose" || e.Hint != "say another" || e.Kind != "invalid" || err.Error() != "unknown purpose" {
		t.Errorf("%+v: %v", e, err)
	}
}

// A list is read page by page, each page once, and only as far as the caller
// ranges over it.
func TestPages(t *testing.T) {
	var asked []string
	_, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		at := r.URL.Query().Get("cursor")
		asked = append(asked, at)
		next := map[string]string{"": "b", "b": "c"}[at]
		if next != "" {
			w.Header().Set(client.NextHeader, next)
		}
		_ = json.NewEncoder(w).Encode([]client.Dataset{{ID: at + "1"}, {ID: at + "2"}})
	})
	var ids []string
	for d, err := range c.Datasets().List(t.Context(), client.DatasetFilter{Owner: "acme"}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, d.ID)
	}
	if got := strings.Join(ids, " "); got != "1 2 b1 b2 c1 c2" || !slices.Equal(asked, []string{"", "b", "c"}) {
		t.Errorf("read %s by asking for %q", got, asked)
	}
	asked = nil
	for d := range c.Datasets().List(t.Context(), client.DatasetFilter{}) {
		if d.ID == "2" {
			break
		}
	}
	if len(asked) != 1 {
		t.Errorf("asked for %q of a list that was left on its first page", asked)
	}
	flows, err := client.Collect(c.Flows().List(t.Context(), client.FlowFilter{Limit: 3}))
	if err != nil || len(flows) != 3 {
		t.Errorf("%d flows of 3: %v", len(flows), err)
	}
}

// An error on a later page is not lost, and ends the list.
func TestPageFails(t *testing.T) {
	_, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("cursor") != "" {
			w.WriteHeader(503)
			fmt.Fprint(w, `{"code": "state.disk", "message": "the disk fails"}`)
			return
		}
		w.Header().Set(client.NextHeader, "more")
		fmt.Fprint(w, `[{"id": "acme"}]`)
	})
	if list, err := client.Collect(c.Participants().List(t.Context())); !errors.Is(err, client.ErrUnavailable) || list != nil {
		t.Errorf("%v, %v", list, err)
	}
}

// A value in a path stays one segment of the path.
func TestPathsAreEscaped(t *testing.T) {
	var path string
	_, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		path = r.URL.EscapedPath()
		fmt.Fprint(w, `{}`)
	})
	if _, err := c.Datasets().Get(t.Context(), "../keys", "a/b?c"); err != nil {
		t.Fatal(err)
	}
	if want := client.Prefix + "/participants/..%2Fkeys/datasets/a%2Fb%3Fc"; path != want {
		t.Errorf("asked for %s, want %s", path, want)
	}
}

// The client talks only to the server with the right key or of the right
// authority.
func TestTrust(t *testing.T) {
	s, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{}`) })
	s.Config.ErrorLog = nil
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	for name, c := range map[string]struct {
		option []client.Option
		ok     bool
	}{
		"its key":       {[]client.Option{client.TrustKey(spki(s))}, true},
		"another key":   {[]client.Option{client.TrustKey(strings.Repeat("0", 64))}, false},
		"its authority": {[]client.Option{client.TrustCA(ca)}, true},
		"of the system": {nil, false},
		"by the caller": {[]client.Option{client.Through(s.Client())}, true},
	} {
		cl, err := client.New(s.URL, "k", c.option...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cl.Gateway().Show(t.Context()); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := client.New(s.URL, "k", client.TrustCA([]byte("no certificate"))); !errors.Is(err, client.ErrInvalid) {
		t.Errorf("no certificate: %v", err)
	}
	if _, err := client.New("http://127.0.0.1:1", "k"); !errors.Is(err, client.ErrInvalid) {
		t.Errorf("a URL without TLS: %v", err)
	}
}

// Open finds a gateway by the files in its data directory.
func TestOpen(t *testing.T) {
	var key string
	s, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		key = r.Header.Get("Authorization")
		fmt.Fprint(w, `{"version": "1"}`)
	})
	dir := t.TempDir()
	if _, err := client.Open(dir, ""); !errors.Is(err, client.ErrUnavailable) {
		t.Errorf("no gateway: %v", err)
	}
	place, err := json.Marshal(client.Endpoint{URL: s.URL, SPKI: spki(s)})
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(client.EndpointFile, string(place))
	if _, err := client.Open(dir, ""); !errors.Is(err, client.ErrUnauthenticated) {
		t.Errorf("no key: %v", err)
	}
	write(client.LocalKeyFile, "hutong_local\n")
	c, err := client.Open(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	if g, err := c.Gateway().Show(t.Context()); err != nil || g.Version != "1" || key != "Bearer hutong_local" {
		t.Errorf("%+v, %v, with %q", g, err, key)
	}
	s.Close()
	if _, err := c.Gateway().Show(t.Context()); !errors.Is(err, client.ErrUnavailable) {
		t.Errorf("a gateway that has ended: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Gateway().Show(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

// A flow is followed change by change to its end.
func TestFollow(t *testing.T) {
	states := []string{client.Profiling, client.Profiling, client.Delivering, client.Completed}
	versions := []int64{1, 1, 2, 3}
	var asked []string
	_, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := len(asked)
		asked = append(asked, r.URL.Query().Get("after"))
		_ = json.NewEncoder(w).Encode(client.Flow{ID: "f", State: states[n], Version: versions[n]})
	})
	var seen []string
	for f, err := range c.Flows().Follow(t.Context(), "f") {
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, f.State)
	}
	if strings.Join(seen, " ") != "profiling delivering completed" || strings.Join(asked, " ") != "-1 1 1 2" {
		t.Errorf("saw %q by asking after %q", seen, asked)
	}
}
