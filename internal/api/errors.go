package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"hutong/client"
	"hutong/internal/dataspace"
)

func init() {
	// The library makes its own errors, of requests that do not fit the
	// schema, through this.
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		e := &client.Error{Status: status, Kind: "invalid", Code: "request.form", Message: msg}
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
	name   string // on the wire, and the code of an error that has none
}{
	{dataspace.ErrUnauthenticated, http.StatusUnauthorized, "unauthenticated"},
	{dataspace.ErrNotFound, http.StatusNotFound, "not_found"},
	{dataspace.ErrPeerUnreachable, http.StatusBadGateway, "peer_unreachable"},
	{dataspace.ErrNotCleared, http.StatusConflict, "not_cleared"},
	{dataspace.ErrDenied, http.StatusForbidden, "denied"},
	{dataspace.ErrStale, http.StatusConflict, "conflict"},
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
		s.Logger.ErrorContext(ctx, "request failed", slog.Any("error", err))
	}
	return e
}

func describe(err error) *client.Error {
	var done *client.Error
	if errors.As(err, &done) {
		return done
	}
	e := &client.Error{Status: http.StatusInternalServerError, Code: "internal", Message: "the gateway could not do this; its log says why"}
	for _, k := range kinds {
		if errors.Is(err, k.kind) {
			e.Status, e.Kind, e.Code, e.Message = k.status, k.name, k.name, err.Error()
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
