package api

import (
	"context"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
)

// Send asks for a dataset to go to a participant behind a peer: a registered
// dataset by its id, or a source with its facts.
type Send struct {
	From    dataspace.ParticipantID `json:"from" doc:"the local participant"`
	Peer    dataspace.PeerName      `json:"peer"`
	To      dataspace.ParticipantID `json:"to" doc:"behind the peer"`
	Dataset dataspace.DatasetID     `json:"dataset" doc:"of a registered dataset, or the name that the source goes by"`
	Purpose string                  `json:"purpose"`
	Format  string                  `json:"format,omitempty" doc:"csv (default), jsonl or parquet"`

	Source        string                  `json:"source,omitempty" doc:"absolute path on the gateway; empty: the registered dataset"`
	SourceForm    *flow.SourceForm        `json:"source_form,omitempty"`
	Facts         *dataspace.DatasetFacts `json:"facts,omitempty" doc:"over those of the registered dataset"`
	Columns       []dataspace.ColumnPlan  `json:"columns,omitempty" doc:"the sender's own choices; they may only be stricter than the rules ask for"`
	RetentionDays int                     `json:"retention_days,omitempty" minimum:"0"`
}

// Fetch asks for a dataset of a participant behind a peer.
type Fetch struct {
	As      dataspace.ParticipantID `json:"as" doc:"the local participant"`
	Peer    dataspace.PeerName      `json:"peer"`
	From    dataspace.ParticipantID `json:"from" doc:"behind the peer"`
	Dataset dataspace.DatasetID     `json:"dataset"`
	Purpose string                  `json:"purpose"`
}

// sending is a request to send a dataset.
type sending struct{ Body Send }

func (in *sending) owner() dataspace.ParticipantID { return in.Body.From }

// fetching is a request to fetch a dataset.
type fetching struct{ Body Fetch }

func (in *fetching) owner() dataspace.ParticipantID { return in.Body.As }

// beginHandlers begin flows.
type beginHandlers struct {
	gateway *gateway.Service
	flows   flowHandlers
	outbox  string
}

func (h beginHandlers) send(ctx context.Context, in *sending) (*body[FlowView], error) {
	r := in.Body
	if err := h.gateway.Allow(ctx, r.Peer, gateway.Negotiation, r.Purpose); err != nil {
		return nil, err
	}
	req := flow.Request{
		Role: dataspace.Provider, Local: r.From, Peer: r.Peer, Counterparty: r.To, Dataset: r.Dataset, Purpose: r.Purpose, Format: r.Format,
		Source: r.Source, Own: r.Columns, RetentionDays: r.RetentionDays,
	}
	if r.Source != "" {
		if err := sourceAllowed(ctx, h.outbox, r.From, r.Source); err != nil {
			return nil, err
		}
	} else {
		d, err := h.gateway.Dataset(ctx, r.From, r.Dataset)
		if err != nil {
			return nil, err
		}
		req.Source, req.Facts = d.Source, d.Facts
		req.SourceForm = flow.SourceForm{Format: d.Format, Charset: d.Charset, Delimiter: d.Delimiter}
		req.Own = append(append([]dataspace.ColumnPlan(nil), d.Columns...), r.Columns...)
		if req.RetentionDays == 0 {
			req.RetentionDays = d.RetentionDays
		}
	}
	if r.SourceForm != nil {
		req.SourceForm = *r.SourceForm
	}
	if r.Facts != nil {
		if err := gateway.CheckListFacts(*r.Facts); err != nil {
			return nil, err
		}
		match := req.Facts.ListMatch // only who confirms it says so
		req.Facts = *r.Facts
		req.Facts.ListMatch = match
	}
	f, err := h.flows.flows.Begin(ctx, req)
	return h.flows.view(f), err
}

func (h beginHandlers) fetch(ctx context.Context, in *fetching) (*body[FlowView], error) {
	r := in.Body
	if err := h.gateway.Allow(ctx, r.Peer, gateway.Negotiation, r.Purpose); err != nil {
		return nil, err
	}
	f, err := h.flows.flows.Begin(ctx, flow.Request{
		Role: dataspace.Consumer, Local: r.As, Peer: r.Peer, Counterparty: r.From, Dataset: r.Dataset, Purpose: r.Purpose,
	})
	return h.flows.view(f), err
}
