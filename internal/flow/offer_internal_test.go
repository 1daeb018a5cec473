package flow

import (
	"encoding/json"
	"strings"
	"testing"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/odrl"
)

// asked is a flow that fetches, an offer that answers it, and its plan.
func asked() (Flow, odrl.Terms, dataspace.Plan) {
	f := Flow{Asked: true, Way: Way{Local: "lion", Counterparty: "acme"}, Subject: Subject{Dataset: "tickets", Purpose: "business"}}
	t := odrl.Terms{OfferID: "tickets:business", Dataset: "tickets", Provider: "acme", Recipient: "lion", Purpose: "business", Columns: []string{"city"}, Plan: "x"}
	plan := dataspace.Plan{Purpose: "business", Format: "csv", Columns: []dataspace.ColumnPlan{{Name: "id", Action: dataspace.Drop}, {Name: "city", Action: dataspace.Keep}}}
	return f, t, plan
}

func TestWrongOffer(t *testing.T) {
	if trouble := wrongOffer(asked()); trouble != nil {
		t.Fatalf("a good offer is refused: %s", trouble.Message)
	}
	for name, c := range map[string]struct {
		change func(*Flow, *odrl.Terms, *dataspace.Plan)
		code   string
	}{
		"another purpose than asked": {func(_ *Flow, t *odrl.Terms, p *dataspace.Plan) { t.Purpose, p.Purpose = "emergency", "emergency" }, "offer.purpose"},
		"plan of another purpose":    {func(_ *Flow, _ *odrl.Terms, p *dataspace.Plan) { p.Purpose = "emergency" }, "offer.plan"},
		"another dataset":            {func(_ *Flow, t *odrl.Terms, _ *dataspace.Plan) { t.Dataset = "others" }, "offer.dataset"},
		"dataset is a path":          {func(f *Flow, t *odrl.Terms, _ *dataspace.Plan) { f.Dataset, t.Dataset = "../x", "../x" }, "offer.dataset"},
		"another provider":           {func(_ *Flow, t *odrl.Terms, _ *dataspace.Plan) { t.Provider = "other" }, "offer.provider"},
		"another recipient":          {func(_ *Flow, t *odrl.Terms, _ *dataspace.Plan) { t.Recipient = "other" }, "offer.recipient"},
		"format is a path":           {func(_ *Flow, _ *odrl.Terms, p *dataspace.Plan) { p.Format = "x/../../y" }, "offer.plan"},
		"more columns":               {func(_ *Flow, _ *odrl.Terms, p *dataspace.Plan) { p.Columns[0].Action = dataspace.Keep }, "offer.plan"},
	} {
		f, terms, plan := asked()
		c.change(&f, &terms, &plan)
		if trouble := wrongOffer(f, terms, plan); trouble == nil || trouble.Code != c.code {
			t.Errorf("%s: %+v, want %s", name, trouble, c.code)
		}
	}
	f, terms, plan := asked()
	f.Asked, f.Purpose, terms.Purpose, plan.Purpose = false, "", "hr_employees", "hr_employees"
	if trouble := wrongOffer(f, terms, plan); trouble != nil {
		t.Errorf("a purpose that nobody asked for is for the intake to judge: %s", trouble.Message)
	}
}

func TestReadOfferUnderstands(t *testing.T) {
	_, terms, _ := asked()
	p, err := odrl.Derive(terms)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := readOffer(agree.Negotiation{Offer: data}); err != nil {
		t.Fatal(err)
	}
	more := strings.Replace(string(data), `"action":"use"`, `"action":"use","remedy":{"action":"pay"}`, 1)
	if more == string(data) {
		t.Fatal("the offer was not changed")
	}
	if _, _, err := readOffer(agree.Negotiation{Offer: []byte(more)}); err == nil {
		t.Error("an offer with a rule that nobody understands is read as if it had none")
	}
}
