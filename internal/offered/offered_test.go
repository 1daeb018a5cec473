package offered_test

import (
	"encoding/json"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/odrl"
	"hutong/internal/offered"
)

// asked is what was asked for, an offer that answers it, and its plan.
func asked() (offered.Expected, odrl.Terms, dataspace.Plan) {
	e := offered.Expected{To: "lion", From: "acme", Dataset: "tickets", Purpose: "business"}
	t := odrl.Terms{OfferID: "tickets:business", Dataset: "tickets", Provider: "acme", Recipient: "lion", Purpose: "business", Columns: []string{"city"}, Plan: "x"}
	plan := dataspace.Plan{Purpose: "business", Format: "csv", Columns: []dataspace.ColumnPlan{{Name: "id", Action: dataspace.Drop}, {Name: "city", Action: dataspace.Keep}}}
	return e, t, plan
}

func TestWrong(t *testing.T) {
	e, terms, plan := asked()
	if code, message := e.Wrong(terms, plan); code != "" {
		t.Fatalf("a good offer is refused: %s", message)
	}
	for name, c := range map[string]struct {
		change func(*offered.Expected, *odrl.Terms, *dataspace.Plan)
		code   string
	}{
		"another purpose than asked": {func(_ *offered.Expected, t *odrl.Terms, p *dataspace.Plan) {
			t.Purpose, p.Purpose = "emergency", "emergency"
		}, "offer.purpose"},
		"plan of another purpose": {func(_ *offered.Expected, _ *odrl.Terms, p *dataspace.Plan) { p.Purpose = "emergency" }, "offer.plan"},
		"another dataset":         {func(_ *offered.Expected, t *odrl.Terms, _ *dataspace.Plan) { t.Dataset = "others" }, "offer.dataset"},
		"dataset is a path":       {func(e *offered.Expected, t *odrl.Terms, _ *dataspace.Plan) { e.Dataset, t.Dataset = "../x", "../x" }, "offer.dataset"},
		"another provider":        {func(_ *offered.Expected, t *odrl.Terms, _ *dataspace.Plan) { t.Provider = "other" }, "offer.provider"},
		"another recipient":       {func(_ *offered.Expected, t *odrl.Terms, _ *dataspace.Plan) { t.Recipient = "other" }, "offer.recipient"},
		"format is a path":        {func(_ *offered.Expected, _ *odrl.Terms, p *dataspace.Plan) { p.Format = "x/../../y" }, "offer.plan"},
		"more columns":            {func(_ *offered.Expected, _ *odrl.Terms, p *dataspace.Plan) { p.Columns[0].Action = dataspace.Keep }, "offer.plan"},
	} {
		e, terms, plan := asked()
		c.change(&e, &terms, &plan)
		if code, _ := e.Wrong(terms, plan); code != c.code {
			t.Errorf("%s: %q, want %s", name, code, c.code)
		}
	}
	e, terms, plan = asked()
	e.Purpose, terms.Purpose, plan.Purpose = "", "hr_employees", "hr_employees"
	if code, message := e.Wrong(terms, plan); code != "" {
		t.Errorf("a purpose that nobody asked for is for the intake to judge: %s", message)
	}
}

func TestReadUnderstands(t *testing.T) {
	_, terms, _ := asked()
	p, err := odrl.Derive(terms)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := offered.Read(data); err != nil {
		t.Fatal(err)
	}
	more := strings.Replace(string(data), `"action":"use"`, `"action":"use","remedy":{"action":"pay"}`, 1)
	if more == string(data) {
		t.Fatal("the offer was not changed")
	}
	if _, _, err := offered.Read([]byte(more)); err == nil {
		t.Error("an offer with a rule that nobody understands is read as if it had none")
	}
}
