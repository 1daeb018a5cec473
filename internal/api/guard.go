package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
)

// Scope says whose things an operation may concern.
type Scope string

// The scopes. They differ for a participant's key only: every other role that
// has the permission sees everything.
const (
	Open     Scope = "open"     // needs no key
	Shared   Scope = "shared"   // belongs to nobody
	Owner    Scope = "owner"    // the caller must see the owner that the request names
	OwnFlow  Scope = "flow"     // the caller must see the flow that the path names
	Narrowed Scope = "narrowed" // a list of only what the caller may see
)

// rule says who may use an operation, and which handler serves it.
type rule struct {
	permission gateway.Permission // empty where no key is needed
	scope      Scope
	register   func(s *server, api huma.API, op huma.Operation)
}

// owned is a request that names an owner.
type owned interface {
	owner() dataspace.ParticipantID
}

// ofFlow is a request that names the flow it is about.
type ofFlow interface{ flowID() dataspace.FlowID }

// narrowed is a request for a list that can be narrowed to one owner.
type narrowed interface {
	narrow() *dataspace.ParticipantID
}

// open allows everybody.
func open[I, O any](h func(context.Context, *I) (*O, error)) rule {
	return guarded("", Open, nil, h)
}

// shared asks for the permission and nothing else.
func shared[I, O any](p gateway.Permission, h func(context.Context, *I) (*O, error)) rule {
	return guarded(p, Shared, nil, h)
}

// byOwner asks for the permission, and requires that the caller sees the owner.
func byOwner[I, O any, R interface {
	*I
	owned
}](p gateway.Permission, h func(context.Context, *I) (*O, error)) rule {
	return guarded(p, Owner, func(who gateway.Principal, in *I) error { return who.Check(p, R(in).owner()) }, h)
}

// list asks for the permission, and narrows a participant to its own.
func list[I, O any, R interface {
	*I
	narrowed
}](p gateway.Permission, h func(context.Context, *I) (*O, error)) rule {
	return guarded(p, Narrowed, func(who gateway.Principal, in *I) error {
		owner := R(in).narrow()
		if who.Role == gateway.ParticipantMember && *owner == "" {
			*owner = who.Participant
		}
		if *owner == "" {
			return nil
		}
		return who.Check(p, *owner)
	}, h)
}

// byFlow asks for the permission, and passes the flow to the handler if the
// caller sees it.
func byFlow[I, O any, R interface {
	*I
	ofFlow
}](p gateway.Permission, h func(context.Context, flow.Flow, *I) (*O, error)) rule {
	return rule{permission: p, scope: OwnFlow, register: func(s *server, api huma.API, op huma.Operation) {
		guarded(p, OwnFlow, nil, func(ctx context.Context, in *I) (*O, error) {
			f, err := s.Flows.Flow(ctx, R(in).flowID())
			if err != nil {
				return nil, err
			}
			if !who(ctx).Sees(f.Local) {
				return nil, unseen(f.ID)
			}
			return h(ctx, f, in)
		}).register(s, api, op)
	}}
}

// unseen is the error for a flow that the caller may not see. It is the same as
// for a flow that does not exist.
func unseen(id dataspace.FlowID) error {
	return fmt.Errorf("read flow %s: %w", id, dataspace.ErrNotFound)
}

// guarded checks the permission and a further check, which may be nil, before
// the handler runs. It converts errors to the part that a caller may see.
func guarded[I, O any](p gateway.Permission, scope Scope, check func(gateway.Principal, *I) error, h func(context.Context, *I) (*O, error)) rule {
	return rule{permission: p, scope: scope, register: func(s *server, api huma.API, op huma.Operation) {
		if scope != Open {
			op.Security = []map[string][]string{{"key": {}}}
			op.Middlewares = huma.Middlewares{s.authenticate(api), s.permit(api, p)}
		}
		huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
			if check != nil {
				if err := check(who(ctx), in); err != nil {
					return nil, s.problem(ctx, err)
				}
			}
			out, err := h(ctx, in)
			if err != nil {
				return nil, s.problem(ctx, err)
			}
			return out, nil
		})
	}}
}

// permit refuses roles without the permission. It runs before the request is
// read, so a forbidden request is never read.
func (s *server) permit(api huma.API, p gateway.Permission) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		caller := who(ctx.Context())
		if err := caller.Check(p, caller.Participant); err != nil {
			writeError(api, ctx, err)
			return
		}
		next(ctx)
	}
}

// route is one line of the table of operations.
type route struct {
	method, path string
	tag          string
	summary      string
	rule         rule
}

// id names the operation: the method and the words of the path.
func (r route) id() string {
	words := []string{strings.ToLower(r.method)}
	for _, part := range strings.Split(r.path, "/") {
		if part != "" {
			words = append(words, strings.Trim(part, "{}"))
		}
	}
	return strings.Join(words, "-")
}

// maxBody is the largest request body of an operation, unless it is sized.
const maxBody = 4 << 20

// sized is a rule with its own limit for the size of requests.
func sized(most int64, r rule) rule {
	register := r.register
	r.register = func(s *server, api huma.API, op huma.Operation) {
		op.MaxBodyBytes = most
		register(s, api, op)
	}
	return r
}

// register makes every route of the table an operation.
func (s *server) register(api huma.API) {
	for _, r := range routes(s.Config) {
		r.rule.register(s, api, huma.Operation{
			OperationID: r.id(), Method: r.method, Path: Prefix + r.path, Summary: r.summary, Tags: []string{r.tag}, MaxBodyBytes: maxBody,
		})
	}
}

// Route is an operation with the roles that may use it.
type Route struct {
	Method, Path, Operation, Summary string
	Permission                       gateway.Permission // empty where no key is needed
	Scope                            Scope
}

// Allows reports whether keys of the role may use the operation at all.
func (r Route) Allows(role gateway.Role) bool {
	return r.Scope == Open || slices.Contains(role.Permissions(), r.Permission)
}

// Routes lists all operations, for the reference and for tests.
func Routes() []Route {
	var out []Route
	for _, r := range routes(Config{}) {
		out = append(out, Route{Method: r.method, Path: r.path, Operation: r.id(), Summary: r.summary, Permission: r.rule.permission, Scope: r.rule.scope})
	}
	return out
}
