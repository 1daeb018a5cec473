package dsp

import (
	"context"
	"net/http"

	"hutong/internal/dataspace"
)

// Authenticator says who sent a request. Authenticator and Credentials are the
// two interfaces to replace for another way of proving identity.
type Authenticator interface {
	// Authenticate returns the caller of a request to a local participant.
	// ErrUnauthenticated if the request proves no identity, ErrDenied if the
	// caller is known but not allowed, ErrNotFound if there is no such local
	// participant. It must not read the body.
	Authenticate(ctx context.Context, local dataspace.ParticipantID, r *http.Request) (dataspace.Caller, error)
}

// Credentials prove our identity to others.
type Credentials interface {
	// Authorize adds what the counterparty needs to identify the local
	// participant. It is called again for each attempt.
	Authorize(ctx context.Context, req *http.Request, local dataspace.ParticipantID, to dataspace.Counterparty) error
	// HTTPClient returns the client for a counterparty, with the keys that were
	// pinned for it. The caller must not change it.
	HTTPClient(to dataspace.Counterparty) *http.Client
}
