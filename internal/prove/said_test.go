package prove_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/prove"
)

// The report shows finding, statement and what was used, each beside the others.
func TestStatementsAreReported(t *testing.T) {
	t.Parallel()
	p, c := pair(t)
	flow := dataspace.FlowID("flow-said")
	events := sampleDocs(t, p, c, flow, func(d *docs) {
		col := &d.profile.Columns[0]
		col.Own = &dataspace.Hits{Coincidences: []dataspace.Coincidence{{Element: "email", Shape: "9{11}", Rows: 1}}}
		col.Said = &dataspace.Said{Statement: dataspace.Statement{Column: "mail", Says: dataspace.SaysNotPersonal, By: "officer", At: "2026-05-01T00:00:00Z", Reason: "these are\n order numbers"}, Found: col.Element}
		col.Used = &dataspace.UsedColumn{Band: dataspace.BandNone}
		d.profile.Columns = append(d.profile.Columns, dataspace.ColumnProfile{Name: "n", Type: "string", Band: dataspace.BandNone,
			Said: &dataspace.Said{Statement: dataspace.Statement{Column: "n", Says: dataspace.SaysConfirm, By: "officer"}, Changed: "forms"}})
		d.profile.Choices = []dataspace.KeyChoice{{Columns: []string{"mail"}, By: "officer", Reason: "one address a person"}}
	}).events(t, flow)
	p.record(t, events...)
	must(t, p.l.AwaitCosigned(t.Context(), p.await(t, events...), c.w.Key()))
	w := value[prove.Waybill](t)(p.l.Build(t.Context(), flow, dataspace.Provider, c.w.Key()))
	report, err := prove.Verify(value[[]byte](t)(w.Bytes()), prove.Trust{Keys: []string{p.l.Key(), c.w.Key()}})
	must(t, err)
	if len(report.Said) != 2 || report.Said[0].Used != nil || *report.Said[0].Found != "email" || report.Said[1].Changed != "forms" {
		t.Errorf("said: %+v", report.Said)
	}
	var en, zh strings.Builder
	for _, l := range report.Lines {
		en.WriteString(l.Text.EN + "\n")
		zh.WriteString(l.Text.ZH + "\n")
	}
	for _, want := range []string{
		`Column "mail": found email. officer says that it holds no personal data (2026-05-01T00:00:00Z: "these are\n order numbers"). Used as no element.`,
		`Column "n": found no element. officer confirms this`, "The column has changed since (forms), so the statement had no effect.",
		`People (whom the table is about) are told apart by ["mail"], as officer chose`,
	} {
		if !strings.Contains(en.String(), want) {
			t.Errorf("no line with %s in\n%s", want, en.String())
		}
	}
	if !strings.Contains(zh.String(), "说明其不含个人信息") || !strings.Contains(zh.String(), "由 officer 选定") {
		t.Error(zh.String())
	}
}

// A statement with evidence of its own is in the waybill, and must be what the
// profile has, logged before it.
func TestStatementsAreProved(t *testing.T) {
	t.Parallel()
	p, c := pair(t)
	statement := dataspace.Statement{Column: "mail", Says: dataspace.SaysConfirm, By: "officer", At: "2026-05-01T00:00:00Z", Reason: "looked", Type: "string", Forms: []dataspace.Form{{Pattern: "A@A.A", Least: 5, Most: 9, Share: 1}}, Schema: dataspace.DigestOf(nil)}
	choice := dataspace.KeyChoice{Columns: []string{"mail"}, By: "officer", At: "2026-05-01T00:00:00Z", Reason: "one each", Schema: dataspace.DigestOf(nil)}
	said := event(t, dataspace.EventStatement, "", dataspace.DocStatement, dataspace.Spoken{Owner: "acme", Dataset: "d", Statement: &statement})
	chosen := event(t, dataspace.EventStatement, "", dataspace.DocStatement, dataspace.Spoken{Owner: "acme", Dataset: "d", Choice: &choice})
	other := event(t, dataspace.EventStatement, "", dataspace.DocStatement, dataspace.Spoken{Owner: "acme", Dataset: "d", Choice: &choice})
	p.record(t, said, chosen)
	// made builds the waybill of a flow whose profile has the two.
	made := func(flow dataspace.FlowID, change func(st *dataspace.Statement, k *dataspace.KeyChoice)) ([]byte, error) {
		st, k := statement, choice
		st.Event, k.Event = said.ID, chosen.ID
		change(&st, &k)
		events := sampleDocs(t, p, c, flow, func(d *docs) {
			d.profile.Columns[0].Said = &dataspace.Said{Statement: st, Found: d.profile.Columns[0].Element}
			d.profile.Choices = []dataspace.KeyChoice{k}
		}).events(t, flow)
		p.record(t, events...)
		if k.Event == other.ID {
			p.record(t, other)
			p.await(t, other)
		}
		must(t, p.l.AwaitCosigned(t.Context(), p.await(t, events...), c.w.Key()))
		w, err := p.l.Build(t.Context(), flow, dataspace.Provider, c.w.Key())
		if err != nil {
			return nil, err
		}
		return w.Bytes()
	}
	keys := prove.Trust{Keys: []string{p.l.Key(), c.w.Key()}}
	whole, err := made("flow-whole", func(*dataspace.Statement, *dataspace.KeyChoice) {})
	must(t, err)
	report, err := prove.Verify(whole, keys)
	must(t, err)
	if !slices.ContainsFunc(report.Lines, func(l prove.Line) bool {
		return strings.Contains(l.Text.EN, "logged before the profile, with who, when and why: 2.") && strings.Contains(l.Text.ZH, "数据集说明：2 项")
	}) {
		t.Errorf("no line on the statements: %+v", report.Lines)
	}
	w, err := prove.ParseWaybill(whole)
	must(t, err)
	if len(w.Entries) != 7 || strings.Contains(string(whole), "@example") {
		t.Errorf("%d entries", len(w.Entries))
	}

	// One from before there was evidence of statements needs none.
	_, err = made("flow-old", func(st *dataspace.Statement, k *dataspace.KeyChoice) { st.Event, k.Event = "", "" })
	must(t, err)
	for name, change := range map[string]func(st *dataspace.Statement, k *dataspace.KeyChoice){
		"reason":    func(st *dataspace.Statement, _ *dataspace.KeyChoice) { st.Reason = "did not look" },
		"key":       func(_ *dataspace.Statement, k *dataspace.KeyChoice) { k.Columns = []string{"other"} },
		"exchanged": func(st *dataspace.Statement, k *dataspace.KeyChoice) { st.Event, k.Event = k.Event, st.Event },
	} {
		_, err := made(dataspace.FlowID("flow-"+name), change)
		wantErr(t, err, dataspace.ErrEvidence, "waybill.said")
	}
	_, err = made("flow-none", func(st *dataspace.Statement, _ *dataspace.KeyChoice) { st.Event = "event-none" })
	wantErr(t, err, dataspace.ErrNotFound, "")

	// An entry that is left out, or put in.
	for i, e := range w.Entries {
		if body, err := prove.ParseEntry([]byte(e.Entry)); err != nil || body.Kind != dataspace.EventStatement {
			continue
		}
		less := w
		less.Entries = slices.Delete(slices.Clone(w.Entries), i, i+1)
		less.Documents = maps.Clone(w.Documents)
		for _, o := range e.Openings {
			delete(less.Documents, o.Digest)
		}
		_, err := prove.Verify(value[[]byte](t)(less.Bytes()), keys)
		wantErr(t, err, dataspace.ErrEvidence, "waybill.said")
	}
	_, err = made("flow-late", func(_ *dataspace.Statement, k *dataspace.KeyChoice) { k.Event = other.ID })
	if err == nil {
		t.Error("a statement that was logged after the profile was taken")
	}
}
