package api

import (
	"context"

	"hutong/client"
	"hutong/internal/gateway"
	"hutong/internal/rules"
)

// selfHandlers answer for the gateway itself.
type selfHandlers struct {
	gateway *gateway.Service
	rules   func() *rules.Set
	version string
}

func (h selfHandlers) show(context.Context, *none) (*body[client.Gateway], error) {
	card, err := wired[client.Card](h.gateway.Card())
	if err != nil {
		return nil, err
	}
	packs, err := wired[[]client.PackRef](h.rules().Packs())
	return &body[client.Gateway]{client.Gateway{Card: card, Fingerprint: h.gateway.Fingerprint(), Version: h.version, Packs: packs}}, err
}
