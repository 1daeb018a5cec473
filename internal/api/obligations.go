package api

import (
	"context"
	"strconv"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

// listedDuties narrows a list of obligations.
type listedDuties struct {
	ByOwner
	Paged
	Flow      dataspace.FlowID `query:"flow"`
	DueBefore string           `query:"due_before" doc:"2006-01-02"`
	Fulfilled bool             `query:"fulfilled" doc:"also list fulfilled obligations"`
}

// agenda is an answer with a part of an agenda.
type agenda struct {
	Next string `header:"Hutong-Next" doc:"cursor of the next page; absent at the end of the list"`
	Body client.Agenda
}

// fulfilledDuty says how an obligation of a flow was fulfilled.
type fulfilledDuty struct {
	ByFlow
	Obligation string `path:"obligation"`
	Body       client.Fulfilled
}

// dutyHandlers serve the obligations of flows.
type dutyHandlers struct{ flows flowHandlers }

func (h dutyHandlers) list(ctx context.Context, in *listedDuties) (*agenda, error) {
	key, err := keyOf(in.Cursor, 3)
	if err != nil {
		return nil, err
	}
	filter := flow.AgendaFilter{Local: in.Owner, Flow: in.Flow, DueBefore: in.DueBefore, Fulfilled: in.Fulfilled, Limit: in.Limit}
	if in.Cursor != "" {
		n, err := strconv.Atoi(key[2])
		if err != nil {
			return nil, errCursor
		}
		filter.After = flow.Place{Rank: key[0], Flow: dataspace.FlowID(key[1]), N: n}
	}
	a, err := h.flows.flows.Obligations.Agenda(ctx, filter)
	if err != nil {
		return nil, err
	}
	out := &agenda{}
	if a.Next != nil {
		out.Next = cursorOf(a.Next.Rank, string(a.Next.Flow), strconv.Itoa(a.Next.N))
	}
	out.Body, err = wired[client.Agenda](a)
	return out, err
}

func (h dutyHandlers) approveFiling(ctx context.Context, _ flow.Flow, in *onFlow[client.ApproveFiling]) (*body[client.Filing], error) {
	return answer[client.Filing](h.flows.flows.Commands.ApproveFiling(ctx, in.ID, flow.Filing{
		Kind: in.Body.Kind, Digest: dataspace.Digest(in.Body.Digest), Reason: in.Body.Reason, By: signature(ctx),
	}))
}

func (h dutyHandlers) fulfil(ctx context.Context, _ flow.Flow, in *fulfilledDuty) (*body[client.Flow], error) {
	return h.flows.view(h.flows.flows.Obligations.Fulfil(ctx, in.ID, in.Obligation, signature(ctx), in.Body.Reason, in.Body.On))
}
