package api

import (
	"context"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// Setup spends the one-time link of a first start.
type Setup struct {
	Token string `json:"token"`
	Name  string `json:"name" doc:"who holds the key"`
}

// NewKey asks for an API key.
type NewKey struct {
	Name        string                  `json:"name" doc:"who holds the key"`
	Role        gateway.Role            `json:"role" enum:"operator,compliance,participant,auditor"`
	Participant dataspace.ParticipantID `json:"participant,omitempty" doc:"for the role participant"`
}

// IssuedKey is a new API key; its secret is shown this once.
type IssuedKey struct {
	Secret string         `json:"secret"`
	Key    gateway.APIKey `json:"key"`
}

// ByKey names an API key in a path.
type ByKey struct {
	ID gateway.KeyID `path:"id"`
}

// keyHandlers answer for API keys.
type keyHandlers struct{ gateway *gateway.Service }

func (h keyHandlers) setup(ctx context.Context, in *with[Setup]) (*body[IssuedKey], error) {
	secret, key, err := h.gateway.Setup(ctx, in.Body.Token, in.Body.Name)
	return &body[IssuedKey]{IssuedKey{secret, key}}, err
}

func (h keyHandlers) list(ctx context.Context, _ *none) (*body[[]gateway.APIKey], error) {
	list, err := h.gateway.Keys(ctx)
	return &body[[]gateway.APIKey]{orEmpty(list)}, err
}

func (h keyHandlers) add(ctx context.Context, in *with[NewKey]) (*body[IssuedKey], error) {
	secret, key, err := h.gateway.NewKey(ctx, in.Body.Name, in.Body.Role, in.Body.Participant)
	return &body[IssuedKey]{IssuedKey{secret, key}}, err
}

func (h keyHandlers) remove(ctx context.Context, in *ByKey) (*none, error) {
	return &none{}, h.gateway.RemoveKey(ctx, in.ID)
}
