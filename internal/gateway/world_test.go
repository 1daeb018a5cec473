package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/memory"
)

var day = time.Date(2026, 6, 15, 8, 0, 0, 0, time.UTC)

// clock is a clock that a test sets.
type clock struct{ offset atomic.Int64 }

func (c *clock) now() time.Time      { return day.Add(time.Duration(c.offset.Load())) }
func (c *clock) add(d time.Duration) { c.offset.Add(int64(d)) }
func (c *clock) always() time.Time   { return day }
func openKeys(t testing.TB, id string) *gateway.Keys {
	t.Helper()
	keys, err := gateway.OpenKeys(gateway.KeyOptions{Gateway: dataspace.GatewayID(id), Dir: filepath.Join(t.TempDir(), "keys"), Now: (&clock{}).always})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// node is a gateway that listens.
type node struct {
	*gateway.Service
	keys   *gateway.Keys
	store  gateway.Store
	clock  *clock
	server *httptest.Server
	// participant that /echo answers for; empty: the gateway itself
	local atomic.Value
	calls atomic.Int64
	last  atomic.Pointer[gateway.Caller]
}

func openStore(testing.TB) gateway.Store { return memory.New("here").Register }

// newNode starts a gateway that serves its own paths and /echo, which tells a
// caller who it is.
func newNode(t testing.TB, id string) *node {
	t.Helper()
	n := &node{keys: openKeys(t, id), store: openStore(t), clock: &clock{}}
	n.local.Store(dataspace.ParticipantID(""))
	var handler atomic.Value
	n.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.Load().(http.Handler).ServeHTTP(w, r)
	}))
	n.server.TLS = n.keys.ServerTLS()
	n.server.StartTLS()
	t.Cleanup(n.server.Close)
	var err error
	n.Service, err = gateway.New(gateway.Config{
		Gateway: dataspace.GatewayID(id), Name: id, Jurisdiction: "SG", URL: n.server.URL + "/",
		Keys: n.keys, Store: n.store, Now: n.clock.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	mux := http.NewServeMux()
	mux.Handle("/", n.Handler())
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		n.calls.Add(1)
		caller, err := n.Authenticate(r.Context(), n.local.Load().(dataspace.ParticipantID), r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		n.last.Store(&caller)
	})
	mux.Handle("/away", http.RedirectHandler("https://elsewhere.invalid/", http.StatusFound))
	handler.Store(http.Handler(mux))
	return n
}

// pair makes two gateways confirmed peers of each other, under their ids.
func pair(t testing.TB, a, b *node) {
	t.Helper()
	for _, p := range [][2]*node{{a, b}, {b, a}} {
		name := dataspace.PeerName(p[1].Card().Gateway)
		if _, err := p[0].AddPeer(t.Context(), name, p[1].server.URL); err != nil {
			t.Fatal(err)
		}
		if _, err := p[0].ConfirmPeer(t.Context(), name, p[1].Fingerprint()); err != nil {
			t.Fatal(err)
		}
	}
}

func participant(id string) gateway.Participant {
	return gateway.Participant{ID: dataspace.ParticipantID(id), LegalName: dataspace.Text{EN: "Acme Content", ZH: "甲科技"}, Jurisdiction: "CN", Group: "acme", Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"registered_in":     dataspace.TextOf("CN-SH"),
		"ciio":              dataspace.BoolOf(false),
		"state_organ":       dataspace.BoolOf(false),
		"foreign_authority": dataspace.BoolOf(true),
		"certifications":    dataspace.ListOf("global_cbpr"),
	})}
}
