package prove_test

import (
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
