package api

import (
	"context"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// ByKey names an API key in a path.
type ByKey struct {
	ID gateway.KeyID `path:"id"`
}

// keyHandlers serve API keys.
type keyHandlers struct {
	gateway *gateway.Service
	lists   gateway.Lists
}

func (h keyHandlers) setup(ctx context.Context, in *with[client.Setup]) (*body[client.IssuedKey], error) {
	return issued(h.gateway.Setup(ctx, in.Body.Token, in.Body.Name))
}

func (h keyHandlers) list(ctx context.Context, in *Paged) (*page[client.APIKey], error) {
	key := func(k gateway.APIKey) []string { return []string{string(k.ID)} }
	return paged[client.APIKey](*in, key, func(after []string, limit int) ([]gateway.APIKey, error) {
		return h.lists.KeysPage(ctx, gateway.KeyID(after[0]), limit)
	})
}

func (h keyHandlers) add(ctx context.Context, in *with[client.NewKey]) (*body[client.IssuedKey], error) {
	n := in.Body
	return issued(h.gateway.NewKey(ctx, n.Name, gateway.Role(n.Role), dataspace.ParticipantID(n.Participant)))
}

func issued(secret string, key gateway.APIKey, err error) (*body[client.IssuedKey], error) {
	if err != nil {
		return nil, err
	}
	k, err := wired[client.APIKey](key)
	return &body[client.IssuedKey]{client.IssuedKey{Secret: secret, Key: k}}, err
}

func (h keyHandlers) remove(ctx context.Context, in *ByKey) (*none, error) {
	return &none{}, h.gateway.RemoveKey(ctx, in.ID)
}
