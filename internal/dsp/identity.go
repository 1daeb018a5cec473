package dsp

import (
	"context"
	"net/http"

	"hutong/internal/dataspace"
)

// Authenticator says who sent a request. This and Credentials are the seam
// where one way of proving identity is exchanged for another.
type Authenticator interface {
	// Authenticate returns the caller of a request to a local participant.
	// ErrUnauthenticated if it proves none, ErrDenied if it is known and not
	// welcome, ErrNotFound if there is no such local participant. It must not
	// read the body.
	Authenticate(ctx context.Context, local dataspace.ParticipantID, r *http.Request) (dataspace.Caller, error)
}

// Credentials prove to others who we are.
type Credentials interface {
	// Authorize adds what the counterparty needs to know the local
	// participant. It is called anew for each attempt.
	Authorize(ctx context.Context, req *http.Request, local dataspace.ParticipantID, to dataspace.Counterparty) error
	// HTTPClient returns the client for a counterparty, with the keys that
	// were pinned for it. It is not changed.
	HTTPClient(to dataspace.Counterparty) *http.Client
}
