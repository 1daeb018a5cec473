package reliance_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/pack"
	"hutong/internal/papers"
	"hutong/internal/reliance"
	"hutong/internal/rules"
	"hutong/packs"
)

// kept are flows, newest first, with their facts.
type kept struct {
	flows []flow.Flow
	facts map[dataspace.FlowID]dataspace.Facts
}

// Each implements reliance.Flows.
func (k kept) Each(_ context.Context, of flow.Filter, fn func(flow.Flow) error) error {
	for _, f := range k.flows {
		if f.Local != of.Local || !slices.Contains(of.States, f.State) {
			continue
		}
		if err := fn(f); err != nil {
			return err
		}
	}
	return nil
}

// Document implements reliance.Flows.
func (k kept) Document(_ context.Context, f flow.Flow, _ string) (dataspace.Document, error) {
	facts, ok := k.facts[f.ID]
	if !ok {
		return nil, dataspace.ErrNotFound
	}
	return dataspace.NewDocument(facts)
}

func (k *kept) add(id dataspace.FlowID, local dataspace.ParticipantID, state dataspace.FlowState, held ...dataspace.Instrument) {
	f := flow.Flow{ID: id, Role: dataspace.Provider, Way: flow.Way{Local: local}, Subject: flow.Subject{Dataset: dataspace.DatasetID("set-" + id)}, Course: flow.Course{State: state}}
	if state == dataspace.Completed {
		f.Delivered = &flow.Delivered{}
	}
	k.flows = append(k.flows, f)
	k.facts[id] = dataspace.Facts{On: "2026-06-15", Instruments: held, Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"exporter.jurisdiction": dataspace.TextOf("CN"), "exporter.registered_in": dataspace.TextOf("CN-SH"), "recipient.jurisdiction": dataspace.TextOf("SG"),
		"data.personal": dataspace.BoolOf(true), "act": dataspace.TextOf("transfer"), "purpose": dataspace.TextOf("business"), "counts.non_sensitive": dataspace.IntOf(120_000), "counts.sensitive": dataspace.IntOf(0), "counts.under_14": dataspace.IntOf(0),
		"exporter.ciio": dataspace.BoolOf(false), "exporter.state_organ": dataspace.BoolOf(false), "sector": dataspace.TextOf("digital_content"), "data.important": dataspace.TextOf("no"),
		"data.core": dataspace.BoolOf(false), "data.state_secret": dataspace.BoolOf(false), "recipient.foreign_authority": dataspace.BoolOf(false),
	})}
}

// TestOf: a flow rests on a document if it is decided otherwise without it, and
// only on that one.
func TestOf(t *testing.T) {
	list, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(list...)
	if err != nil {
		t.Fatal(err)
	}
	pipia := papers.Paper{Owner: "acme", Instrument: dataspace.Instrument{ID: "P", Kind: "cn.pipia", CompletedOn: "2026-01-02", File: "f", Confirmed: "e"}}
	shared := papers.Paper{Owner: "acme", Instrument: dataspace.Instrument{ID: "S", Kind: "cn.standard_contract", EffectiveOn: "2026-01-02", Covers: &dataspace.InstrumentScope{Exporters: []dataspace.ParticipantID{"sister"}}}}
	spare := shared
	spare.ID = "S2"
	of := func(p papers.Paper) dataspace.Instrument {
		p.Covers = nil
		return p.Instrument
	}
	k := &kept{facts: map[dataspace.FlowID]dataspace.Facts{}}
	k.add("waits", "acme", dataspace.Negotiating, of(pipia), of(shared))
	k.add("done", "acme", dataspace.Completed, of(pipia), of(shared), of(spare))
	k.add("bare", "acme", dataspace.WaitingAction)
	k.add("theirs", "sister", dataspace.Delivering, of(shared))
	another := of(pipia)
	another.File = "g"
	k.add("other-file", "acme", dataspace.Negotiating, another)
	k.add("stranger", "rival", dataspace.Negotiating, of(pipia))
	k.flows = append(k.flows, flow.Flow{ID: "new", Way: flow.Way{Local: "acme"}, Course: flow.Course{State: dataspace.Checking}})
	uses, err := reliance.Of(t.Context(), k, set, pipia, shared)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]string, len(uses))
	for i, u := range uses {
		for _, f := range u.Flows {
			got[i] += fmt.Sprintf("%s %v %v; ", f.Flow, f.Obligations, f.Stops)
		}
		got[i] += fmt.Sprint(u.Datasets, u.More)
	}
	want := []string{
		"waits [cn.pipia] true; done [cn.pipia] false; [{acme set-done} {acme set-waits}] false",
		"waits [cn.transfer_mechanism cn.provision.contract] true; theirs [cn.transfer_mechanism cn.provision.contract] true; [{acme set-waits} {sister set-theirs}] false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for i := range 300 {
		k.add(dataspace.FlowID(fmt.Sprintf("old-%03d", i)), "acme", dataspace.Completed)
	}
	if uses, err = reliance.Of(t.Context(), k, set, pipia); err != nil || !uses[0].More || len(uses[0].Flows) != 2 {
		t.Errorf("among many: %+v, %v", uses, err)
	}
	if uses, err = reliance.Of(t.Context(), k, set); err != nil || len(uses) != 0 {
		t.Errorf("of nothing: %+v, %v", uses, err)
	}
}
