package api

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hutong/internal/agree"
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

// Judgement is a person's decision.
type Judgement struct {
	Approve bool   `json:"approve"`
	Reason  string `json:"reason" doc:"on what the decision rests; kept as evidence"`
}

// StopFlow says why.
type StopFlow struct {
	Reason string `json:"reason,omitempty"`
}

// ApproveFiling says which documents of a filing may be filed.
type ApproveFiling struct {
	Kind   string           `json:"kind" doc:"of the filing"`
	Digest dataspace.Digest `json:"digest" doc:"of what the documents were made of"`
	Reason string           `json:"reason" doc:"on what the approval rests; kept as evidence"`
}

// FlowView is a flow with how far it has come.
type FlowView struct {
	flow.Flow
	Progress *flow.Progress `json:"progress,omitempty"`
	// Sending says what keeps a protocol message from arriving.
	Sending string `json:"sending,omitempty"`
}

// ByFlow names a flow in a path.
type ByFlow struct {
	ID dataspace.FlowID `path:"id"`
}

// maxWait bounds how long a reader may wait for a flow to change.
const maxWait = 25 * time.Second

func (s *server) registerFlows(api huma.API) {
	add(s, api, route{method: get, path: "/flows", summary: "List flows, newest first", tag: "flows"}, s.listFlows)
	add(s, api, route{method: get, path: "/packs/changes", summary: "Flows that came out otherwise when they were decided again after an update of the packs", tag: "flows"},
		func(ctx context.Context, in *ByOwner) (*body[[]flow.Flow], error) {
			if err := allowAny(ctx, gateway.ReadFlows); err != nil {
				return nil, err
			}
			if p := who(ctx); p.Role == gateway.ParticipantMember {
				if in.Owner != "" && in.Owner != p.Participant {
					return &body[[]flow.Flow]{[]flow.Flow{}}, nil
				}
				in.Owner = p.Participant
			}
			list, err := s.Flows.Rechecked(ctx, in.Owner)
			return &body[[]flow.Flow]{orEmpty(list)}, err
		})
	add(s, api, route{method: post, path: "/flows/send", summary: "Send a dataset", tag: "flows"}, s.send)
	add(s, api, route{method: post, path: "/flows/fetch", summary: "Fetch a dataset", tag: "flows"}, s.fetch)
	add(s, api, route{method: get, path: "/flows/{id}", summary: "Show a flow, or wait until it has changed", tag: "flows"}, s.showFlow)
	add(s, api, route{method: get, path: "/flows/{id}/documents/{name}", summary: "A document of a flow: profile, facts, decision, plan, agreement, receipt, filing.<kind>", tag: "flows"},
		func(ctx context.Context, in *struct {
			ByFlow
			Name string `path:"name"`
		}) (*body[json.RawMessage], error) {
			f, err := s.flow(ctx, gateway.ReadFlows, in.ID)
			if err != nil {
				return nil, err
			}
			d, err := s.Flows.Document(ctx, f, in.Name)
			return &body[json.RawMessage]{json.RawMessage(d)}, err
		})
	add(s, api, route{method: post, path: "/flows/{id}/review", summary: "A compliance officer's decision", tag: "flows"},
		func(ctx context.Context, in *struct {
			ByFlow
			Body Judgement
		}) (*body[FlowView], error) {
			return s.judge(ctx, in.ID, gateway.ReviewFlows, in.Body, dataspace.HumanReview)
		})
	add(s, api, route{method: post, path: "/flows/{id}/accept", summary: "Take or refuse an offer that the intake left to a person", tag: "flows"},
		func(ctx context.Context, in *struct {
			ByFlow
			Body Judgement
		}) (*body[FlowView], error) {
			return s.judge(ctx, in.ID, gateway.AcceptFlows, in.Body, dataspace.Cleared)
		})
	add(s, api, route{method: post, path: "/flows/{id}/stop", summary: "Stop a flow for good", tag: "flows"},
		func(ctx context.Context, in *struct {
			ByFlow
			Body StopFlow
		}) (*body[FlowView], error) {
			if _, err := s.flow(ctx, gateway.StopFlows, in.ID); err != nil {
				return nil, err
			}
			f, err := s.Flows.Stop(ctx, in.ID, who(ctx).Name, in.Body.Reason)
			return s.view(ctx, f), err
		})
	add(s, api, route{method: post, path: "/flows/{id}/resume", summary: "Try or decide a flow again now", tag: "flows"},
		func(ctx context.Context, in *ByFlow) (*body[FlowView], error) {
			if _, err := s.flow(ctx, gateway.StartFlows, in.ID); err != nil {
				return nil, err
			}
			f, err := s.Flows.Resume(ctx, in.ID)
			return s.view(ctx, f), err
		})
}

// Fulfilled says how an obligation was fulfilled.
type Fulfilled struct {
	Reason string `json:"reason" doc:"how it was fulfilled; kept as evidence"`
	On     string `json:"on,omitempty" doc:"2006-01-02; today when empty"`
}

func (s *server) registerObligations(api huma.API) {
	add(s, api, route{method: get, path: "/obligations", summary: "What is open over all flows that stand or were delivered, and what will soon end", tag: "flows"},
		func(ctx context.Context, in *struct {
			ByOwner
			Flow      dataspace.FlowID `query:"flow"`
			DueBefore string           `query:"due_before" doc:"2006-01-02"`
			Fulfilled bool             `query:"fulfilled" doc:"also what is fulfilled"`
		}) (*body[flow.Agenda], error) {
			if err := allowAny(ctx, gateway.ReadFlows); err != nil {
				return nil, err
			}
			filter := flow.AgendaFilter{Local: in.Owner, Flow: in.Flow, DueBefore: in.DueBefore, Fulfilled: in.Fulfilled}
			if in.Flow != "" {
				if _, err := s.flow(ctx, gateway.ReadFlows, in.Flow); err != nil {
					return nil, err
				}
			}
			if p := who(ctx); p.Role == gateway.ParticipantMember {
				if in.Owner != "" && in.Owner != p.Participant {
					return nil, fmt.Errorf("list obligations of %s: %w", in.Owner, dataspace.ErrNotFound)
				}
				filter.Local = p.Participant
			}
			agenda, err := s.Flows.Agenda(ctx, filter)
			return &body[flow.Agenda]{agenda}, err
		})
	add(s, api, route{method: post, path: "/flows/{id}/filings", summary: "A compliance officer's approval of the documents of a filing", tag: "flows"},
		func(ctx context.Context, in *struct {
			ByFlow
			Body ApproveFiling
		}) (*body[flow.Filing], error) {
			if _, err := s.flow(ctx, gateway.ReviewFlows, in.ID); err != nil {
				return nil, err
			}
			by := who(ctx)
			f, err := s.Flows.ApproveFiling(ctx, in.ID, flow.Filing{Kind: in.Body.Kind, Digest: in.Body.Digest, Reason: in.Body.Reason, By: fmt.Sprintf("%s (%s)", by.Name, by.Role)})
			return &body[flow.Filing]{f}, err
		})
	add(s, api, route{method: post, path: "/flows/{id}/obligations/{obligation}/done", summary: "Record that a person fulfilled an obligation that no instrument fulfils", tag: "flows"},
		func(ctx context.Context, in *struct {
			ByFlow
			Obligation string `path:"obligation"`
			Body       Fulfilled
		}) (*body[FlowView], error) {
			if _, err := s.flow(ctx, gateway.WriteInstruments, in.ID); err != nil {
				return nil, err
			}
			by := who(ctx)
			f, err := s.Flows.Fulfil(ctx, in.ID, in.Obligation, fmt.Sprintf("%s (%s)", by.Name, by.Role), in.Body.Reason, in.Body.On)
			return s.view(ctx, f), err
		})
}

func (s *server) listFlows(ctx context.Context, in *struct {
	ByOwner
	State string `query:"state"`
	Limit int    `query:"limit" minimum:"1" maximum:"10000" default:"100"`
}) (*body[[]flow.Flow], error) {
	if err := allowAny(ctx, gateway.ReadFlows); err != nil {
		return nil, err
	}
	filter := flow.Filter{Local: in.Owner, Limit: in.Limit}
	if in.State != "" {
		filter.States = []dataspace.FlowState{dataspace.FlowState(in.State)}
	}
	if p := who(ctx); p.Role == gateway.ParticipantMember {
		if in.Owner != "" && in.Owner != p.Participant {
			return &body[[]flow.Flow]{[]flow.Flow{}}, nil
		}
		filter.Local = p.Participant
	}
	list, err := s.Flows.List(ctx, filter)
	return &body[[]flow.Flow]{orEmpty(list)}, err
}

// flow finds a flow in the caller's sight.
func (s *server) flow(ctx context.Context, p gateway.Permission, id dataspace.FlowID) (flow.Flow, error) {
	if err := allowAny(ctx, p); err != nil {
		return flow.Flow{}, err
	}
	f, err := s.Flows.Flow(ctx, id)
	if err != nil {
		return flow.Flow{}, err
	}
	if !who(ctx).Sees(f.Local) {
		return flow.Flow{}, fmt.Errorf("read flow %s: %w", id, dataspace.ErrNotFound)
	}
	return f, nil
}

func (s *server) view(_ context.Context, f flow.Flow) *body[FlowView] {
	v := FlowView{Flow: f}
	if p, ok := s.Flows.Progress(f.ID); ok {
		v.Progress = &p
	}
	for _, ref := range []agree.Ref{{Kind: agree.KindTransfer, ID: string(f.Transfer)}, {Kind: agree.KindNegotiation, ID: string(f.Negotiation)}} {
		if t, ok := s.Agree.Trouble(ref); ok && ref.ID != "" && !f.State.Final() {
			v.Sending = fmt.Sprintf("a message to the peer has not arrived after %d attempts since %s", t.Attempts, t.Since.Format(time.RFC3339))
			break
		}
	}
	return &body[FlowView]{v}
}

func (s *server) showFlow(ctx context.Context, in *struct {
	ByFlow
	After int64 `query:"after" default:"-1" doc:"wait until the version is greater than this"`
	Wait  int   `query:"wait" minimum:"0" maximum:"25" doc:"seconds to wait at most"`
}) (*body[FlowView], error) {
	waiting, cancel := context.WithTimeout(ctx, min(time.Duration(in.Wait)*time.Second, maxWait))
	defer cancel()
	for {
		changed := s.Flows.Changed(in.ID)
		f, err := s.flow(ctx, gateway.ReadFlows, in.ID)
		if err != nil {
			return nil, err
		}
		if in.Wait == 0 || f.Version > in.After {
			return s.view(ctx, f), nil
		}
		select {
		case <-changed:
		case <-waiting.Done():
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			return s.view(ctx, f), nil
		}
	}
}

func (s *server) send(ctx context.Context, in *with[Send]) (*body[FlowView], error) {
	r := in.Body
	if err := allow(ctx, gateway.StartFlows, r.From); err != nil {
		return nil, err
	}
	if err := s.Gateway.Allow(ctx, r.Peer, gateway.Negotiation, r.Purpose); err != nil {
		return nil, err
	}
	req := flow.Request{
		Role: dataspace.Provider, Local: r.From, Peer: r.Peer, Counterparty: r.To, Dataset: r.Dataset, Purpose: r.Purpose, Format: r.Format,
		Source: r.Source, Own: r.Columns, RetentionDays: r.RetentionDays,
	}
	if r.Source != "" {
		if err := s.sourceAllowed(ctx, r.From, r.Source); err != nil {
			return nil, err
		}
	} else {
		d, err := s.Gateway.Dataset(ctx, r.From, r.Dataset)
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
	f, err := s.Flows.Begin(ctx, req)
	return s.view(ctx, f), err
}

func (s *server) fetch(ctx context.Context, in *with[Fetch]) (*body[FlowView], error) {
	r := in.Body
	if err := allow(ctx, gateway.StartFlows, r.As); err != nil {
		return nil, err
	}
	if err := s.Gateway.Allow(ctx, r.Peer, gateway.Negotiation, r.Purpose); err != nil {
		return nil, err
	}
	f, err := s.Flows.Begin(ctx, flow.Request{
		Role: dataspace.Consumer, Local: r.As, Peer: r.Peer, Counterparty: r.From, Dataset: r.Dataset, Purpose: r.Purpose,
	})
	return s.view(ctx, f), err
}

// judge records a person's decision on a flow whose computed verdict is the
// one that this kind of decision is for: an intake cannot stand in for a
// compliance review.
func (s *server) judge(ctx context.Context, id dataspace.FlowID, p gateway.Permission, j Judgement, verdict dataspace.Verdict) (*body[FlowView], error) {
	if _, err := s.flow(ctx, p, id); err != nil {
		return nil, err
	}
	by := who(ctx)
	f, err := s.Flows.Decide(ctx, id, verdict, j.Approve, fmt.Sprintf("%s (%s)", by.Name, by.Role), j.Reason)
	return s.view(ctx, f), err
}
