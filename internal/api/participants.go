package api

import (
	"context"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
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
type ownParticipants struct{ only dataspace.ParticipantID }

func (in *ownParticipants) narrow() *dataspace.ParticipantID { return &in.only }

// newParticipant is a participant to be admitted.
type newParticipant struct{ Body gateway.Participant }

func (in *newParticipant) owner() dataspace.ParticipantID { return in.Body.ID }

// changedParticipant is what is now known about a participant.
type changedParticipant struct {
	ByParticipant
	Body gateway.Participant
}

// participantHandlers answer for participants.
type participantHandlers struct{ gateway *gateway.Service }

func (h participantHandlers) list(ctx context.Context, in *ownParticipants) (*body[[]gateway.Participant], error) {
	if in.only != "" {
		p, err := h.gateway.Participant(ctx, in.only)
		return &body[[]gateway.Participant]{[]gateway.Participant{p}}, err
	}
	list, err := h.gateway.Participants(ctx)
	return &body[[]gateway.Participant]{orEmpty(list)}, err
}

func (h participantHandlers) add(ctx context.Context, in *newParticipant) (*body[gateway.Participant], error) {
	p, err := h.gateway.Register(ctx, in.Body)
	return &body[gateway.Participant]{p}, err
}

func (h participantHandlers) show(ctx context.Context, in *ByParticipant) (*body[gateway.Participant], error) {
	p, err := h.gateway.Participant(ctx, in.ID)
	return &body[gateway.Participant]{p}, err
}

func (h participantHandlers) change(ctx context.Context, in *changedParticipant) (*body[gateway.Participant], error) {
	in.Body.ID = in.ID
	p, err := h.gateway.ChangeParticipant(ctx, in.Body)
	return &body[gateway.Participant]{p}, err
}

func (h participantHandlers) remove(ctx context.Context, in *ByParticipant) (*none, error) {
	return &none{}, h.gateway.RemoveParticipant(ctx, in.ID)
}
