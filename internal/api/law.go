package api

import (
	"context"
	"encoding/json"
	"time"

	"hutong/client"
	"hutong/internal/annex"
	"hutong/internal/contradict"
	"hutong/internal/dataspace"
	"hutong/internal/decide"
	"hutong/internal/fact"
	"hutong/internal/gateway"
	"hutong/internal/incident"
	"hutong/internal/rules"
)

// aboutDataset is a request about a registered dataset, with a body.
type aboutDataset struct {
	ByDataset
	Body client.ItemQuery
}

// lawHandlers answer by the packs in force, without a flow.
type lawHandlers struct {
	gateway *gateway.Service
	rules   func() *rules.Set
	read    func(context.Context, gateway.Dataset) (dataspace.Profile, error)
	now     func() time.Time
}

func (h lawHandlers) facts(context.Context, *none) (*body[[]client.Fact], error) {
	return answer[[]client.Fact](h.rules().Facts().All(), nil)
}

func (h lawHandlers) assess(_ context.Context, in *with[client.Question]) (*body[json.RawMessage], error) {
	set := h.rules()
	facts, err := read(set.Facts(), in.Body.Facts)
	if err != nil {
		return nil, err
	}
	if err := set.Facts().Check(facts.Known); err != nil {
		return nil, err
	}
	if err := set.CheckSwitches(facts.Switches); err != nil {
		return nil, err
	}
	if facts, err = set.Dated(facts); err != nil {
		return nil, err
	}
	return answer[json.RawMessage](decide.ByFacts(set, facts, contradict.Today(h.now())))
}

// read takes the facts of a flow off the wire, with keys in the place of words.
func read(t *fact.Table, wire client.Facts) (dataspace.Facts, error) {
	doc, err := t.ReadDocument(map[string]any(wire))
	if err != nil {
		return dataspace.Facts{}, err
	}
	facts, err := unwired[dataspace.Facts](doc)
	if err != nil {
		return facts, err
	}
	return facts, t.CheckNotes(facts.Known)
}

func (h lawHandlers) clocks(_ context.Context, in *with[client.Incident]) (*body[[]client.Clock], error) {
	facts, err := unwired[dataspace.Incident](in.Body.Facts)
	if err != nil {
		return nil, err
	}
	return answer[[]client.Clock](incident.Clocks(h.rules().All(), dataspace.Jurisdiction(in.Body.Jurisdiction), facts))
}

func (h lawHandlers) profile(ctx context.Context, in *ByDataset) (*body[json.RawMessage], error) {
	return answer[json.RawMessage](h.profiled(ctx, *in))
}

// profiled reads the source of a registered dataset.
func (h lawHandlers) profiled(ctx context.Context, of ByDataset) (dataspace.Profile, error) {
	d, err := h.gateway.Dataset(ctx, of.Owner, of.ID)
	if err != nil {
		return dataspace.Profile{}, err
	}
	return h.read(ctx, d)
}

func (h lawHandlers) propose(ctx context.Context, in *aboutDataset) (*body[client.ItemProposal], error) {
	ref, items, err := h.rules().List(dataspace.PackID(in.Body.Pack))
	if err != nil {
		return nil, err
	}
	p, err := h.profiled(ctx, in.ByDataset)
	if err != nil {
		return nil, err
	}
	columns, err := p.ColumnsDigest()
	if err != nil {
		return nil, err
	}
	found, err := wiredAll[client.ItemCandidate](annex.Match(h.rules().Elements(), items, in.Body.Scenario, p))
	if err != nil {
		return nil, err
	}
	pack, err := wired[client.PackRef](ref)
	return &body[client.ItemProposal]{client.ItemProposal{Pack: pack, Columns: string(columns), Candidates: found}}, err
}
