package api

import (
	"context"
	"encoding/json"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/declare"
	"hutong/internal/flow"
	"hutong/internal/gateway"
)

// declared is what a person declares of a participant.
type declared struct {
	ByParticipant
	Body client.Declare
}

// revoked names a declaration that is ended.
type revoked struct {
	ByParticipant
	Body client.Revoke
}

// declarationHandlers record what compliance officers declare.
type declarationHandlers struct {
	gateway  *gateway.Service
	declared *declare.Service
	flows    *flow.Service
}

func (h declarationHandlers) list(ctx context.Context, in *ByParticipant) (*body[[]client.Declaration], error) {
	if _, err := h.gateway.Participant(ctx, in.ID); err != nil {
		return nil, err
	}
	list, err := h.declared.Kept(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := make([]client.Declaration, len(list))
	for i, k := range list {
		if out[i], err = h.wired(ctx, k); err != nil {
			return nil, err
		}
	}
	return &body[[]client.Declaration]{out}, nil
}

// wired is a declaration on the wire, with its state today.
func (h declarationHandlers) wired(ctx context.Context, k declare.Kept) (client.Declaration, error) {
	out, err := wired[client.Declaration](k)
	if err == nil {
		out.State, err = h.declared.State(ctx, k)
	}
	return out, err
}

func (h declarationHandlers) declare(ctx context.Context, in *declared) (*body[client.Declaration], error) {
	answer := declare.Answer{Fact: in.Body.Fact, Dataset: dataspace.DatasetID(in.Body.Dataset), Until: in.Body.Until}
	if e := in.Body.Edition; e != nil {
		answer.Edition = &dataspace.Edition{Name: e.Name, On: e.On}
	}
	raw, err := json.Marshal(in.Body.Value)
	if err == nil {
		err = json.Unmarshal(raw, &answer.Value)
	}
	if err != nil {
		return nil, err
	}
	return h.decided(ctx, in.ID, answer.Dataset)(h.declared.Declare(ctx, in.ID, answer, h.by(ctx, in.Body.Reason)))
}

func (h declarationHandlers) revoke(ctx context.Context, in *revoked) (*body[client.Declaration], error) {
	dataset := dataspace.DatasetID(in.Body.Dataset)
	return h.decided(ctx, in.ID, dataset)(h.declared.Revoke(ctx, in.ID, in.Body.Fact, dataset, h.by(ctx, in.Body.Reason)))
}

func (h declarationHandlers) by(ctx context.Context, reason string) declare.By {
	p := who(ctx)
	return declare.By{Name: p.Name, Key: string(p.Key), Reason: reason}
}

// decided decides the flows again that wait, and answers.
func (h declarationHandlers) decided(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID) func(declare.Kept, error) (*body[client.Declaration], error) {
	return func(k declare.Kept, err error) (*body[client.Declaration], error) {
		if err == nil {
			err = h.flows.Commands.SaidOf(ctx, owner, id)
		}
		if err != nil {
			return nil, err
		}
		out, err := h.wired(ctx, k)
		return &body[client.Declaration]{out}, err
	}
}
