package api

import (
	"context"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/objects"
	"hutong/internal/rules"
	"hutong/internal/vocab"
)

// sending is a request to send a dataset.
type sending struct{ Body client.Send }

func (in *sending) owner() dataspace.ParticipantID { return dataspace.ParticipantID(in.Body.From) }

// fetching is a request to fetch a dataset.
type fetching struct{ Body client.Fetch }

func (in *fetching) owner() dataspace.ParticipantID { return dataspace.ParticipantID(in.Body.As) }

// beginHandlers begin flows.
type beginHandlers struct {
	gateway *gateway.Service
	flows   flowHandlers
	rules   func() *rules.Set
	outbox  string
	uploads objects.Store
}

func (h beginHandlers) send(ctx context.Context, in *sending) (*body[client.Flow], error) {
	r := in.Body
	var err error
	if r.Purpose, err = h.gateway.Facts().Words().Read(vocab.Purposes, "purpose", r.Purpose); err != nil {
		return nil, err
	}
	if err := h.gateway.Allow(ctx, dataspace.PeerName(r.Peer), gateway.Negotiation, r.Purpose); err != nil {
		return nil, err
	}
	own, err := unwired[[]dataspace.ColumnPlan](r.Columns)
	if err != nil {
		return nil, err
	}
	req := flow.Request{
		Role: dataspace.Provider, Local: in.owner(), Peer: dataspace.PeerName(r.Peer), Counterparty: dataspace.ParticipantID(r.To),
		Dataset: dataspace.DatasetID(r.Dataset), Purpose: r.Purpose, Format: r.Format, Source: named(r.Source), Own: own, RetentionDays: r.RetentionDays,
	}
	if r.Source.IsZero() {
		err = h.registered(ctx, &req)
	} else {
		err = sourceAllowed(ctx, h.uploads, h.outbox, req.Local, req.Source)
	}
	if err != nil {
		return nil, err
	}
	if r.SourceForm != nil {
		req.SourceForm = flow.SourceForm(*r.SourceForm)
	}
	if r.Facts != nil {
		if req.Facts, err = h.said(req.Facts, r.Facts, who(ctx).Name); err != nil {
			return nil, err
		}
	}
	return h.flows.view(h.flows.flows.Commands.Begin(ctx, req))
}

// registered fills in the data that the owner registered about the dataset.
func (h beginHandlers) registered(ctx context.Context, req *flow.Request) error {
	d, err := h.gateway.Dataset(ctx, req.Local, req.Dataset)
	if err != nil {
		return err
	}
	req.Source, req.Facts = d.Source, d.Facts
	req.Facts.Known = fact.Readable(h.gateway.Facts(), d.Facts.Known)
	req.SourceForm = flow.SourceForm{Format: d.Format, Charset: d.Charset, Delimiter: d.Delimiter, Dialect: d.Dialect, Header: d.Header, Skip: d.Skip, System: d.System}
	req.Own = append(append([]dataspace.ColumnPlan(nil), d.Columns...), req.Own...)
	if req.RetentionDays == 0 {
		req.RetentionDays = d.RetentionDays
	}
	return nil
}

// said returns the sender's facts about the flow on top of the registered facts
// of the dataset. Only a confirmation says which items of a list the dataset
// matches. The registered facts may include facts of a pack that is no longer
// loaded; the new facts may not.
func (h beginHandlers) said(registered dataspace.DatasetFacts, now client.Facts, by string) (dataspace.DatasetFacts, error) {
	facts, err := unwired[dataspace.DatasetFacts](now)
	if err != nil {
		return facts, err
	}
	if err := gateway.CheckListFacts(facts); err != nil {
		return facts, err
	}
	facts.Known = fact.SaidBy(facts.Known, by)
	if facts.Known, err = h.rules().Facts().ReadDataset(facts.Known, fact.Dataset, fact.Flow); err != nil {
		return facts, err
	}
	registered.Known = fact.WithoutNotes(registered.Known, facts.Known)
	return registered.Over(facts), nil
}

func (h beginHandlers) fetch(ctx context.Context, in *fetching) (*body[client.Flow], error) {
	r := in.Body
	var err error
	if r.Purpose, err = h.gateway.Facts().Words().Read(vocab.Purposes, "purpose", r.Purpose); err != nil {
		return nil, err
	}
	if err := h.gateway.Allow(ctx, dataspace.PeerName(r.Peer), gateway.Negotiation, r.Purpose); err != nil {
		return nil, err
	}
	return h.flows.view(h.flows.flows.Commands.Begin(ctx, flow.Request{
		Role: dataspace.Consumer, Local: in.owner(), Peer: dataspace.PeerName(r.Peer), Counterparty: dataspace.ParticipantID(r.From),
		Dataset: dataspace.DatasetID(r.Dataset), Purpose: r.Purpose,
	}))
}
