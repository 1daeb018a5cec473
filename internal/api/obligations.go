package api

import (
	"context"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

// listedDuties narrows a list of obligations.
type listedDuties struct {
	ByOwner
	Flow      dataspace.FlowID `query:"flow"`
	DueBefore string           `query:"due_before" doc:"2006-01-02"`
	Fulfilled bool             `query:"fulfilled" doc:"also what is fulfilled"`
}

// fulfilledDuty says how an obligation of a flow was fulfilled.
type fulfilledDuty struct {
	ByFlow
	Obligation string `path:"obligation"`
	Body       client.Fulfilled
}

// dutyHandlers answer for what is to be done about flows.
type dutyHandlers struct{ flows flowHandlers }

func (h dutyHandlers) list(ctx context.Context, in *listedDuties) (*body[client.Agenda], error) {
	return answer[client.Agenda](h.flows.flows.Obligations.Agenda(ctx, flow.AgendaFilter{Local: in.Owner, Flow: in.Flow, DueBefore: in.DueBefore, Fulfilled: in.Fulfilled}))
}

func (h dutyHandlers) approveFiling(ctx context.Context, _ flow.Flow, in *onFlow[client.ApproveFiling]) (*body[client.Filing], error) {
	return answer[client.Filing](h.flows.flows.Commands.ApproveFiling(ctx, in.ID, flow.Filing{
		Kind: in.Body.Kind, Digest: dataspace.Digest(in.Body.Digest), Reason: in.Body.Reason, By: signature(ctx),
	}))
}

func (h dutyHandlers) fulfil(ctx context.Context, _ flow.Flow, in *fulfilledDuty) (*body[client.Flow], error) {
	return h.flows.view(h.flows.flows.Obligations.Fulfil(ctx, in.ID, in.Obligation, signature(ctx), in.Body.Reason, in.Body.On))
}
