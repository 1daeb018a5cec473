// Package api is the management API of one gateway: OpenAPI 3.1 over HTTPS,
// described by the code. The command line uses it and nothing else.
//
// Everything but set-up and health needs an API key. What a key may do is its
// role's; a participant's key sees only what is its own, and everything else
// is not there for it. It holds no rules of its own: services do the work.
package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/people"
	"hutong/internal/prove"
	"hutong/internal/rules"
)

// Config is what the API gives access to; every field but LocalKey is needed.
type Config struct {
	Gateway *gateway.Service
	Flows   *flow.Service
	Agree   *agree.Service
	Counts  *people.Counts
	Log     *prove.Log
	Rules   func() *rules.Set
	// Catalogue asks a participant behind a peer what it offers to the local
	// one.
	Catalogue func(ctx context.Context, local dataspace.ParticipantID, peer dataspace.PeerName, of dataspace.ParticipantID) ([]Offered, error)
	// LocalKey is the secret of whoever can read the data directory; it acts
	// as an operator. Empty: there is none.
	LocalKey string
	// Outbox is the directory below which a participant's own key may name
	// sources: <Outbox>/<participant>. An operator may name any path.
	Outbox        string
	PeerConfirmed func(ctx context.Context, p gateway.Peer) error
	PeerCut       func(ctx context.Context, p gateway.Peer) error
	PeerGone      func(p gateway.Peer)
	Ready         func(ctx context.Context) error
	Forks         func() int64 // contradictions that the witness has refused
	Version       string
	Now           func() time.Time
	Logger        *slog.Logger
}

// server holds the handlers.
type server struct {
	Config
	local [32]byte
}

// Prefix is where the API is.
const Prefix = "/api/v1"

// New makes the handler of the management address.
func New(cfg Config) http.Handler {
	s := &server{Config: cfg, local: sha256.Sum256([]byte(cfg.LocalKey))}
	mux := http.NewServeMux()
	s.register(newAPI(mux, cfg.Version))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("GET /setup", setupPage)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics(), promhttp.HandlerOpts{}))
	return secured(mux)
}

// Describe returns the OpenAPI document without a gateway behind it.
func Describe(version string) ([]byte, error) {
	api := newAPI(http.NewServeMux(), version)
	(&server{}).register(api)
	return api.OpenAPI().YAML()
}

func newAPI(mux *http.ServeMux, version string) huma.API {
	c := huma.DefaultConfig("Hutong management API", version)
	c.OpenAPIPath = Prefix + "/openapi"
	c.DocsPath, c.SchemasPath = "", Prefix+"/schemas"
	c.CreateHooks = nil // no $schema links in answers
	c.Info.Description = "Participants, peers, datasets, instruments, flows, decisions, counts and evidence of one gateway."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"key": {Type: "http", Scheme: "bearer", Description: "an API key, hutong_…"}}
	return humago.New(mux, c)
}

// secured sets what every answer carries.
func secured(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self' 'sha256-"+setupScriptHash+"'; style-src 'unsafe-inline'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'")
		w.Header().Set("Referrer-Policy", "no-referrer")
		h.ServeHTTP(w, r)
	})
}

func (s *server) readyz(w http.ResponseWriter, r *http.Request) {
	if err := s.Ready(r.Context()); err != nil {
		s.Logger.ErrorContext(r.Context(), "gateway is not ready", "error", err)
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}

type principalKey struct{}

// who is the caller of an authenticated request.
func who(ctx context.Context) gateway.Principal {
	p, _ := ctx.Value(principalKey{}).(gateway.Principal)
	return p
}

// authenticate lets only known keys through.
func (s *server) authenticate(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		secret, ok := strings.CutPrefix(ctx.Header("Authorization"), "Bearer ")
		if !ok {
			writeError(api, ctx, &dataspace.Problem{Kind: dataspace.ErrUnauthenticated, Code: "key.missing", Message: "an API key is needed",
				Hint: "send it as Authorization: Bearer KEY"})
			return
		}
		p, err := s.login(ctx.Context(), secret)
		if err != nil {
			writeError(api, ctx, err)
			return
		}
		next(huma.WithValue(ctx, principalKey{}, p))
	}
}

func (s *server) login(ctx context.Context, secret string) (gateway.Principal, error) {
	hash := sha256.Sum256([]byte(secret))
	if s.LocalKey != "" && subtle.ConstantTimeCompare(hash[:], s.local[:]) == 1 {
		return gateway.Principal{Key: "local", Name: "local operator", Role: gateway.Operator}, nil
	}
	return s.Gateway.Login(ctx, secret)
}

// Error is what every refusal looks like.
type Error struct {
	Status  int    `json:"status"`
	Code    string `json:"code" doc:"stable, dotted"`
	Message string `json:"message"`
	Place   string `json:"place,omitempty" doc:"file, row, column or field"`
	Hint    string `json:"hint,omitempty" doc:"what to do"`
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

// GetStatus implements huma.StatusError.
func (e *Error) GetStatus() int { return e.Status }

func init() {
	// The library makes its own errors, of requests that do not fit the
	// schema, through this.
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		e := &Error{Status: status, Code: "request.form", Message: msg}
		for _, err := range errs {
			var d *huma.ErrorDetail
			if errors.As(err, &d) && d != nil {
				e.Place, e.Message = d.Location, msg+": "+d.Message
				break
			}
		}
		return e
	}
}

// kinds maps what an error is to a status, first match wins.
var kinds = []struct {
	kind   error
	status int
	code   string
}{
	{dataspace.ErrUnauthenticated, http.StatusUnauthorized, "unauthenticated"},
	{dataspace.ErrNotFound, http.StatusNotFound, "not_found"},
	{dataspace.ErrPeerUnreachable, http.StatusBadGateway, "peer_unreachable"},
	{dataspace.ErrNotCleared, http.StatusConflict, "not_cleared"},
	{dataspace.ErrDenied, http.StatusForbidden, "denied"},
	{dataspace.ErrConflict, http.StatusConflict, "conflict"},
	{dataspace.ErrInvalid, http.StatusUnprocessableEntity, "invalid"},
	{dataspace.ErrEvidence, http.StatusUnprocessableEntity, "evidence"},
	{dataspace.ErrUnavailable, http.StatusServiceUnavailable, "unavailable"},
}

// problem turns any error into what the caller may see of it. What is not
// known to be safe is logged and not told.
func (s *server) problem(ctx context.Context, err error) error {
	e := describe(err)
	if e.Status == http.StatusInternalServerError {
		s.Logger.ErrorContext(ctx, "request failed", "error", err)
	}
	return e
}

func describe(err error) *Error {
	var done *Error
	if errors.As(err, &done) {
		return done
	}
	e := &Error{Status: http.StatusInternalServerError, Code: "internal", Message: "the gateway could not do this; its log says why"}
	for _, k := range kinds {
		if errors.Is(err, k.kind) {
			e.Status, e.Code, e.Message = k.status, k.code, err.Error()
			break
		}
	}
	var p *dataspace.Problem
	if errors.As(err, &p) && e.Status != http.StatusInternalServerError {
		e.Code, e.Place = p.Code, p.Place
	}
	e.Hint = dataspace.Hint(err)
	return e
}

func writeError(api huma.API, ctx huma.Context, err error) {
	e := describe(err)
	ctx.SetHeader("Content-Type", "application/json")
	if e.Status == http.StatusUnauthorized {
		ctx.SetHeader("WWW-Authenticate", "Bearer")
	}
	ctx.SetStatus(e.Status)
	_ = api.Marshal(ctx.BodyWriter(), "application/json", e) // a broken connection is the caller's to notice
}
