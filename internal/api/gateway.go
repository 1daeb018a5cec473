package api

import (
	"context"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/rules"
)

// Gateway is what a gateway says of itself.
type Gateway struct {
	Card        gateway.Card        `json:"card"`
	Fingerprint string              `json:"fingerprint" doc:"what the operator of a peer compares"`
	Version     string              `json:"version"`
	Packs       []dataspace.PackRef `json:"packs"`
}

// selfHandlers answer for the gateway itself.
type selfHandlers struct {
	gateway *gateway.Service
	rules   func() *rules.Set
	version string
}

func (h selfHandlers) show(context.Context, *none) (*body[Gateway], error) {
	return &body[Gateway]{Gateway{Card: h.gateway.Card(), Fingerprint: h.gateway.Fingerprint(), Version: h.version, Packs: h.rules().Packs()}}, nil
}
