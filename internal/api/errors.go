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
	// The library uses this function for its own errors, about requests that do
	// not match the schema.
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

// kinds maps kinds of errors to statuses; the first match wins.
var kinds = []struct {
	kind   error
	status int
	name   string // name on the wire, and the code of an error without a code
}{
	{dataspace.ErrUnauthenticated, http.StatusUnauthorized, "unauthenticated"},
	{dataspace.ErrNotFound, http.StatusNotFound, "not_found"},
	{dataspace.ErrPeerUnreachable, http.StatusBadGateway, "peer_unreachable"},
	{dataspace.ErrNotCleared, http.StatusConflict, "not_cleared"},
	{dataspace.ErrDenied, http.StatusForbidden, "denied"},
	{dataspace.ErrStale, http.StatusConflict, "conflict"},
	{dataspace.ErrContradiction, http.StatusConflict, "contradiction"},
	{dataspace.ErrConflict, http.StatusConflict, "conflict"},
	{dataspace.ErrInvalid, http.StatusUnprocessableEntity, "invalid"},
	{dataspace.ErrEvidence, http.StatusUnprocessableEntity, "evidence"},
	{dataspace.ErrUnavailable, http.StatusServiceUnavailable, "unavailable"},
}

// problem converts any error to the part that the caller may see. Text that is
// not known to be safe is logged and not returned.
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
	var all dataspace.Contradictions
	if errors.As(err, &all) {
		e.Message = all[0].Problem().Error()
		for _, c := range all {
			e.Contradictions = append(e.Contradictions, client.Contradiction{Code: c.Code, A: client.Text(c.A), B: client.Text(c.B), Is: client.Text(c.Is), Do: client.Text(c.Do)})
		}
	}
	return e
}

func writeError(api huma.API, ctx huma.Context, err error) {
	e := describe(err)
	ctx.SetHeader("Content-Type", "application/json")
	if e.Status == http.StatusUnauthorized {
		ctx.SetHeader("WWW-Authenticate", "Bearer")
	}
	ctx.SetStatus(e.Status)
	_ = api.Marshal(ctx.BodyWriter(), "application/json", e) // the caller notices a broken connection
}
