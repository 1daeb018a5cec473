package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// The roles of keys.
const (
	Operator          = "operator"   // runs the gateway
	Compliance        = "compliance" // makes the decisions that need a person, keeps filings and counts
	ParticipantMember = "participant"
	Auditor           = "auditor" // sees everything, changes nothing
)

// APIKey is the stored part of an API key: everything except the secret.
type APIKey struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"` // for people: who holds it
	Role        string    `json:"role"`
	Participant string    `json:"participant,omitempty"` // of role participant
	Created     time.Time `json:"created"`
}

// NewKey asks for an API key.
type NewKey struct {
	Name        string `json:"name" doc:"name of the holder of the key"`
	Role        string `json:"role" enum:"operator,compliance,participant,auditor"`
	Participant string `json:"participant,omitempty" doc:"the participant, for the role participant"`
}

// IssuedKey is a new API key; its secret is shown only once.
type IssuedKey struct {
	Secret string `json:"secret"`
	Key    APIKey `json:"key"`
}

// Keys gives access to API keys.
type Keys struct{ t *transport }

// List ranges over the keys, without their secrets.
func (k Keys) List(ctx context.Context) iter.Seq2[APIKey, error] {
	return pages(func(p Page) ([]APIKey, string, error) { return page[APIKey](ctx, k.t, "/keys", url.Values{}, p) })
}

// Add makes a key.
func (k Keys) Add(ctx context.Context, in NewKey) (IssuedKey, error) {
	return call[IssuedKey](ctx, k.t, http.MethodPost, "/keys", in)
}

// Remove revokes a key. It returns ErrConflict for the last key of an operator.
func (k Keys) Remove(ctx context.Context, id string) error {
	return k.t.remove(ctx, path("keys", id))
}
