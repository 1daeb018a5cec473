package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// Gateway is what a gateway says of itself.
type Gateway struct {
	Card        gateway.Card        `json:"card"`
	Fingerprint string              `json:"fingerprint" doc:"what the operator of a peer compares"`
	Version     string              `json:"version"`
	Packs       []dataspace.PackRef `json:"packs"`
}

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

func (s *server) registerGateway(api huma.API) {
	add(s, api, route{method: get, path: "/gateway", summary: "This gateway: card, fingerprint, packs in force", tag: "gateway"},
		func(ctx context.Context, _ *none) (*body[Gateway], error) {
			if err := allowAny(ctx, gateway.ReadPacks); err != nil {
				return nil, err
			}
			return &body[Gateway]{Gateway{Card: s.Gateway.Card(), Fingerprint: s.Gateway.Fingerprint(), Version: s.Version, Packs: s.Rules().Packs()}}, nil
		})
	add(s, api, route{method: post, path: "/setup", summary: "Make the first operator's key with the link of the first start", tag: "gateway", open: true},
		func(ctx context.Context, in *with[Setup]) (*body[IssuedKey], error) {
			secret, key, err := s.Gateway.Setup(ctx, in.Body.Token, in.Body.Name)
			return &body[IssuedKey]{IssuedKey{secret, key}}, err
		})
	add(s, api, route{method: get, path: "/keys", summary: "List API keys, without their secrets", tag: "keys"},
		func(ctx context.Context, _ *none) (*body[[]gateway.APIKey], error) {
			if err := allow(ctx, gateway.ReadKeys, ""); err != nil {
				return nil, err
			}
			list, err := s.Gateway.Keys(ctx)
			return &body[[]gateway.APIKey]{orEmpty(list)}, err
		})
	add(s, api, route{method: post, path: "/keys", summary: "Make an API key", tag: "keys"},
		func(ctx context.Context, in *with[NewKey]) (*body[IssuedKey], error) {
			if err := allow(ctx, gateway.WriteKeys, ""); err != nil {
				return nil, err
			}
			secret, key, err := s.Gateway.NewKey(ctx, in.Body.Name, in.Body.Role, in.Body.Participant)
			return &body[IssuedKey]{IssuedKey{secret, key}}, err
		})
	add(s, api, route{method: remove, path: "/keys/{id}", summary: "End an API key", tag: "keys"},
		func(ctx context.Context, in *ByKey) (*none, error) {
			if err := allow(ctx, gateway.WriteKeys, ""); err != nil {
				return nil, err
			}
			return &none{}, s.Gateway.RemoveKey(ctx, in.ID)
		})
}

// orEmpty makes a list encode as [] rather than null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
