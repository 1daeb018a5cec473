// Package api is the management API of one gateway: OpenAPI 3.1 over HTTPS,
// described by the code. The command line uses it and nothing else.
//
// Everything but set-up and health needs an API key. The table in routes.go
// says which role may use which operation. A participant's key sees only its
// own things; all others do not exist for it. The package holds no rules of law
// and does no work: services do the work.
package api

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"hutong/client"
	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/declare"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/objects"
	"hutong/internal/officer"
	"hutong/internal/papers"
	"hutong/internal/people"
	"hutong/internal/prove"
	"hutong/internal/rules"
	"hutong/internal/screen"
	"hutong/internal/survey"
)

// Config holds the services of the API; every field except LocalKey is needed.
type Config struct {
	Gateway   *gateway.Service
	Lists     gateway.Lists
	Flows     *flow.Service
	Agree     *agree.Service
	Counts    *people.Counts
	Survey    *survey.Survey
	Log       *prove.Log
	Rules     func() *rules.Set
	Catalogue Offers
	Reading   Reading
	// LocalKey is the secret for users who can read the data directory; it acts
	// as an operator. Empty: there is none.
	LocalKey string
	// Waybills are the evidence of the flows that were completed.
	Waybills objects.Store
	// Uploads are uploaded files, each for one flow.
	Uploads objects.Store
	// Outbox is the directory below which a participant's own key may name
	// sources: <Outbox>/<participant>. An operator may name any path.
	Outbox  string
	Peers   PeerHooks
	Ready   func(ctx context.Context) error
	Forks   func() int64 // contradictions that the witness has refused
	Version string
	Now     func() time.Time
	Logger  *slog.Logger
}

// Reading reads datasets, and records what people say of them and of their
// owners.
type Reading struct {
	// Profile reads the source of a dataset once.
	Profile func(ctx context.Context, d gateway.Dataset) (dataspace.Profile, error)
	// Keys counts the people of a dataset by each key.
	Keys     func(ctx context.Context, d gateway.Dataset) ([]dataspace.KeyCandidate, error)
	Officer  *officer.Service
	Declared *declare.Service
	// Papers are the legal documents of the owners.
	Papers *papers.Service
	// Screens are the lists of barred recipients.
	Screens *screen.Service
}

// server authenticates callers and maps errors.
type server struct {
	Config
	local [32]byte
}

// Prefix is the path of the API.
const Prefix = client.Prefix

// New makes the handler of the management address.
func New(cfg Config) http.Handler {
	s := &server{Config: cfg, local: sha256.Sum256([]byte(cfg.LocalKey))}
	mux := http.NewServeMux()
	described(s, newAPI(mux, cfg.Version))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("GET /setup", setupPage)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics(), promhttp.HandlerOpts{}))
	return secured(mux)
}

// Describe returns the OpenAPI document without a gateway behind it.
func Describe(version string) ([]byte, error) {
	api := newAPI(http.NewServeMux(), version)
	described(&server{}, api)
	return api.OpenAPI().YAML()
}

// described registers the operations and completes their schemas.
func described(s *server, api huma.API) {
	s.register(api)
	describeFacts(api.OpenAPI().Components.Schemas.Map())
}

func newAPI(mux *http.ServeMux, version string) huma.API {
	c := huma.DefaultConfig("Hutong management API", version)
	c.OpenAPIPath = Prefix + "/openapi"
	c.DocsPath, c.SchemasPath = "", Prefix+"/schemas"
	c.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[client.Source](), reflect.TypeFor[eitherSource]())
	c.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[client.PackFiles](), reflect.TypeFor[filesByPath]())
	c.CreateHooks = nil // no $schema links in answers
	c.Info.Description = "Participants, peers, datasets, instruments, flows, decisions, counts and evidence of one gateway."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"key": {Type: "http", Scheme: "bearer", Description: "an API key, hutong_…"}}
	return humago.New(mux, c)
}

// secured sets the headers that every response has.
func secured(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self' 'sha256-"+setupScriptHash+"'; style-src 'unsafe-inline'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'")
		w.Header().Set("Referrer-Policy", "no-referrer")
		h.ServeHTTP(w, r)
	})
}

// reason is why the gateway is not ready, in words that anybody may read: of an
// error without a code it gives none.
func reason(err error) string {
	var p *dataspace.Problem
	if !errors.As(err, &p) {
		return "see the gateway's log"
	}
	if p.Place != "" && p.Kind == dataspace.ErrEvidence {
		return p.Code + ": " + p.Place + ": " + p.Message
	}
	return p.Code + ": " + p.Message
}

func (s *server) readyz(w http.ResponseWriter, r *http.Request) {
	if err := s.Ready(r.Context()); err != nil {
		s.Logger.ErrorContext(r.Context(), "gateway is not ready", slog.Any("error", err))
		http.Error(w, "not ready: "+reason(err), http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}
