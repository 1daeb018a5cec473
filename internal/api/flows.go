package api

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"hutong/client"
	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

// ByFlow names a flow in a path.
type ByFlow struct {
	ID dataspace.FlowID `path:"id"`
}

func (in *ByFlow) flowID() dataspace.FlowID { return in.ID }

// maxWait is the longest time that a reader may wait for a change of a flow.
const maxWait = 25 * time.Second

// listedFlows narrows a list of flows.
type listedFlows struct {
	ByOwner
	State  string `query:"state"`
	Cursor string `query:"cursor" doc:"cursor of the page, from the header Hutong-Next of the answer before; default: the first page"`
	Limit  int    `query:"limit" minimum:"1" maximum:"10000" default:"100"`
}

// listedRechecks narrows a list of flows with a different new decision.
type listedRechecks struct {
	ByOwner
	Paged
}

// watched is a request for a flow, now or after its next change.
type watched struct {
	ByFlow
	After int64 `query:"after" default:"-1" doc:"wait until the version is greater than this"`
	Wait  int   `query:"wait" minimum:"0" maximum:"25" doc:"maximum number of seconds to wait"`
}

// flowDocument names a document of a flow.
type flowDocument struct {
	ByFlow
	Name string `path:"name"`
}

// onFlow is a request about a flow, with a body.
type onFlow[T any] struct {
	ByFlow
	Body T
}

// flowHandlers serve flows.
type flowHandlers struct {
	flows *flow.Service
	agree *agree.Service
}

func (h flowHandlers) list(ctx context.Context, in *listedFlows) (*page[client.Flow], error) {
	filter := flow.Filter{Local: in.Owner}
	if in.State != "" {
		if err := oneOf("state", in.State, dataspace.FlowStateNames()); err != nil {
			return nil, err
		}
		filter.States = []dataspace.FlowState{dataspace.FlowState(in.State)}
	}
	return pagedFlows(ctx, h.flows, Paged{Cursor: in.Cursor, Limit: in.Limit}, filter)
}

func (h flowHandlers) rechecked(ctx context.Context, in *listedRechecks) (*page[client.Flow], error) {
	return pagedFlows(ctx, h.flows, in.Paged, flow.Filter{Local: in.Owner, Rechecked: true})
}

// view is a flow with its progress.
func (h flowHandlers) view(f flow.Flow, err error) (*body[client.Flow], error) {
	if err != nil {
		return nil, err
	}
	out, err := wired[client.Flow](f)
	if err != nil {
		return nil, err
	}
	if p, ok := h.flows.Progress(f.ID); ok {
		out.Progress = &client.Progress{Step: p.Step, Rows: p.Rows, Bytes: p.Bytes, Total: p.Total, Rate: p.Rate, Seconds: p.Seconds}
	}
	for _, ref := range []agree.Ref{{Kind: agree.KindTransfer, ID: string(f.Transfer)}, {Kind: agree.KindNegotiation, ID: string(f.Negotiation)}} {
		if t, ok := h.agree.Trouble(ref); ok && ref.ID != "" && !f.State.Final() {
			out.Sending = fmt.Sprintf("a message to the peer has not arrived after %d attempts since %s", t.Attempts, t.Since.Format(time.RFC3339))
			break
		}
	}
	return &body[client.Flow]{out}, nil
}

func (h flowHandlers) show(ctx context.Context, f flow.Flow, in *watched) (*body[client.Flow], error) {
	if in.Wait == 0 || f.Version > in.After {
		return h.view(f, nil)
	}
	waiting, cancel := context.WithTimeout(ctx, min(time.Duration(in.Wait)*time.Second, maxWait))
	defer cancel()
	for {
		// Look at the version after getting the channel; otherwise a change in
		// between would be missed.
		changed := h.flows.Changed(in.ID)
		version, err := h.flows.Version(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if version <= in.After {
			select {
			case <-changed:
				continue
			case <-waiting.Done():
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		return h.view(h.flows.Flow(ctx, in.ID))
	}
}

func (h flowHandlers) document(ctx context.Context, f flow.Flow, in *flowDocument) (*body[json.RawMessage], error) {
	d, err := h.flows.Document(ctx, f, in.Name)
	return &body[json.RawMessage]{json.RawMessage(d)}, err
}

// review records a compliance officer's decision. An acceptance cannot replace
// it: each belongs to a different computed verdict.
func (h flowHandlers) review(ctx context.Context, _ flow.Flow, in *onFlow[client.Judgement]) (*body[client.Flow], error) {
	return h.judge(ctx, in, dataspace.HumanReview)
}

func (h flowHandlers) accept(ctx context.Context, _ flow.Flow, in *onFlow[client.Judgement]) (*body[client.Flow], error) {
	return h.judge(ctx, in, dataspace.Cleared)
}

func (h flowHandlers) judge(ctx context.Context, in *onFlow[client.Judgement], verdict dataspace.Verdict) (*body[client.Flow], error) {
	return h.view(h.flows.Commands.Decide(ctx, in.ID, verdict, in.Body.Approve, signature(ctx), in.Body.Reason))
}

func (h flowHandlers) stop(ctx context.Context, _ flow.Flow, in *onFlow[client.StopFlow]) (*body[client.Flow], error) {
	return h.view(h.flows.Commands.Stop(ctx, in.ID, who(ctx).Name, in.Body.Reason))
}

func (h flowHandlers) resume(ctx context.Context, _ flow.Flow, in *ByFlow) (*body[client.Flow], error) {
	return h.view(h.flows.Commands.Resume(ctx, in.ID))
}

// signature names the caller in the record of a decision.
func signature(ctx context.Context) string {
	by := who(ctx)
	return fmt.Sprintf("%s (%s)", by.Name, by.Role)
}
