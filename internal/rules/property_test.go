package rules_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/rules"
)

// drawFacts makes any facts that fit the schema, thick around the thresholds.
func drawFacts(t *rapid.T) dataspace.Facts {
	text := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
	boolean := func(name string) *bool {
		switch rapid.IntRange(0, 2).Draw(t, name) {
		case 0:
			return nil
		case 1:
			return ptr(false)
		}
		return ptr(true)
	}
	count := func(name string, at ...int64) *int64 {
		if rapid.IntRange(0, 5).Draw(t, name+" known") == 0 {
			return nil
		}
		n := rapid.SampledFrom(append(at, 0, 1)).Draw(t, name) + rapid.Int64Range(-1, 1).Draw(t, name+" off")
		return ptr(max(n, 0))
	}
	f := dataspace.Facts{
		On: text("on", "2024-03-21", "2025-02-08", "2026-03-01", "2026-04-24", "2026-06-15", "2026-06-24"),
		Exporter: dataspace.ExporterFacts{
			Jurisdiction: dataspace.Jurisdiction(text("exporter", "CN", "CN", "CN", "SG", "US", "DE")),
			RegisteredIn: dataspace.Region(text("registered", "", "CN-SH", "CN-JS")),
			ExportsFrom:  dataspace.Region(text("exports", "", "CN-SH", "CN-JS")),
			CIIO:         boolean("ciio"), StateOrgan: boolean("organ"), SubjectsProcessed: count("handled", 10_000_000),
		},
		Recipient: dataspace.RecipientFacts{
			ID:           dataspace.ParticipantID(text("recipient id", "", "harbour")),
			Jurisdiction: dataspace.Jurisdiction(text("recipient", "SG", "CN", "HK", "JP")),
			SameGroup:    boolean("group"), ForeignAuthority: boolean("authority"),
			CoveredPerson: boolean("covered"), Role: text("recipient role", "", "controller", "processor"),
		},
		Act:            text("act", "", "transfer", "remote_access", "access_inside"),
		Sector:         text("sector", "", "reinsurance", "meteorology", "digital_content"),
		Scenario:       text("scenario", "", "RE-LIFE"),
		Transaction:    text("transaction", "", "data_brokerage", "vendor", "other"),
		Purpose:        text("purpose", "", "business", "contract_with_individual", "hr_employees", "emergency", "statutory_duty"),
		NecessityShown: boolean("necessity"),
		HRBasis:        &dataspace.HRBasis{LabourRules: boolean("rules"), CollectiveContract: boolean("contract")},
		Origin:         text("origin", "", "domestic", "abroad"),
		DomesticMixed:  boolean("mixed"),
		Data: dataspace.DataFacts{
			Personal:            boolean("personal"),
			Important:           text("important", "", "no", "yes", "notified", "published", "unknown"),
			ImportantNotifiedOn: text("notified on", "", "2025-12-31", "2026-06-01"),
			Core:                boolean("core"), StateSecret: boolean("secret"), GovernmentRelated: boolean("government"),
		},
		Counts: dataspace.CountFacts{
			NonSensitive: count("non-sensitive", 100_000, 1_000_000, 10_000_000),
			Sensitive:    count("sensitive", 10_000, 100_000, 1_000_000),
			Under14:      count("under 14"),
		},
		Consent: &dataspace.ConsentFacts{
			Basis:           text("basis", "", "consent", "contract"),
			SeparateConsent: boolean("separate"), NoticeGiven: boolean("notice"), GuardianConsent: boolean("guardian"),
		},
	}
	agree(&f.Counts)
	if rapid.Bool().Draw(t, "elements known") {
		f.Data.Elements = []dataspace.ElementID{dataspace.ElementID(text("element", "email", "bank_account"))}
	}
	if rapid.Bool().Draw(t, "certified") {
		f.Recipient.Certifications = []string{text("certification", "global_cbpr", "apec_cbpr", "apec_prp", "cn_pip_certification")}
	}
	if rapid.Bool().Draw(t, "us persons") {
		f.Data.USPersons = map[string]int64{}
		for _, c := range []string{"human_omic_genomic", "human_omic", "biometric_identifier", "precise_geolocation", "personal_health", "personal_financial", "covered_personal_identifier"} {
			if n := count(c, 100, 1000, 10_000, 100_000); n != nil {
				f.Data.USPersons[c] = *n
			}
		}
	}
	for _, kind := range []string{"cn.pipia", "cn.standard_contract", "cn.security_assessment", "cn.certification", "cn.authority_approval", "sg.contract", "sg.bcr"} {
		if rapid.Bool().Draw(t, kind) {
			f.Instruments = append(f.Instruments, dataspace.Instrument{
				Kind: kind, ID: dataspace.InstrumentID(kind),
				EffectiveOn: text("effective", "", "2023-06-15", "2024-01-02", "2026-06-08"),
				FiledOn:     text("filed", "", "2026-06-12"), ExpiresOn: text("expires", "", "2026-06-14", "2027-01-01"),
			})
		}
	}
	return f
}

func ptr[T any](v T) *T { return &v }

// clean is a flow that is cleared, with every fact known: from here one
// forgotten fact shows.
func clean() dataspace.Facts {
	return dataspace.Facts{
		On: "2026-06-15",
		Exporter: dataspace.ExporterFacts{ID: "acme", Jurisdiction: "CN", RegisteredIn: "CN-SH", ExportsFrom: "CN-SH",
			CIIO: ptr(false), StateOrgan: ptr(false), SubjectsProcessed: ptr(int64(1000))},
		Recipient: dataspace.RecipientFacts{ID: "harbour", Jurisdiction: "SG", SameGroup: ptr(false), ForeignAuthority: ptr(false)},
		Act:       "transfer", Sector: "digital_content", Scenario: "support", Purpose: "business", NecessityShown: ptr(true),
		HRBasis: &dataspace.HRBasis{LabourRules: ptr(true), CollectiveContract: ptr(true)},
		Origin:  "domestic", DomesticMixed: ptr(false),
		Data:    dataspace.DataFacts{Personal: ptr(true), Elements: []dataspace.ElementID{"email"}, Important: "no", Core: ptr(false), StateSecret: ptr(false)},
		Counts:  dataspace.CountFacts{NonSensitive: ptr(int64(100)), Sensitive: ptr(int64(0)), Under14: ptr(int64(0))},
		Consent: &dataspace.ConsentFacts{Basis: "consent", SeparateConsent: ptr(true), NoticeGiven: ptr(true), GuardianConsent: ptr(true)},
		Instruments: []dataspace.Instrument{
			{Kind: "cn.pipia", ID: "p", CompletedOn: "2026-06-01"},
			{Kind: "cn.standard_contract", ID: "c", EffectiveOn: "2026-06-01", FiledOn: "2026-06-05"},
		},
	}
}

// drawNear changes a few facts of the clean flow to those of an arbitrary one.
func drawNear(t *rapid.T) dataspace.Facts {
	f, other := clean(), drawFacts(t)
	changes := []func(){
		func() { f.On = other.On },
		func() { f.Exporter.Jurisdiction = other.Exporter.Jurisdiction },
		func() {
			f.Exporter.RegisteredIn, f.Exporter.ExportsFrom = other.Exporter.RegisteredIn, other.Exporter.ExportsFrom
		},
		func() { f.Exporter.CIIO = other.Exporter.CIIO },
		func() { f.Exporter.StateOrgan = other.Exporter.StateOrgan },
		func() { f.Recipient.Jurisdiction = other.Recipient.Jurisdiction },
		func() { f.Recipient.ForeignAuthority = other.Recipient.ForeignAuthority },
		func() { f.Recipient.Certifications = other.Recipient.Certifications },
		func() { f.Act = other.Act },
		func() { f.Sector = other.Sector },
		func() { f.Purpose = other.Purpose },
		func() { f.NecessityShown = other.NecessityShown },
		func() { f.HRBasis = other.HRBasis },
		func() { f.Origin, f.DomesticMixed = other.Origin, other.DomesticMixed },
		func() { f.Data.Personal = other.Data.Personal },
		func() { f.Data.Important = other.Data.Important },
		func() { f.Data.Core, f.Data.StateSecret = other.Data.Core, other.Data.StateSecret },
		func() {
			f.Data.USPersons, f.Data.GovernmentRelated = other.Data.USPersons, other.Data.GovernmentRelated
		},
		func() { f.Transaction, f.Recipient.CoveredPerson = other.Transaction, other.Recipient.CoveredPerson },
		func() { f.Data.Elements = other.Data.Elements },
		func() { f.Counts.NonSensitive = other.Counts.NonSensitive },
		func() { f.Counts.Sensitive = other.Counts.Sensitive },
		func() { f.Counts.Under14 = other.Counts.Under14 },
		func() { f.Consent = other.Consent },
		func() { f.Instruments = other.Instruments },
	}
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		rapid.SampledFrom(changes).Draw(t, "change")()
	}
	agree(&f.Counts)
	return f
}

// agree makes the counts such as can be true: children are among the sensitive.
// Of counts that contradict each other, forgetting one makes the other true.
func agree(c *dataspace.CountFacts) {
	if c.Under14 != nil && c.Sensitive != nil {
		c.Under14 = ptr(min(*c.Under14, *c.Sensitive))
	}
}

// forgetters each make one fact unknown.
var forgetters = map[string]func(*dataspace.Facts){
	"registered_in":     func(f *dataspace.Facts) { f.Exporter.RegisteredIn = "" },
	"exports_from":      func(f *dataspace.Facts) { f.Exporter.ExportsFrom = "" },
	"ciio":              func(f *dataspace.Facts) { f.Exporter.CIIO = nil },
	"state_organ":       func(f *dataspace.Facts) { f.Exporter.StateOrgan = nil },
	"subjects":          func(f *dataspace.Facts) { f.Exporter.SubjectsProcessed = nil },
	"recipient.id":      func(f *dataspace.Facts) { f.Recipient.ID = "" },
	"same_group":        func(f *dataspace.Facts) { f.Recipient.SameGroup = nil },
	"foreign_authority": func(f *dataspace.Facts) { f.Recipient.ForeignAuthority = nil },
	"covered_person":    func(f *dataspace.Facts) { f.Recipient.CoveredPerson = nil },
	"recipient.role":    func(f *dataspace.Facts) { f.Recipient.Role = "" },
	"transaction":       func(f *dataspace.Facts) { f.Transaction = "" },
	"government":        func(f *dataspace.Facts) { f.Data.GovernmentRelated = nil },
	"certifications":    func(f *dataspace.Facts) { f.Recipient.Certifications = nil },
	"sector":            func(f *dataspace.Facts) { f.Sector = "" },
	"scenario":          func(f *dataspace.Facts) { f.Scenario = "" },
	"purpose":           func(f *dataspace.Facts) { f.Purpose = "" },
	"necessity":         func(f *dataspace.Facts) { f.NecessityShown = nil },
	"hr_basis":          func(f *dataspace.Facts) { f.HRBasis = nil },
	"labour_rules": func(f *dataspace.Facts) {
		f.HRBasis = &dataspace.HRBasis{CollectiveContract: f.HRBasis.CollectiveContract}
	},
	"origin":        func(f *dataspace.Facts) { f.Origin = "" },
	"mixed":         func(f *dataspace.Facts) { f.DomesticMixed = nil },
	"personal":      func(f *dataspace.Facts) { f.Data.Personal = nil },
	"elements":      func(f *dataspace.Facts) { f.Data.Elements = nil },
	"important":     func(f *dataspace.Facts) { f.Data.Important = "" },
	"notified on":   func(f *dataspace.Facts) { f.Data.ImportantNotifiedOn = "" },
	"core":          func(f *dataspace.Facts) { f.Data.Core = nil },
	"secret":        func(f *dataspace.Facts) { f.Data.StateSecret = nil },
	"non_sensitive": func(f *dataspace.Facts) { f.Counts.NonSensitive = nil },
	"sensitive":     func(f *dataspace.Facts) { f.Counts.Sensitive = nil },
	"under_14":      func(f *dataspace.Facts) { f.Counts.Under14 = nil },
	"basis":         func(f *dataspace.Facts) { c := *f.Consent; c.Basis = ""; f.Consent = &c },
	"consent":       func(f *dataspace.Facts) { f.Consent = nil },
	"instruments":   func(f *dataspace.Facts) { f.Instruments = nil },
	"us health": func(f *dataspace.Facts) {
		if len(f.Data.USPersons) > 1 {
			m := map[string]int64{}
			for k, v := range f.Data.USPersons {
				if k != "personal_health" {
					m[k] = v
				}
			}
			f.Data.USPersons = m
		}
	},
}

// TestUnknownIsNeverHarmless: forgetting a fact never leads to a milder verdict
// than human review or the verdict with the fact, whichever is milder. And what
// is not cleared for lack of facts says which.
func TestUnknownIsNeverHarmless(t *testing.T) {
	set := allPacks(t)
	var names []string
	for n := range forgetters {
		names = append(names, n)
	}
	slices.Sort(names)
	rapid.Check(t, func(t *rapid.T) {
		f := drawNear(t)
		if rapid.IntRange(0, 9).Draw(t, "far") == 0 {
			f = drawFacts(t)
		}
		checkForgetting(t, set, f, names)
	})
}

func checkForgetting(t *rapid.T, set *rules.Set, f dataspace.Facts, names []string) {
	known := mustDecide(t, set, f)
	bound := min(known.Verdict.Severity(), dataspace.HumanReview.Severity())
	for _, name := range names {
		g := f
		forgetters[name](&g)
		got := mustDecide(t, set, g)
		if got.Verdict.Severity() < bound {
			t.Fatalf("without %s: %s, with it: %s", name, got.Verdict, known.Verdict)
		}
		for i, r := range known.Regimes {
			if r.Counted && i < len(got.Regimes) && len(got.Regimes) == len(known.Regimes) && !got.Regimes[i].Counted {
				t.Fatalf("without %s the flow is no longer counted", name)
			}
		}
	}
}

func mustDecide(t *rapid.T, set *rules.Set, f dataspace.Facts) dataspace.Decision {
	d, err := set.Decide(f)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDecisionsReplay: the same facts give the same bytes, also after the facts
// went through JSON, also from packs loaded again in another order; and every
// decision fits the schema.
func TestDecisionsReplay(t *testing.T) {
	set := allPacks(t)
	again := loadAll(t)
	slices.Reverse(again)
	other, err := rules.NewSet(again...)
	if err != nil {
		t.Fatal(err)
	}
	schema := decisionSchema(t)
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t)
		first := bytesOf(t, set, f)
		raw, _ := json.Marshal(f)
		g, err := rules.ParseFacts(raw)
		if err != nil {
			t.Fatalf("facts do not parse again: %v\n%s", err, raw)
		}
		if second := bytesOf(t, other, g); !bytes.Equal(first, second) {
			t.Fatalf("not the same:\n%s\n%s", first, second)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(first))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Fatalf("%v\n%s", err, first)
		}
		checkSense(t, first)
	})
}

func bytesOf(t *rapid.T, set *rules.Set, f dataspace.Facts) []byte {
	out, err := dataspace.CanonicalJSON(mustDecide(t, set, f))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// checkSense holds for every decision whatever the packs.
func checkSense(t *rapid.T, raw []byte) {
	var d dataspace.Decision
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	strictest := dataspace.Cleared
	for _, r := range d.Regimes {
		strictest = strictest.Stricter(r.Verdict)
	}
	if d.Verdict != strictest {
		t.Fatalf("verdict %s, strictest regime %s", d.Verdict, strictest)
	}
	decisive, open := 0, 0
	for _, r := range d.Reasons {
		if r.Decisive {
			decisive++
		}
	}
	for _, o := range d.Obligations {
		if !o.Satisfied && o.BeforeDelivery {
			open++
		}
	}
	if d.Verdict == dataspace.Cleared && open > 0 {
		t.Fatalf("cleared with %d open obligations before delivery", open)
	}
	if d.Verdict == dataspace.HumanReview && len(d.Missing) == 0 {
		t.Fatal("human review without anything missing")
	}
	if decisive == 0 && len(d.Missing) == 0 {
		t.Fatalf("nothing decisive for %s", d.Verdict)
	}
	for _, c := range d.Changes {
		if c.Verdict.Severity() >= d.Verdict.Severity() {
			t.Fatalf("a change to %s is no better than %s", c.Verdict, d.Verdict)
		}
	}
}

func decisionSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	raw, err := os.ReadFile("schema/decision.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("decision.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("decision.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}
