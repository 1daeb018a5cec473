package api

import (
	"context"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/declare"
	"hutong/internal/fact"
	"hutong/internal/gateway"
	"hutong/internal/rules"
)

// ByParticipant names a participant in a path.
type ByParticipant struct {
	ID dataspace.ParticipantID `path:"id"`
}

func (in *ByParticipant) owner() dataspace.ParticipantID { return in.ID }

// ByOwner narrows a list to what belongs to one participant.
type ByOwner struct {
	Owner dataspace.ParticipantID `query:"owner" doc:"only what belongs to this participant"`
}

func (in *ByOwner) narrow() *dataspace.ParticipantID { return &in.Owner }

// ownParticipants is a request for a list of participants, of which a
// participant sees itself.
type ownParticipants struct {
	Paged
	only dataspace.ParticipantID
}

func (in *ownParticipants) narrow() *dataspace.ParticipantID { return &in.only }

// newParticipant is a participant to be admitted.
type newParticipant struct{ Body client.Participant }

func (in *newParticipant) owner() dataspace.ParticipantID { return dataspace.ParticipantID(in.Body.ID) }

// changedParticipant is a participant with its new data.
type changedParticipant struct {
	ByParticipant
	Body client.Participant
}

// participantHandlers serve the operations on participants.
type participantHandlers struct {
	gateway  *gateway.Service
	lists    gateway.Lists
	declared *declare.Service
	rules    func() *rules.Set
}

func (h participantHandlers) list(ctx context.Context, in *ownParticipants) (*page[client.Participant], error) {
	key := func(p gateway.Participant) []string { return []string{string(p.ID)} }
	return paged[client.Participant](in.Paged, key, func(after []string, limit int) ([]gateway.Participant, error) {
		if in.only != "" {
			p, err := h.gateway.Participant(ctx, in.only)
			return []gateway.Participant{p}, err
		}
		list, err := h.lists.ParticipantsPage(ctx, dataspace.ParticipantID(after[0]), limit)
		for i := range list {
			list[i] = h.gateway.MarkParticipant(list[i])
		}
		return list, err
	})
}

func (h participantHandlers) add(ctx context.Context, in *newParticipant) (*body[client.Participant], error) {
	p, err := unwired[gateway.Participant](in.Body)
	if err != nil {
		return nil, err
	}
	p.Known = fact.SaidBy(p.Known, who(ctx).Name)
	return answer[client.Participant](h.gateway.Register(ctx, p))
}

func (h participantHandlers) show(ctx context.Context, in *ByParticipant) (*body[client.Participant], error) {
	return answer[client.Participant](h.gateway.Participant(ctx, in.ID))
}

func (h participantHandlers) change(ctx context.Context, in *changedParticipant) (*body[client.Participant], error) {
	p, err := unwired[gateway.Participant](in.Body)
	if err != nil {
		return nil, err
	}
	p.ID, p.Known = in.ID, fact.SaidBy(p.Known, who(ctx).Name)
	stated := declare.Stated{Place: "participant " + string(p.ID), Facts: p.Exporter(h.rules().Facts())}
	if err := h.declared.Check(ctx, p.ID, stated); err != nil {
		return nil, err
	}
	return answer[client.Participant](h.gateway.ChangeParticipant(ctx, p))
}

func (h participantHandlers) remove(ctx context.Context, in *ByParticipant) (*none, error) {
	return &none{}, h.gateway.RemoveParticipant(ctx, in.ID)
}
