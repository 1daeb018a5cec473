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
	"hutong/internal/pack"
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
	f := dataspace.Facts{On: text("on", "2024-03-21", "2025-02-08", "2026-03-01", "2026-04-24", "2026-06-15", "2026-06-24"), Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"exporter.jurisdiction":        dataspace.TextOf(text("exporter", "CN", "CN", "CN", "SG", "US", "DE")),
		"exporter.registered_in":       dataspace.TextOf(text("registered", "", "CN-SH", "CN-JS")),
		"exporter.exports_from":        dataspace.TextOf(text("exports", "", "CN-SH", "CN-JS")),
		"exporter.ciio":                dataspace.MaybeBool(boolean("ciio")),
		"exporter.state_organ":         dataspace.MaybeBool(boolean("organ")),
		"exporter.subjects_processed":  dataspace.MaybeInt(count("handled", 10_000_000)),
		"recipient.id":                 dataspace.TextOf(text("recipient id", "", "harbour")),
		"recipient.jurisdiction":       dataspace.TextOf(text("recipient", "SG", "CN", "HK", "JP")),
		"recipient.same_group":         dataspace.MaybeBool(boolean("group")),
		"recipient.foreign_authority":  dataspace.MaybeBool(boolean("authority")),
		"recipient.covered_person":     dataspace.MaybeBool(boolean("covered")),
		"recipient.role":               dataspace.TextOf(text("recipient role", "", "controller", "processor")),
		"act":                          dataspace.TextOf(text("act", "", "transfer", "remote_access", "access_inside")),
		"sector":                       dataspace.TextOf(text("sector", "", "reinsurance", "meteorology", "digital_content")),
		"scenario":                     dataspace.TextOf(text("scenario", "", "RE-LIFE")),
		"transaction":                  dataspace.TextOf(text("transaction", "", "data_brokerage", "vendor", "other")),
		"purpose":                      dataspace.TextOf(text("purpose", "", "business", "contract_with_individual", "hr_employees", "emergency", "statutory_duty")),
		"necessity_shown":              dataspace.MaybeBool(boolean("necessity")),
		"hr_basis.labour_rules":        dataspace.MaybeBool(boolean("rules")),
		"hr_basis.collective_contract": dataspace.MaybeBool(boolean("contract")),
		"origin":                       dataspace.TextOf(text("origin", "", "domestic", "abroad")),
		"domestic_mixed":               dataspace.MaybeBool(boolean("mixed")),
		"data.personal":                dataspace.MaybeBool(boolean("personal")),
		"data.important":               dataspace.TextOf(text("important", "", "no", "yes", "notified", "published", "unknown")),
		"data.important_notified_on":   dataspace.TextOf(text("notified on", "", "2025-12-31", "2026-06-01")),
		"data.core":                    dataspace.MaybeBool(boolean("core")),
		"data.state_secret":            dataspace.MaybeBool(boolean("secret")),
		"data.government_related":      dataspace.MaybeBool(boolean("government")),
		"counts.non_sensitive":         dataspace.MaybeInt(count("non-sensitive", 100_000, 1_000_000, 10_000_000)),
		"counts.sensitive":             dataspace.MaybeInt(count("sensitive", 10_000, 100_000, 1_000_000)),
		"counts.under_14":              dataspace.MaybeInt(count("under 14")),
		"consent.basis":                dataspace.TextOf(text("basis", "", "consent", "contract")),
		"consent.separate_consent":     dataspace.MaybeBool(boolean("separate")),
		"consent.notice_given":         dataspace.MaybeBool(boolean("notice")),
		"consent.guardian_consent":     dataspace.MaybeBool(boolean("guardian")),
	})}
	agree(&f)
	if rapid.Bool().Draw(t, "elements known") {
		f.Known.Set("data.elements", dataspace.ListOf(dataspace.ElementID(text("element", "email", "bank_account"))))
	}
	if rapid.Bool().Draw(t, "certified") {
		f.Known.Set("recipient.certifications", dataspace.ListOf(text("certification", "global_cbpr", "apec_cbpr", "apec_prp", "cn_pip_certification")))
	}
	if rapid.Bool().Draw(t, "us persons") {
		for _, c := range []string{"human_omic_genomic", "human_omic", "biometric_identifier", "precise_geolocation", "personal_health", "personal_financial", "covered_personal_identifier"} {
			if n := count(c, 100, 1000, 10_000, 100_000); n != nil {
				f.Known.Set("data.us_persons."+c, dataspace.IntOf(*n))
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
	return dataspace.Facts{On: "2026-06-15", Instruments: []dataspace.Instrument{
		{Kind: "cn.pipia", ID: "p", CompletedOn: "2026-06-01"},
		{Kind: "cn.standard_contract", ID: "c", EffectiveOn: "2026-06-01", FiledOn: "2026-06-05"},
	}, Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"exporter.id":                  dataspace.TextOf("acme"),
		"exporter.jurisdiction":        dataspace.TextOf("CN"),
		"exporter.registered_in":       dataspace.TextOf("CN-SH"),
		"exporter.exports_from":        dataspace.TextOf("CN-SH"),
		"exporter.ciio":                dataspace.BoolOf(false),
		"exporter.state_organ":         dataspace.BoolOf(false),
		"exporter.subjects_processed":  dataspace.IntOf(1000),
		"recipient.id":                 dataspace.TextOf("harbour"),
		"recipient.jurisdiction":       dataspace.TextOf("SG"),
		"recipient.same_group":         dataspace.BoolOf(false),
		"recipient.foreign_authority":  dataspace.BoolOf(false),
		"act":                          dataspace.TextOf("transfer"),
		"sector":                       dataspace.TextOf("digital_content"),
		"scenario":                     dataspace.TextOf("support"),
		"purpose":                      dataspace.TextOf("business"),
		"necessity_shown":              dataspace.BoolOf(true),
		"hr_basis.labour_rules":        dataspace.BoolOf(true),
		"hr_basis.collective_contract": dataspace.BoolOf(true),
		"origin":                       dataspace.TextOf("domestic"),
		"domestic_mixed":               dataspace.BoolOf(false),
		"data.personal":                dataspace.BoolOf(true),
		"data.elements":                dataspace.ListOf("email"),
		"data.important":               dataspace.TextOf("no"),
		"data.core":                    dataspace.BoolOf(false),
		"data.state_secret":            dataspace.BoolOf(false),
		"counts.non_sensitive":         dataspace.IntOf(100),
		"counts.sensitive":             dataspace.IntOf(0),
		"counts.under_14":              dataspace.IntOf(0),
		"consent.basis":                dataspace.TextOf("consent"),
		"consent.separate_consent":     dataspace.BoolOf(true),
		"consent.notice_given":         dataspace.BoolOf(true),
		"consent.guardian_consent":     dataspace.BoolOf(true),
	})}
}

// drawNear changes a few facts of the clean flow to those of an arbitrary one.
func drawNear(t *rapid.T) dataspace.Facts {
	f, other := clean(), drawFacts(t)
	changes := []func(){
		func() { f.On = other.On },
		func() { f.Known.Set("exporter.jurisdiction", other.Known.Of("exporter.jurisdiction")) },
		func() {
			f.Known.Set("exporter.registered_in", other.Known.Of("exporter.registered_in"))
			f.Known.Set("exporter.exports_from", other.Known.Of("exporter.exports_from"))
		},
		func() { f.Known.Set("exporter.ciio", other.Known.Of("exporter.ciio")) },
		func() { f.Known.Set("exporter.state_organ", other.Known.Of("exporter.state_organ")) },
		func() { f.Known.Set("recipient.jurisdiction", other.Known.Of("recipient.jurisdiction")) },
		func() {
			f.Known.Set("recipient.foreign_authority", other.Known.Of("recipient.foreign_authority"))
		},
		func() { f.Known.Set("recipient.certifications", other.Known.Of("recipient.certifications")) },
		func() { f.Known.Set("act", other.Known.Of("act")) },
		func() { f.Known.Set("sector", other.Known.Of("sector")) },
		func() { f.Known.Set("purpose", other.Known.Of("purpose")) },
		func() { f.Known.Set("necessity_shown", other.Known.Of("necessity_shown")) },
		func() { replace(&f, other, "hr_basis.") },
		func() {
			f.Known.Set("origin", other.Known.Of("origin"))
			f.Known.Set("domestic_mixed", other.Known.Of("domestic_mixed"))
		},
		func() { f.Known.Set("data.personal", other.Known.Of("data.personal")) },
		func() { f.Known.Set("data.important", other.Known.Of("data.important")) },
		func() {
			f.Known.Set("data.core", other.Known.Of("data.core"))
			f.Known.Set("data.state_secret", other.Known.Of("data.state_secret"))
		},
		func() {
			replace(&f, other, "data.us_persons.")
			f.Known.Set("data.government_related", other.Known.Of("data.government_related"))
		},
		func() {
			f.Known.Set("transaction", other.Known.Of("transaction"))
			f.Known.Set("recipient.covered_person", other.Known.Of("recipient.covered_person"))
		},
		func() { f.Known.Set("data.elements", other.Known.Of("data.elements")) },
		func() { f.Known.Set("counts.non_sensitive", other.Known.Of("counts.non_sensitive")) },
		func() { f.Known.Set("counts.sensitive", other.Known.Of("counts.sensitive")) },
		func() { f.Known.Set("counts.under_14", other.Known.Of("counts.under_14")) },
		func() { replace(&f, other, "consent.") },
		func() { f.Instruments = other.Instruments },
	}
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		rapid.SampledFrom(changes).Draw(t, "change")()
	}
	agree(&f)
	return f
}

// agree makes the counts such as can be true: children are among the sensitive.
// Of counts that contradict each other, forgetting one makes the other true.
func agree(f *dataspace.Facts) {
	children, some := f.Known.Int("counts.under_14")
	if sensitive, counted := f.Known.Int("counts.sensitive"); some && counted {
		f.Known.Set("counts.under_14", dataspace.IntOf(min(children, sensitive)))
	}
}

// replace takes the facts under a prefix from another flow.
func replace(f *dataspace.Facts, other dataspace.Facts, prefix string) {
	f.Known.ForgetUnder(prefix)
	f.Known.Over(other.Known.Under(prefix))
}

// forgetters each make one fact unknown.
var forgetters = map[string]func(*dataspace.Facts){
	"registered_in":     func(f *dataspace.Facts) { f.Known.Forget("exporter.registered_in") },
	"exports_from":      func(f *dataspace.Facts) { f.Known.Forget("exporter.exports_from") },
	"ciio":              func(f *dataspace.Facts) { f.Known.Forget("exporter.ciio") },
	"state_organ":       func(f *dataspace.Facts) { f.Known.Forget("exporter.state_organ") },
	"subjects":          func(f *dataspace.Facts) { f.Known.Forget("exporter.subjects_processed") },
	"recipient.id":      func(f *dataspace.Facts) { f.Known.Forget("recipient.id") },
	"same_group":        func(f *dataspace.Facts) { f.Known.Forget("recipient.same_group") },
	"foreign_authority": func(f *dataspace.Facts) { f.Known.Forget("recipient.foreign_authority") },
	"covered_person":    func(f *dataspace.Facts) { f.Known.Forget("recipient.covered_person") },
	"recipient.role":    func(f *dataspace.Facts) { f.Known.Forget("recipient.role") },
	"transaction":       func(f *dataspace.Facts) { f.Known.Forget("transaction") },
	"government":        func(f *dataspace.Facts) { f.Known.Forget("data.government_related") },
	"certifications":    func(f *dataspace.Facts) { f.Known.Forget("recipient.certifications") },
	"sector":            func(f *dataspace.Facts) { f.Known.Forget("sector") },
	"scenario":          func(f *dataspace.Facts) { f.Known.Forget("scenario") },
	"purpose":           func(f *dataspace.Facts) { f.Known.Forget("purpose") },
	"necessity":         func(f *dataspace.Facts) { f.Known.Forget("necessity_shown") },
	"hr_basis":          func(f *dataspace.Facts) { f.Known.ForgetUnder("hr_basis.") },
	"labour_rules":      func(f *dataspace.Facts) { f.Known.Forget("hr_basis.labour_rules") },
	"origin":            func(f *dataspace.Facts) { f.Known.Forget("origin") },
	"mixed":             func(f *dataspace.Facts) { f.Known.Forget("domestic_mixed") },
	"personal":          func(f *dataspace.Facts) { f.Known.Forget("data.personal") },
	"elements":          func(f *dataspace.Facts) { f.Known.Forget("data.elements") },
	"important":         func(f *dataspace.Facts) { f.Known.Forget("data.important") },
	"notified on":       func(f *dataspace.Facts) { f.Known.Forget("data.important_notified_on") },
	"core":              func(f *dataspace.Facts) { f.Known.Forget("data.core") },
	"secret":            func(f *dataspace.Facts) { f.Known.Forget("data.state_secret") },
	"non_sensitive":     func(f *dataspace.Facts) { f.Known.Forget("counts.non_sensitive") },
	"sensitive":         func(f *dataspace.Facts) { f.Known.Forget("counts.sensitive") },
	"under_14":          func(f *dataspace.Facts) { f.Known.Forget("counts.under_14") },
	"basis":             func(f *dataspace.Facts) { f.Known.Forget("consent.basis") },
	"consent":           func(f *dataspace.Facts) { f.Known.ForgetUnder("consent.") },
	"instruments":       func(f *dataspace.Facts) { f.Instruments = nil },
	"us health": func(f *dataspace.Facts) {
		if f.Known.Under("data.us_persons.").Len() > 1 {
			f.Known.Forget("data.us_persons.personal_health")
		}
	},
}

// forgotClaim reports whether g lacks a fact of f without which nobody makes a
// claim that a law allows. Nobody is asked then whether the claim holds, so human
// review may turn into action: what the law asks without it.
func forgotClaim(set *rules.Set, f, g dataspace.Facts) bool {
	for _, p := range set.All() {
		reads := p.Reads()
		for _, r := range p.Compiled() {
			made := reads[r.ID]
			if !r.Claim {
				made = []string{r.ClaimedBy}
			}
			if slices.ContainsFunc(made, func(fact string) bool { return f.Known.Of(fact).Known() && !g.Known.Of(fact).Known() }) {
				return true
			}
		}
	}
	return false
}

// forgotList reports whether g lacks the fact by which f claims a relief that
// stops the flow until a person has read its text, such as the scenario of a list
// that is not loaded. Without the claim the law beside it decides.
func forgotList(set *rules.Set, known dataspace.Decision, f, g dataspace.Facts) bool {
	stops := map[dataspace.RuleID]bool{}
	for _, r := range known.Reasons {
		stops[r.Rule] = r.Decisive
	}
	for _, p := range set.All() {
		for _, r := range p.Compiled() {
			if r.Claim && r.ClaimedBy != "" && stops[r.ID] && f.Known.Of(r.ClaimedBy).Known() && !g.Known.Of(r.ClaimedBy).Known() {
				return true
			}
		}
	}
	return false
}

// demandedNow reports whether without something that was forgotten all answers
// demand it: a paper, or a statement that fulfils a demand. With it a person was
// asked which answer is true; without it, it has to be obtained first, and the same
// is still asked.
func demandedNow(with, without dataspace.Decision) bool {
	return without.Verdict == dataspace.ActionRequired && slices.ContainsFunc(without.Obligations, func(o dataspace.Obligation) bool {
		return o.BeforeDelivery && !o.Satisfied && slices.ContainsFunc(with.Obligations, func(w dataspace.Obligation) bool { return w.ID == o.ID && w.Satisfied })
	}) && !slices.ContainsFunc(with.Missing, func(m dataspace.Missing) bool {
		return !slices.ContainsFunc(without.Missing, func(n dataspace.Missing) bool { return n.Fact == m.Fact })
	})
}

// TestUnknownIsNeverHarmless: forgetting a fact never leads to a milder verdict
// than human review or the verdict with the fact, whichever is milder, but for
// claims (see forgotClaim and forgotList) and for what fulfils a demand (see
// demandedNow). And what is not cleared for lack of facts says which.
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
		if got.Verdict.Severity() < bound && !(got.Verdict == dataspace.ActionRequired && forgotClaim(set, f, g)) && !forgotList(set, known, f, g) && !demandedNow(known, got) {
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
		g, err := pack.ParseFacts(nil, raw)
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
