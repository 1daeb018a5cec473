package systest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
)

// TestEditionOfAList: in a sector of a list that is not loaded, a gateway takes a no
// on important data only of a compliance officer who names the edition that was
// looked at, and the day. The owner's word alone leaves the flow to a person.
func TestEditionOfAList(t *testing.T) {
	w := newWorld(t)
	path := filepath.Join(w.here.dir, "stock.csv")
	if err := os.WriteFile(path, []byte(strings.Replace(furniture(300, plain), "姓名", "品名", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	w.here.call("POST", "/datasets", client.Dataset{ID: "stock", Owner: acme, Source: client.File(path),
		Facts: client.Facts{"sector": "reinsurance", "origin": "domestic", "important": "no", "core": false, "state_secret": false}}, nil)
	ask := w.sending(path)
	ask.Dataset, ask.Source, ask.SourceForm, ask.Facts = "stock", dataspace.Source{}, nil, nil

	first := w.here.settle(w.send(ask).ID)
	var d dataspace.Decision
	w.here.document(first.ID, flow.DocDecision, &d)
	var f dataspace.Facts
	w.here.document(first.ID, flow.DocFacts, &f)
	if checked, known := f.Known.Bool("data.important_checked"); first.State != dataspace.WaitingReview || !known || checked {
		t.Fatalf("with the owner's word the flow is %s, checked %t, reasons %+v", first.State, checked, d.Reasons)
	}
	rule := ""
	for _, r := range d.Reasons {
		if strings.HasSuffix(string(r.Rule), ".unchecked") && r.Decisive {
			rule = string(r.Rule)
		}
	}
	if rule == "" {
		t.Errorf("no deciding reason asks for the edition: %+v", d.Reasons)
	}

	key := w.newKey(w.here, "bob", gateway.Compliance, "")
	at := "/participants/" + acme + "/declarations"
	said := client.Declare{Fact: "important", Value: "no", Dataset: "stock", Reason: "compared with the annex"}
	var made client.Declaration
	if err := w.here.tryAs(key, "POST", at, said, &made); err != nil || made.Edition != nil {
		t.Fatalf("%+v, %v", made, err)
	}
	if again := w.here.settle(w.send(ask).ID); again.State != dataspace.WaitingReview {
		t.Errorf("with a declaration that names no edition the flow is %s", again.State)
	}
	said.Edition = &client.Edition{Name: "2025 edition", On: "2099-01-01"}
	if err := w.here.tryAs(key, "POST", at, said, nil); err == nil || !strings.Contains(err.Error(), "lies in the future") {
		t.Errorf("an edition that is looked at tomorrow: %v", err)
	}
	said.Edition.On = "2026-01-02"
	if err := w.here.try("POST", at, said, nil); err == nil {
		t.Error("the operator declares")
	}
	if err := w.here.tryAs(key, "POST", at, said, &made); err != nil || made.Edition == nil || made.Edition.Name != "2025 edition" {
		t.Fatalf("%+v, %v", made, err)
	}

	// The flow that waited is decided again, and the evidence has the edition.
	here, far := w.complete(first)
	w.here.document(here.ID, flow.DocFacts, &f)
	if checked, _ := f.Known.Bool("data.important_checked"); !checked || len(f.Declared) != 1 || f.Declared[0].Edition == nil || f.Declared[0].Edition.On != "2026-01-02" {
		t.Errorf("checked %t, declared %+v", checked, f.Declared)
	}
	w.verify(here, far)
	if out, _, code := w.here.command("declare", "list", "--of", acme); code != 0 || !strings.Contains(out, "looked at: 2025 edition, on 2026-01-02") {
		t.Errorf("declare list: %d\n%s", code, out)
	}
}
