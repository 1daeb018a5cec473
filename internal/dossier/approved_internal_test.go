package dossier

import (
	"strings"
	"testing"

	"hutong/filings"
	"hutong/internal/dataspace"
)

// TestNotAsked: a question over another that does not apply does not apply either,
// and the inventory of a filing that asks for no necessity of a column marks none
// as missing: neither stands in an approved document.
func TestNotAsked(t *testing.T) {
	l, err := Load(filings.FS)
	if err != nil {
		t.Fatal(err)
	}
	form, err := l.Form("cn/standard-contract")
	if err != nil {
		t.Fatal(err)
	}
	s := l.fill(form, Answers{"contract": map[string]any{"dispute": "court"}}, nil)
	if a := s.byPath["contract.arbitration_other"]; a.asked || a.needed() {
		t.Error("with a court, the name of another arbitration body is asked for")
	}
	s = l.fill(form, Answers{"contract": map[string]any{"dispute": "arbitration", "arbitration_body": "other"}}, nil)
	if a := s.byPath["contract.arbitration_other"]; !a.needed() {
		t.Error("with another arbitration body, its name is not asked for")
	}
	flow := Flow{Plan: &dataspace.Plan{Columns: []dataspace.ColumnPlan{{Name: "a", Action: dataspace.Keep}}}}
	for kind, want := range map[Kind]bool{"cn/security-assessment-declaration": false, "cn/pipia": true} {
		form, err := l.Form(kind)
		if err != nil {
			t.Fatal(err)
		}
		input := Input{Kind: kind, Flow: flow}
		known, err := l.knownOf(input)
		if err != nil {
			t.Fatal(err)
		}
		sheet := l.inventorySheet(input, l.fill(form, nil, known), false)
		marked := false
		for _, row := range sheet.Rows {
			marked = marked || strings.Contains(strings.Join(row, " "), "待填")
		}
		if len(sheet.Rows) != 1 || marked != want {
			t.Errorf("%s: %d rows, a mark: %v, want %v", kind, len(sheet.Rows), marked, want)
		}
		if head := strings.Join(sheet.Head, " "); strings.Contains(head, "要素") {
			t.Errorf("%s: the inventory has a word that is not used: %s", kind, head)
		}
	}
}
