package api

import (
	"context"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

// ApproveFiling says which documents of a filing may be filed.
type ApproveFiling struct {
	Kind   string           `json:"kind" doc:"of the filing"`
	Digest dataspace.Digest `json:"digest" doc:"of what the documents were made of"`
	Reason string           `json:"reason" doc:"on what the approval rests; kept as evidence"`
}

// Fulfilled says how an obligation was fulfilled.
type Fulfilled struct {
	Reason string `json:"reason" doc:"how it was fulfilled; kept as evidence"`
	On     string `json:"on,omitempty" doc:"2006-01-02; today when empty"`
}

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
	Body       Fulfilled
}

// dutyHandlers answer for what is to be done about flows.
type dutyHandlers struct{ flows flowHandlers }

func (h dutyHandlers) list(ctx context.Context, in *listedDuties) (*body[flow.Agenda], error) {
	agenda, err := h.flows.flows.Agenda(ctx, flow.AgendaFilter{Local: in.Owner, Flow: in.Flow, DueBefore: in.DueBefore, Fulfilled: in.Fulfilled})
	return &body[flow.Agenda]{agenda}, err
}

func (h dutyHandlers) approveFiling(ctx context.Context, _ flow.Flow, in *onFlow[ApproveFiling]) (*body[flow.Filing], error) {
	f, err := h.flows.flows.ApproveFiling(ctx, in.ID, flow.Filing{Kind: in.Body.Kind, Digest: in.Body.Digest, Reason: in.Body.Reason, By: signature(ctx)})
	return &body[flow.Filing]{f}, err
}

func (h dutyHandlers) fulfil(ctx context.Context, _ flow.Flow, in *fulfilledDuty) (*body[FlowView], error) {
	f, err := h.flows.flows.Fulfil(ctx, in.ID, in.Obligation, signature(ctx), in.Body.Reason, in.Body.On)
	return h.flows.view(f), err
}
