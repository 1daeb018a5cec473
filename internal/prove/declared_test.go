package prove_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/prove"
)

// A declaration on which a decision rests is in the waybill, and must be what
// the facts have, in force on their day, and logged before the decision.
func TestDeclarationsAreProved(t *testing.T) {
	t.Parallel()
	p, c := pair(t)
	made := dataspace.Declaration{Owner: "acme", Fact: "data.core", Value: dataspace.BoolOf(false), Reason: "catalogue of data, edition 3", By: "bob", Key: "key-7",
		At: "2026-05-01T00:00:00Z", From: "2026-05-01", Until: "2027-04-30"}
	declared := event(t, dataspace.EventDeclaration, "", dataspace.DocDeclaration, dataspace.Declared{Declaration: made})
	ended := event(t, dataspace.EventDeclaration, "", dataspace.DocDeclaration, dataspace.Declared{Declaration: made, Revoked: &dataspace.Withdrawn{By: "eve"}})
	late := event(t, dataspace.EventDeclaration, "", dataspace.DocDeclaration, dataspace.Declared{Declaration: made})
	p.record(t, declared, ended)
	p.await(t, declared, ended)
	keys := prove.Trust{Keys: []string{p.l.Key(), c.w.Key()}}
	build := func(flow dataspace.FlowID, change func(d *dataspace.Declaration, facts map[string]any, b *dataspace.Basis)) ([]byte, error) {
		one := made
		one.Event = declared.ID
		facts := map[string]any{"on": "2026-05-04", "data": map[string]any{"core": false}}
		basis := dataspace.Basis{Fact: "data.core", By: "bob", Until: "2027-04-30", Event: declared.ID}
		change(&one, facts, &basis)
		facts["declared"] = []dataspace.Declaration{one}
		events := sampleDocs(t, p, c, flow, func(d *docs) {
			d.facts = facts
			d.decision.Reasons = []dataspace.Reason{{Rule: "xx.core", Declared: []dataspace.Basis{basis}}}
		}).events(t, flow)
		p.record(t, events...)
		index := p.await(t, events...)
		if one.Event == late.ID {
			p.record(t, late)
			index = p.await(t, late)
		}
		must(t, p.l.AwaitCosigned(t.Context(), index, c.w.Key()))
		w, err := p.l.Build(t.Context(), flow, dataspace.Provider, c.w.Key())
		if err != nil {
			return nil, err
		}
		return w.Bytes()
	}
	whole, err := build("flow-declared", func(*dataspace.Declaration, map[string]any, *dataspace.Basis) {})
	must(t, err)
	report, err := prove.Verify(whole, keys)
	must(t, err)
	if !slices.ContainsFunc(report.Lines, func(l prove.Line) bool {
		return strings.Contains(l.Text.EN, `data.core is false: declared of acme by bob (key key-7)`) && strings.Contains(l.Text.EN, `"catalogue of data, edition 3"`) && strings.Contains(l.Text.ZH, "年度声明")
	}) {
		t.Errorf("no line on the declaration: %+v", report.Lines)
	}

	for name, change := range map[string]func(d *dataspace.Declaration, facts map[string]any, b *dataspace.Basis){
		"reason": func(d *dataspace.Declaration, _ map[string]any, _ *dataspace.Basis) { d.Reason = "did not look" },
		"person": func(d *dataspace.Declaration, _ map[string]any, b *dataspace.Basis) { d.By, b.By = "eve", "eve" },
		"longer": func(d *dataspace.Declaration, _ map[string]any, b *dataspace.Basis) {
			d.Until, b.Until = "2028-01-01", "2028-01-01"
		},
		"about": func(d *dataspace.Declaration, _ map[string]any, _ *dataspace.Basis) { d.Dataset = "members" },
		"value": func(_ *dataspace.Declaration, f map[string]any, _ *dataspace.Basis) {
			f["data"] = map[string]any{"core": true}
		},
		"expired": func(_ *dataspace.Declaration, f map[string]any, _ *dataspace.Basis) { f["on"] = "2027-05-01" },
		"early":   func(_ *dataspace.Declaration, f map[string]any, _ *dataspace.Basis) { f["on"] = "2026-04-30" },
		"basis":   func(_ *dataspace.Declaration, _ map[string]any, b *dataspace.Basis) { b.Event = "event-other" },
		"revoked": func(d *dataspace.Declaration, _ map[string]any, b *dataspace.Basis) {
			d.Event, b.Event = ended.ID, ended.ID
		},
	} {
		flow := dataspace.FlowID("flow-" + name)
		_, err := build(flow, change) // which verifies what it made
		wantErr(t, err, dataspace.ErrEvidence, "waybill.declared")
	}
	if _, err := build("flow-late", func(d *dataspace.Declaration, _ map[string]any, b *dataspace.Basis) {
		d.Event, b.Event = late.ID, late.ID
	}); err == nil {
		t.Error("a waybill was built on a declaration that was logged later")
	}

	// An altered, a removed and an added entry.
	w, err := prove.ParseWaybill(whole)
	must(t, err)
	at := slices.IndexFunc(w.Entries, func(e prove.WaybillEntry) bool { return strings.Contains(e.Entry, `"kind":"declaration"`) })
	if at < 0 {
		t.Fatal("the waybill has no entry of the declaration")
	}
	altered, err := prove.ParseWaybill(whole)
	must(t, err)
	digest := w.Entries[at].Openings[dataspace.DocDeclaration].Digest
	altered.Documents[digest] = json.RawMessage(strings.Replace(string(altered.Documents[digest]), "edition 3", "edition 4", 1))
	_, err = prove.Verify(value[[]byte](t)(altered.Bytes()), keys)
	wantErr(t, err, dataspace.ErrEvidence, "waybill.document")
	less, err := prove.ParseWaybill(whole)
	must(t, err)
	less.Entries = slices.Delete(less.Entries, at, at+1)
	delete(less.Documents, digest)
	_, err = prove.Verify(value[[]byte](t)(less.Bytes()), keys)
	wantErr(t, err, dataspace.ErrEvidence, "waybill.declared")
}
