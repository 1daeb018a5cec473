package gateway_test

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwt"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

func TestCaller(t *testing.T) {
	a, b := newNode(t, "shanghai"), newNode(t, "singapore")
	pair(t, a, b)
	for _, c := range []struct {
		local, callee, answers dataspace.ParticipantID
		status                 int
	}{
		{"", "", "", 200},
		{"acme", "reader", "reader", 200},
		{"", "reader", "reader", 200},
		{"acme", "reader", "other", 401},
		{"acme", "", "reader", 401},
		{"acme", "reader", "", 401},
	} {
		b.local.Store(c.answers)
		if got := call(t, a, b, c.local, c.callee, nil); got != c.status {
			t.Errorf("%+v: got %d", c, got)
		}
		if c.status == 200 && *b.last.Load() != (gateway.Caller{Peer: "shanghai", Gateway: "shanghai", Participant: c.local}) {
			t.Errorf("%+v: the caller is %+v", c, b.last.Load())
		}
	}
}

// tokenFor makes a token as a peer would, with changes.
func tokenFor(t testing.TB, n *node, change func(*jwt.Builder)) string {
	t.Helper()
	now := n.clock.now()
	b := jwt.NewBuilder().Issuer("shanghai").Subject("acme").Audience([]string{"singapore/reader"}).
		JwtID(rand.Text()).IssuedAt(now).Expiration(now.Add(time.Minute))
	if change != nil {
		change(b)
	}
	token, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	data, err := jwt.Sign(token, jwt.WithKey(jwa.EdDSA(), n.keys.Identity()))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func authenticate(n *node, local dataspace.ParticipantID, header string) (gateway.Caller, error) {
	r := httptest.NewRequest(http.MethodGet, "https://gateway/", nil)
	if header != "" {
		r.Header.Set("Authorization", header)
	}
	return n.Authenticate(r.Context(), local, r)
}

func TestTokenRefused(t *testing.T) {
	a, b := newNode(t, "shanghai"), newNode(t, "singapore")
	pair(t, a, b)
	stranger := &node{keys: openKeys(t, "shanghai"), clock: a.clock}
	claim := func(change func(*jwt.Builder)) func() string {
		return func() string { return "Bearer " + tokenFor(t, a, change) }
	}
	at := func(issued, expires time.Duration) func() string {
		return claim(func(b *jwt.Builder) { b.IssuedAt(day.Add(issued)).Expiration(day.Add(expires)) })
	}
	parts := func(header string) func() string {
		return func() string {
			p := strings.Split(tokenFor(t, a, nil), ".")
			return "Bearer " + base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + p[1] + "." + p[2]
		}
	}
	for name, c := range map[string]struct {
		header func() string
		code   string
		says   string
	}{
		"none":          {func() string { return "" }, "token.missing", ""},
		"basic":         {func() string { return "Basic YTpi" }, "token.missing", ""},
		"junk":          {func() string { return "Bearer junk" }, "token.form", ""},
		"long":          {func() string { return "Bearer " + strings.Repeat("a.", 2) + strings.Repeat("a", 5000) }, "token.form", ""},
		"no-issuer":     {claim(func(b *jwt.Builder) { b.Issuer("") }), "token.form", ""},
		"odd-subject":   {claim(func(b *jwt.Builder) { b.Subject("../x") }), "token.form", ""},
		"short-id":      {claim(func(b *jwt.Builder) { b.JwtID("1") }), "token.form", ""},
		"unknown":       {claim(func(b *jwt.Builder) { b.Issuer("nowhere") }), "token.issuer", ""},
		"other-key":     {func() string { return "Bearer " + tokenFor(t, stranger, nil) }, "token.signature", ""},
		"alg-none":      {parts(`{"alg":"none","typ":"JWT"}`), "token.signature", ""},
		"alg-hmac":      {parts(`{"alg":"HS256","typ":"JWT"}`), "token.signature", ""},
		"audience":      {claim(func(b *jwt.Builder) { b.Audience([]string{"singapore/other"}) }), "token.audience", ""},
		"two-audiences": {claim(func(b *jwt.Builder) { b.Audience([]string{"singapore/reader", "hk/reader"}) }), "token.audience", ""},
		"long-life":     {at(0, 61*time.Second), "token.life", "1m1s"},
		"backwards":     {at(0, -time.Second), "token.life", ""},
		"ahead":         {at(95*time.Second, 155*time.Second), "token.clock", "1m35s ahead"},
		"expired":       {at(-5*time.Minute, -4*time.Minute), "token.clock", "expired 4m0s ago"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := authenticate(b, "reader", c.header())
			var p *dataspace.Problem
			if !errors.Is(err, dataspace.ErrUnauthenticated) || !errors.As(err, &p) || p.Code != c.code || !strings.Contains(p.Message, c.says) {
				t.Errorf("got %v, want %s with %q", err, c.code, c.says)
			}
		})
	}
	// Clocks may differ a little, either way.
	for _, header := range []func() string{at(29*time.Second, 89*time.Second), at(-89*time.Second, -29*time.Second)} {
		if _, err := authenticate(b, "reader", header()); err != nil {
			t.Errorf("a clock within the allowance is refused: %v", err)
		}
	}
}

func TestTokenOnce(t *testing.T) {
	a, b := newNode(t, "shanghai"), newNode(t, "singapore")
	pair(t, a, b)
	var header string
	if got := call(t, a, b, "acme", "", func(r *http.Request) { header = r.Header.Get("Authorization") }); got != 200 {
		t.Fatalf("got %d", got)
	}
	if got := call(t, a, b, "acme", "", func(r *http.Request) { r.Header.Set("Authorization", header) }); got != 401 {
		t.Errorf("a token was good twice: %d", got)
	}
	_, err := authenticate(b, "", header)
	wantProblem(t, err, dataspace.ErrUnauthenticated, "token.replayed")
	// While it is still valid, and after.
	for range 5 {
		b.clock.add(30 * time.Second)
		if _, err := authenticate(b, "", header); err == nil {
			t.Errorf("a token was good twice at %s", b.clock.now())
		}
	}
}

// No bytes in the header may be accepted or cause a failure.
func FuzzAuthenticate(f *testing.F) {
	a, b := newNode(f, "shanghai"), newNode(f, "singapore")
	pair(f, a, b)
	f.Add("Bearer a.b.c")
	f.Add("Bearer " + tokenFor(f, &node{keys: openKeys(f, "shanghai"), clock: a.clock}, nil))
	f.Add(fmt.Sprintf("Bearer %s.e30.", base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`))))
	f.Fuzz(func(t *testing.T, header string) {
		if c, err := authenticate(b, "reader", header); err == nil {
			t.Errorf("%q got in as %+v", header, c)
		} else if !errors.Is(err, dataspace.ErrUnauthenticated) {
			t.Errorf("got %v", err)
		}
	})
}
