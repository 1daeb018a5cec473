package fact_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

func document(t *testing.T, text string) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// Words become keys wherever a document has them, and the document that was
// given stays as it is.
func TestReadDocument(t *testing.T) {
	const written = `{"on":"2026-06-15","exporter":{"jurisdiction":"中国","registered_in":"CN-310000"},"recipient":{"jurisdiction":"sg","onward_to":["Hong Kong","MO"],"role":"Processor"},
		"sector":"hotel","purpose":"HR","act":"remote","storage":{"place":"新加坡"},"consent":{"basis":"contract"},"counts":{"sensitive":5},"data":{"elements":["email"]},
		"instruments":[{"kind":"cn.pipia","covers":{"purposes":["HR"],"acts":["remote"],"storage":"Singapore","elements":["email"],"max_subjects":4}}],"events":[{"kind":"control","on":"2026-01-01"}]}`
	const want = `{"on":"2026-06-15","exporter":{"jurisdiction":"CN","registered_in":"CN-SH"},"recipient":{"jurisdiction":"SG","onward_to":["HK","MO"],"role":"processor"},
		"sector":"accommodation","purpose":"hr_employees","act":"remote_access","storage":{"place":"SG"},"consent":{"basis":"contract"},"counts":{"sensitive":5},"data":{"elements":["email"]},
		"instruments":[{"kind":"cn.pipia","covers":{"purposes":["hr_employees"],"acts":["remote_access"],"storage":"SG","elements":["email"],"max_subjects":4}}],"events":[{"kind":"control","on":"2026-01-01"}]}`
	given := document(t, written)
	got, err := fact.Standard().ReadDocument(given)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(document(t, want), got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(document(t, written), given); diff != "" {
		t.Errorf("the document that was given has changed: %s", diff)
	}
	for place, text := range map[string]string{
		"exporter.registered_in":        `{"exporter":{"registered_in":"Shangai"}}`,
		"recipient.onward_to":           `{"recipient":{"onward_to":["SG","Atlantis"]}}`,
		"recipient.role":                `{"recipient":{"role":"controler"}}`,
		"sector":                        `{"sector":"hotle"}`,
		"instruments.1.covers.purposes": `{"instruments":[{},{"covers":{"purposes":["busines"]}}]}`,
		"instruments.0.covers.storage":  `{"instruments":[{"covers":{"storage":"Singapor"}}]}`,
		"recipient.certifications":      `{"recipient":{"certifications":["ISO 1"]}}`,
		"exporter.jurisdiction":         `{"exporter":{"jurisdiction":"XQ"}}`,
		"instruments.0.covers.acts":     `{"instruments":[{"covers":{"acts":["teleport"]}}]}`,
		"storage.place":                 `{"storage":{"place":"XQ-1"}}`,
		"ground":                        `{"ground":"luck"}`,
		"recipient.jurisdiction":        `{"recipient":{"jurisdiction":"Singapor"}}`,
		"purpose":                       `{"purpose":"busines"}`,
	} {
		_, err := fact.Standard().ReadDocument(document(t, text))
		var p *dataspace.Problem
		if !errors.As(err, &p) || p.Place != place || !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", place, err)
		}
	}
	// All that is wrong is said at once, in one order.
	many := document(t, `{"sector":"hotle","purpose":"busines","act":"teleport"}`)
	_, first := fact.Standard().ReadDocument(many)
	if first == nil || strings.Count(first.Error(), "is none of the") != 3 {
		t.Fatalf("%v", first)
	}
	for range 20 {
		if _, again := fact.Standard().ReadDocument(many); again.Error() != first.Error() {
			t.Fatalf("said in another order: %v", again)
		}
	}
}

func TestNoneNeedsAReason(t *testing.T) {
	table := fact.Standard()
	for name, tt := range map[string]struct {
		stated map[string]string
		want   string // in the error
	}{
		"a reason and a name": {map[string]string{"sector": "none", "none.sector.note": "violins", "none.sector.by": "Li"}, ""},
		"nothing":             {map[string]string{"sector": "none of these"}, "none.sector.note is missing"},
		"no name":             {map[string]string{"sector": "none", "none.sector.note": "violins"}, "none.sector.by is missing"},
		"another value":       {map[string]string{"sector": "hotel", "none.sector.note": "violins", "none.sector.by": "Li"}, "has a value of the list"},
		"no list":             {map[string]string{"none.ciio.note": "x"}, "can be none of a list"},
		"no fact":             {map[string]string{"none.colour.note": "x"}, "none.colour.note"},
		"too long":            {map[string]string{"sector": "none", "none.sector.note": strings.Repeat("x", 3000), "none.sector.by": "Li"}, "up to 2000 bytes"},
	} {
		stated := map[string]dataspace.Value{}
		for k, v := range tt.stated {
			stated[k] = dataspace.TextOf(v)
		}
		_, err := table.ReadParticipant(dataspace.ValuesOf(stated))
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("participant, %s: %v", name, err)
		}
		_, err = table.ReadDataset(dataspace.ValuesOf(stated), fact.Dataset)
		if (err == nil) != (tt.want == "") {
			t.Errorf("dataset, %s: %v", name, err)
		}
	}
	mixed := dataspace.ValuesOf(map[string]dataspace.Value{"certifications": dataspace.ListOf("none", "dpf"), "none.certifications.note": dataspace.TextOf("n"), "none.certifications.by": dataspace.TextOf("b")})
	if _, err := table.ReadParticipant(mixed); err == nil || !strings.Contains(err.Error(), "beside other words") {
		t.Errorf("none and another: %v", err)
	}
}

// What is said beside a fact goes where the fact goes, and no further.
func TestNotesGoWithTheirFact(t *testing.T) {
	table := fact.Standard()
	stated := dataspace.ValuesOf(map[string]dataspace.Value{
		"sector": dataspace.TextOf("none"), "none.sector.note": dataspace.TextOf("violins"), "none.sector.by": dataspace.TextOf("Li"),
		"registered_in": dataspace.TextOf("XZ"), "none.registered_in.note": dataspace.TextOf("a ship"), "none.registered_in.by": dataspace.TextOf("Li"),
	})
	exporter := table.OfParticipant(fact.Exporter, stated)
	for name, want := range map[string]string{"none.sector.note": "violins", "none.exporter.registered_in.note": "a ship", "none.exporter.registered_in.by": "Li"} {
		if got := exporter.Text(name); got != want {
			t.Errorf("%s of the exporter is %q", name, got)
		}
	}
	if recipient := table.OfParticipant(fact.Recipient, table.OfStatement(stated)); recipient.Text("none.recipient.registered_in.by") != "Li" || recipient.Text("none.sector.note") != "" {
		t.Errorf("of the recipient: %v", recipient)
	}
	exporter.Set("sector", dataspace.TextOf("accommodation"))
	fact.TidyNotes(table, &exporter)
	if exporter.Of("none.sector.note").Known() || !exporter.Of("none.exporter.registered_in.note").Known() {
		t.Errorf("after the sector has a word: %v", exporter)
	}
	if err := table.Check(exporter); err != nil {
		t.Error(err)
	}
	said := fact.SaidBy(dataspace.ValuesOf(map[string]dataspace.Value{"none.sector.note": dataspace.TextOf("violins")}), "key-1")
	if said.Text("none.sector.by") != "key-1" {
		t.Errorf("said by %v", said)
	}
}

// A word that was stored and cannot be read any more is unknown, and named.
func TestUnread(t *testing.T) {
	table := fact.Standard()
	stated := dataspace.ValuesOf(map[string]dataspace.Value{
		"sector": dataspace.TextOf("astrology"), "registered_in": dataspace.TextOf("CN-310000"), "onward_to": dataspace.ListOf("HK", "Atlantis"), "ciio": dataspace.BoolOf(true),
	})
	got := table.OfParticipant(fact.Exporter, stated)
	if got.Of("sector").Known() || got.Text("exporter.registered_in") != "CN-SH" || !got.Of("exporter.ciio").Bool() {
		t.Errorf("%v", got)
	}
	// The jurisdiction stays when its pack is gone: no pack speaks for it, and there
	// is no decision without one.
	gone := dataspace.ValuesOf(map[string]dataspace.Value{"jurisdiction": dataspace.TextOf("XX")})
	if got := table.OfParticipant(fact.Exporter, gone); got.Text("exporter.jurisdiction") != "XX" {
		t.Errorf("%v", got)
	}
	if got := table.OfParticipant(fact.Recipient, stated); got.Of("recipient.onward_to").Known() {
		t.Errorf("a part of a list counts: %v", got)
	}
	if diff := cmp.Diff([]string{"onward_to", "sector"}, sorted(fact.UnreadOfParticipant(table, stated))); diff != "" {
		t.Error(diff)
	}
	dataset := dataspace.ValuesOf(map[string]dataspace.Value{"sector": dataspace.TextOf("astrology"), "storage.place": dataspace.TextOf("Shangai"), "act": dataspace.TextOf("send")})
	if diff := cmp.Diff([]string{"sector", "storage.place"}, sorted(fact.UnreadOfDataset(table, dataset))); diff != "" {
		t.Error(diff)
	}
	if got := table.OfDataset(dataset); got.Of("sector").Known() || got.Text("act") != "transfer" {
		t.Errorf("%v", got)
	}
	if got := fact.Readable(table, dataset); got.Of("sector").Known() || !got.Of("act").Known() {
		t.Errorf("%v", got)
	}
}

func TestReadInstrument(t *testing.T) {
	in := dataspace.Instrument{Kind: "cn.pipia", Covers: &dataspace.InstrumentScope{Purposes: []string{"HR"}, Acts: []string{"send"}, Storage: "新加坡", Elements: []dataspace.ElementID{"email"}, Scenario: "any"}}
	got, err := fact.ReadInstrument(fact.Standard(), "i.", in)
	if err != nil || got.Covers.Purposes[0] != "hr_employees" || got.Covers.Acts[0] != "transfer" || got.Covers.Storage != "SG" || in.Covers.Purposes[0] != "HR" {
		t.Errorf("%+v, %v", got.Covers, err)
	}
	in.Covers.Acts = []string{"teleport"}
	var p *dataspace.Problem
	if _, err := fact.ReadInstrument(fact.Standard(), "i.", in); !errors.As(err, &p) || p.Place != "i.covers.acts" {
		t.Errorf("%v", err)
	}
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
