package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// body is an answer with nothing but a body.
type body[T any] struct{ Body T }

// with is a request with nothing but a body.
type with[T any] struct{ Body T }

// none is a request without anything, or an empty answer.
type none struct{}

// route describes one operation.
type route struct {
	method, path string
	summary      string
	tag          string
	open         bool // needs no key
}

// add registers an operation whose errors are turned into what a caller may
// see.
func add[I, O any](s *server, api huma.API, r route, h func(context.Context, *I) (*O, error)) {
	op := huma.Operation{
		OperationID: operationID(r), Method: r.method, Path: Prefix + r.path, Summary: r.summary, Tags: []string{r.tag},
		MaxBodyBytes: 4 << 20,
	}
	if !r.open {
		op.Security = []map[string][]string{{"key": {}}}
		op.Middlewares = huma.Middlewares{s.authenticate(api)}
	}
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return out, nil
	})
}

func operationID(r route) string {
	words := []string{strings.ToLower(r.method)}
	for _, part := range strings.Split(r.path, "/") {
		if part != "" {
			words = append(words, strings.Trim(part, "{}"))
		}
	}
	return strings.Join(words, "-")
}

// allow is ErrDenied or ErrNotFound unless the caller may do this to what
// belongs to owner.
func allow(ctx context.Context, p gateway.Permission, owner dataspace.ParticipantID) error {
	return who(ctx).Check(p, owner)
}

// allowAny is ErrDenied unless the caller's role has the permission at all;
// what it sees is for the handler to filter.
func allowAny(ctx context.Context, p gateway.Permission) error {
	return who(ctx).Check(p, who(ctx).Participant)
}

// visible keeps what belongs to owners in the caller's sight.
func visible[T any](ctx context.Context, list []T, owner func(T) dataspace.ParticipantID) []T {
	out := []T{}
	for _, v := range list {
		if who(ctx).Sees(owner(v)) {
			out = append(out, v)
		}
	}
	return out
}

func (s *server) register(api huma.API) {
	s.registerGateway(api)
	s.registerParticipants(api)
	s.registerPeers(api)
	s.registerFlows(api)
	s.registerObligations(api)
	s.registerEvidence(api)
}

const (
	get    = http.MethodGet
	post   = http.MethodPost
	put    = http.MethodPut
	remove = http.MethodDelete
)
