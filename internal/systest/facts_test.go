package systest_test

import (
	"encoding/json"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/gateway"
	"hutong/internal/sample"
	"hutong/internal/vocab"
)

// TestFacts states facts to running gateways.
func TestFacts(t *testing.T) {
	w := newWorld(t)
	w.part("every fact reaches a decision", func(t *testing.T) { w.everyFact(t) })
	w.part("a vendor abroad, once it is known", func(t *testing.T) { w.vendor(t) })
	w.part("a commercial organisation, once it is known", func(t *testing.T) { w.commercial(t) })
	w.part("a contradiction is refused", func(t *testing.T) { w.contradiction(t) })
}

// statable is any value that a fact may have.
func statable(d *fact.Definition) dataspace.Value {
	if v, ok := beside[d.Name]; ok {
		return v
	}
	switch {
	case d.Type == fact.Bool:
		return dataspace.BoolOf(true)
	case d.Type == fact.Int:
		return dataspace.IntOf(7)
	case d.Type == fact.Day:
		return dataspace.TextOf("2026-01-02")
	case d.Type == fact.Zone:
		return dataspace.TextOf("Asia/Shanghai")
	case d.Type == fact.Region:
		return dataspace.TextOf("SG")
	case d.Type == fact.List && len(d.Values) > 0:
		return dataspace.ListOf(d.Values[0])
	case d.Type == fact.List:
		return dataspace.ListOf("SG")
	case len(d.Values) > 0:
		return dataspace.TextOf(d.Values[len(d.Values)-1])
	case d.Vocabulary() == vocab.Sectors:
		return dataspace.TextOf(vocab.Standard().Entries(vocab.Sectors)[0].Key)
	}
	return dataspace.TextOf("something")
}

// beside are values that can be true beside all others: a court is in no group of
// companies, data with a day of its notice is important, and is kept until later.
var beside = map[string]dataspace.Value{
	"recipient.foreign_authority": dataspace.BoolOf(false),
	"data.important":              dataspace.TextOf("published"),
	"storage.until":               dataspace.TextOf("2999-01-02"),
}

// foundHere are the facts that nobody states and that the gateways of this test
// do not find either, each with where that is tested.
var foundHere = map[string]string{
	"data.list_confirmed": "a person confirms it: see the tests of confirm-items",
	"data.list_of":        "it comes with that confirmation",
}

// everyFact states each fact of the table where the table says that it is
// stated, and looks for it in the facts that the flow was decided on.
func (w *world) everyFact(t *testing.T) {
	table := fact.Standard()
	want := map[string]dataspace.Value{}
	party := func(g *gatewayProcess, id dataspace.ParticipantID, j dataspace.Jurisdiction, as fact.Source) {
		p := gateway.Participant{ID: id, LegalName: dataspace.Text{EN: string(id)}, Jurisdiction: j, Group: "walkers",
			Intake: gateway.Intake{Accept: []gateway.IntakeRule{{Peer: "shanghai"}}}}
		want[string(as)+".id"], want[string(as)+".jurisdiction"] = dataspace.TextOf(id), dataspace.TextOf(j)
		for _, d := range table.For(as) {
			if _, member := want[d.Name]; !member {
				want[d.Name] = statable(d)
				p.Known.Set(d.FieldName(), want[d.Name])
			}
		}
		g.call("POST", "/participants", p, nil)
	}
	party(w.here, "walker", "CN", fact.Exporter)
	party(w.far, "reader", "SG", fact.Recipient)

	s := w.sending(w.write(sample.Support))
	s.From, s.To, s.Facts = "walker", "reader", &dataspace.DatasetFacts{}
	for i := range table.All() {
		d := table.At(i)
		if _, party := want[d.Name]; party || d.Member || d.Any != "" || foundHere[d.Name] != "" || !d.StatedBy(fact.Dataset) && !d.StatedBy(fact.Flow) {
			continue
		}
		want[d.Name] = statable(d)
		switch d.Name {
		case "purpose":
			want[d.Name] = dataspace.TextOf(s.Purpose)
		case "act": // that which contradicts no other statement here
			want[d.Name] = dataspace.TextOf("transfer")
		}
		s.Facts.Known.Set(d.DatasetName(), want[d.Name])
	}
	got := w.decidedOn(t, w.here.settle(w.send(s).ID).ID)
	for i := range table.All() {
		d := table.At(i)
		v, stated := want[d.Name]
		switch {
		case stated && !got.Known.Of(d.Name).Equal(v):
			t.Errorf("%s was stated as %v and is %v", d.Name, v, got.Known.Of(d.Name))
		case !stated && foundHere[d.Name] == "" && d.Any == "" && !d.Member && !got.Known.Of(d.Name).Known():
			t.Errorf("%s can be stated to no gateway, and none finds it", d.Name)
		}
	}
	if len(want) < 50 {
		t.Errorf("%d facts were stated, want at least 50", len(want))
	}
}

// decidedOn are the facts that a flow was decided on.
func (w *world) decidedOn(t *testing.T, id dataspace.FlowID) dataspace.Facts {
	t.Helper()
	var raw json.RawMessage
	w.here.call("GET", "/flows/"+string(id)+"/documents/facts", nil, &raw)
	var f dataspace.Facts
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// vendor sends biometric data of US persons to a vendor: it waits for a person
// until the recipient's own gateway has said what the law asks about it.
func (w *world) vendor(t *testing.T) {
	w.here.call("POST", "/participants", gateway.Participant{ID: "hospital", LegalName: dataspace.Text{EN: "hospital"}, Jurisdiction: "US"}, nil)
	to := gateway.Participant{ID: "vendor", LegalName: dataspace.Text{EN: "vendor"}, Jurisdiction: "SG",
		Intake: gateway.Intake{Accept: []gateway.IntakeRule{{Peer: "shanghai"}}}}
	w.far.call("POST", "/participants", to, nil)
	s := w.sending(w.write(sample.Support))
	s.From, s.To, s.Dataset = "hospital", "vendor", "scans"
	s.Facts = &dataspace.DatasetFacts{Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"transaction": dataspace.TextOf("vendor"), "origin": dataspace.TextOf("domestic"), "government_related": dataspace.BoolOf(false),
		"consent.basis": dataspace.TextOf("consent"), "us_persons.biometric_identifier": dataspace.IntOf(5000),
	})}
	for _, d := range fact.Standard().All() {
		if d.Add == fact.Pair && !s.Facts.Known.Of(d.DatasetName()).Known() {
			s.Facts.Known.Set(d.DatasetName(), dataspace.IntOf(0))
		}
	}
	if f := w.here.settle(w.send(s).ID); f.Verdict != dataspace.HumanReview {
		t.Fatalf("with nothing said of the vendor: %s", f.Verdict)
	}
	to.ID = "known-vendor"
	to.Known = dataspace.ValuesOf(map[string]dataspace.Value{
		"covered_person": dataspace.BoolOf(false), "restricted": dataspace.BoolOf(false), "recipient_role": dataspace.TextOf("processor"),
		"foreign_authority": dataspace.BoolOf(false),
	})
	w.far.call("POST", "/participants", to, nil)
	s.To = "known-vendor"
	if f := w.here.settle(w.send(s).ID); f.Verdict != dataspace.Cleared || f.State != dataspace.Completed {
		t.Fatalf("with the vendor known: %s, %s, %+v", f.Verdict, f.State, f.Trouble)
	}
}

// commercial sends from the EU to Canada, which is adequate for commercial
// organisations: whoever sends may say what the recipient's gateway leaves open.
func (w *world) commercial(t *testing.T) {
	w.here.call("POST", "/participants", gateway.Participant{ID: "verlag", LegalName: dataspace.Text{EN: "verlag"}, Jurisdiction: "DE"}, nil)
	w.far.call("POST", "/participants", gateway.Participant{ID: "press", LegalName: dataspace.Text{EN: "press"}, Jurisdiction: "CA",
		Known: dataspace.ValuesOf(map[string]dataspace.Value{"foreign_authority": dataspace.BoolOf(false)})}, nil)
	s := w.sending(w.write(sample.Support))
	s.From, s.To, s.Dataset = "verlag", "press", "readers"
	if f := w.here.settle(w.send(s).ID); f.Verdict == dataspace.Cleared {
		t.Fatal("it is cleared, though nobody knows what the recipient is")
	}
	s.Facts.Known.Set("recipient.commercial", dataspace.BoolOf(true))
	f := w.send(s)
	for f.Verdict == "" && !f.State.Final() {
		pause()
		f = w.here.flow(f.ID)
	}
	if f.Verdict != dataspace.Cleared {
		t.Fatalf("to a commercial organisation: %s, %+v", f.Verdict, f.Trouble)
	}
}

// contradiction says of a recipient what its own gateway says otherwise.
func (w *world) contradiction(t *testing.T) {
	s := w.sending(w.write(sample.Support))
	s.To, s.Dataset = "known-vendor", "lies"
	s.Facts.Known.Set("recipient.covered_person", dataspace.BoolOf(true))
	if err := w.here.try("POST", "/flows/send", s, nil); err == nil {
		t.Error("a flow contradicts the recipient's gateway, and begins")
	}
}
