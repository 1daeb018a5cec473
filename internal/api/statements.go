package api

import (
	"context"
	"time"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/officer"
	"hutong/internal/people"
	"hutong/internal/rules"
)

// said is what a person says of a dataset.
type said struct {
	ByDataset
	Body client.Say
}

// withdrawn names columns of which nothing is said any more.
type withdrawn struct {
	ByDataset
	Body client.WithdrawColumns
}

// statementHandlers record what people say of datasets.
type statementHandlers struct {
	gateway *gateway.Service
	reading Reading
	flows   *flow.Service
	counts  *people.Counts
	rules   func() *rules.Set
	now     func() time.Time
}

func (h statementHandlers) list(ctx context.Context, in *ByDataset) (*body[client.Statements], error) {
	if _, err := h.gateway.Dataset(ctx, in.Owner, in.ID); err != nil {
		return nil, err
	}
	return answer[client.Statements](h.reading.Officer.Kept(ctx, in.Owner, in.ID))
}

func (h statementHandlers) state(ctx context.Context, in *said) (*body[client.Statements], error) {
	p, err := h.profiled(ctx, in.ByDataset)
	if err != nil {
		return nil, err
	}
	var list []officer.Saying
	for _, c := range in.Body.Columns {
		list = append(list, officer.Saying{Column: c.Column, Says: dataspace.Saying(c.Says), Element: dataspace.ElementID(c.Element)})
	}
	return h.decided(ctx, in.ByDataset)(h.reading.Officer.State(ctx, in.Owner, in.ID, p, list, h.by(ctx, in.Body.Reason)))
}

func (h statementHandlers) withdraw(ctx context.Context, in *withdrawn) (*body[client.Statements], error) {
	return h.decided(ctx, in.ByDataset)(h.reading.Officer.Withdraw(ctx, in.Owner, in.ID, in.Body.Columns, h.by(ctx, in.Body.Reason)))
}

func (h statementHandlers) profiled(ctx context.Context, of ByDataset) (dataspace.Profile, error) {
	d, err := h.gateway.Dataset(ctx, of.Owner, of.ID)
	if err != nil {
		return dataspace.Profile{}, err
	}
	return h.reading.Profile(ctx, d)
}

func (h statementHandlers) by(ctx context.Context, reason string) officer.By {
	return officer.By{Name: who(ctx).Name, Reason: reason}
}

// decided decides the flows of the dataset again that wait, and answers.
func (h statementHandlers) decided(ctx context.Context, of ByDataset) func(officer.Kept, error) (*body[client.Statements], error) {
	return func(k officer.Kept, err error) (*body[client.Statements], error) {
		if err == nil {
			err = h.flows.Commands.SaidOf(ctx, of.Owner, of.ID)
		}
		return answer[client.Statements](k, err)
	}
}
