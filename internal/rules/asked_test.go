package rules_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/rules"
)

// bars are rules of the pack whole that concern some flows only.
const bars = `rules:
  - {id: xx.gene, when: '"genetic" in data.elements', asked_if: '"genetic" in data.elements', obligation: {id: xx.gene.report, before_delivery: true, text: {en: report it, zh: 报告}}, satisfied: {by: [{kind: xx.mark}]}, article: b1, source: law, facts: ["1"], confidence: VSS, text: {en: genes are reported, zh: 基因须报告}}
  - {id: xx.tech, when: 'xx_whole.tech != "none"', asked_if: 'sector == "banking"', bar: prohibited, article: b2, source: law, facts: ["1"], confidence: VSS, text: {en: listed technology stays, zh: 清单技术不得出境}}
  - {id: xx.map, when: 'xx_whole.map', asked_if: 'sector == "banking"', bar: action_required, article: b3, source: law, facts: ["1"], confidence: VSS, text: {en: maps are reviewed, zh: 地图须审查}}
  - {id: xx.book, when: 'xx_whole.book', asked_if: 'sector == "banking"', bar: human_review, article: b4, source: law, facts: ["1"], confidence: VSS, text: {en: books stay, zh: 账簿留存}}
  - {id: xx.book.old, when: 'xx_whole.book', asked_if: 'sector == "banking"', bar: action_required, article: b5, source: law, facts: ["1"], confidence: VSS, text: {en: books are listed, zh: 账簿须登记}}
  - {id: xx.wire, when: 'xx_whole.wire', asked_if: 'sector == "banking"', bar: prohibited, article: b6, source: law, facts: ["1"], confidence: VSS, text: {en: wires stay, zh: 电报留存}}
  - {id: xx.late, when: 'xx_whole.tech != "none"', asked_if: 'sector == "banking"', from: 2030-01-01, bar: prohibited, article: b7, source: law, facts: ["1"], confidence: VSS, text: {en: later law, zh: 将来的规定}}
`

const barFacts = `facts:
  - {name: xx_whole.tech, type: text, values: [none, listed], by: [dataset], standing: {about: dataset}, text: {en: technology, zh: 技术}, ask: {en: "Is it listed technology?", zh: 是否为清单技术？}}
  - {name: xx_whole.map, type: bool, by: [dataset], text: {en: map, zh: 地图}, ask: {en: "Is it a map?", zh: 是否为地图？}}
  - {name: xx_whole.book, type: bool, by: [dataset], text: {en: book, zh: 账簿}, ask: {en: "Is it a book?", zh: 是否为账簿？}}
  - {name: xx_whole.wire, type: bool, by: [dataset], text: {en: wire, zh: 电报}, ask: {en: "Is it a wire?", zh: 是否为电报？}}
numbers:
`

func barSet(t *testing.T) *rules.Set {
	t.Helper()
	return wholeSet(t, "rules:\n", bars, "numbers:\n", barFacts)
}

func missingFacts(d dataspace.Decision) (out []string) {
	for _, m := range d.Missing {
		out = append(out, m.Fact)
	}
	return out
}

func skipped(d dataspace.Decision, asked bool) (out []string) {
	for _, u := range d.NotExamined {
		if asked == (u.Ask != nil) {
			out = append(out, string(u.Rule))
		}
	}
	slices.Sort(out)
	return out
}

// TestConcerns: a rule that concerns some flows only is quiet where it does not,
// stops a flow of which it asks something, and is named where it is not known
// whether it concerns the flow.
func TestAskedIf(t *testing.T) {
	set := barSet(t)
	sectors := []string{"xx.book", "xx.book.old", "xx.map", "xx.tech", "xx.wire"}
	with := func(values map[string]dataspace.Value, papers ...string) dataspace.Facts {
		f := wholeFacts()
		f.Known.Set("sector", dataspace.TextOf("retail"))
		for name, v := range values {
			if v.Known() {
				f.Known.Set(name, v)
			} else {
				f.Known.Forget(name)
			}
		}
		for _, kind := range papers {
			f.Instruments = append(f.Instruments, dataspace.Instrument{Kind: kind, EffectiveOn: "2026-01-05"})
		}
		return f
	}
	no, yes := dataspace.BoolOf(false), dataspace.BoolOf(true)
	banking, genes := dataspace.TextOf("banking"), dataspace.ListOf("genetic")
	harmless := func(other map[string]dataspace.Value) map[string]dataspace.Value {
		out := map[string]dataspace.Value{"sector": banking, "xx_whole.tech": dataspace.TextOf("none"), "xx_whole.map": no, "xx_whole.book": no, "xx_whole.wire": no}
		for name, v := range other {
			out[name] = v
		}
		return out
	}
	for name, tc := range map[string]struct {
		facts   dataspace.Facts
		verdict dataspace.Verdict
		missing []string
		unknown []string // not known whether they concern the flow
		later   []string // asked later
	}{
		"elsewhere":          {facts: with(nil), verdict: dataspace.Cleared},
		"nothing known":      {facts: with(map[string]dataspace.Value{"sector": {}, "data.elements": {}}), verdict: dataspace.Cleared, unknown: append([]string{"xx.book", "xx.book.old", "xx.gene"}, sectors[2:]...)},
		"no sector":          {facts: with(map[string]dataspace.Value{"sector": {}}), verdict: dataspace.Cleared, unknown: sectors},
		"genes":              {facts: with(map[string]dataspace.Value{"data.elements": genes}), verdict: dataspace.ActionRequired},
		"genes, reported":    {facts: with(map[string]dataspace.Value{"data.elements": genes}, "xx.mark"), verdict: dataspace.Cleared},
		"bank, open":         {facts: with(map[string]dataspace.Value{"sector": banking}), verdict: dataspace.HumanReview, missing: []string{"xx_whole.book", "xx_whole.tech", "xx_whole.wire"}, later: []string{"xx.map"}},
		"bank, one answered": {facts: with(map[string]dataspace.Value{"sector": banking, "xx_whole.wire": no}), verdict: dataspace.HumanReview, missing: []string{"xx_whole.book", "xx_whole.map", "xx_whole.tech"}},
		"bank, harmless":     {facts: with(harmless(nil)), verdict: dataspace.Cleared},
		"bank, listed":       {facts: with(harmless(map[string]dataspace.Value{"xx_whole.tech": dataspace.TextOf("listed")})), verdict: dataspace.Prohibited},
		"bank, book":         {facts: with(harmless(map[string]dataspace.Value{"xx_whole.book": yes})), verdict: dataspace.HumanReview},
		"bank, map":          {facts: with(harmless(map[string]dataspace.Value{"xx_whole.map": yes})), verdict: dataspace.ActionRequired},
		"book where no bank": {facts: with(map[string]dataspace.Value{"xx_whole.book": yes}), verdict: dataspace.HumanReview},
		"book, no sector":    {facts: with(map[string]dataspace.Value{"sector": {}, "xx_whole.book": yes}), verdict: dataspace.HumanReview, unknown: []string{"xx.map", "xx.tech", "xx.wire"}},
	} {
		d := decide(t, set, tc.facts)
		got := slices.DeleteFunc(missingFacts(d), func(f string) bool { return !strings.HasPrefix(f, "xx_whole.") })
		if d.Verdict != tc.verdict || !slices.Equal(got, tc.missing) || !slices.Equal(skipped(d, false), tc.unknown) || !slices.Equal(skipped(d, true), tc.later) {
			t.Errorf("%s: %s, missing %v, not known %v, later %v", name, d.Verdict, got, skipped(d, false), skipped(d, true))
		}
	}
	d := decide(t, set, with(map[string]dataspace.Value{"sector": {}}))
	if u := d.NotExamined[0]; u.Article == "" || u.Source != "https://example.org/law" || u.Text.ZH == "" || u.Pack != "xx/whole" || u.Confidence != "VSS" || !slices.Equal(u.Facts, []string{"sector"}) {
		t.Errorf("says too little: %+v", u)
	}
}

// TestForgottenAskedIf: who forgets the fact by which law concerns a flow gets a
// milder verdict, and the decision names the law.
func TestForgottenAskedIf(t *testing.T) {
	set := barSet(t)
	for _, fact := range []string{"sector", "data.elements"} {
		f := wholeFacts()
		f.Known.Set("sector", dataspace.TextOf("banking"))
		f.Known.Set("data.elements", dataspace.ListOf("genetic"))
		open := map[dataspace.RuleID]bool{}
		for _, r := range decide(t, set, f).Reasons {
			open[r.Rule] = true
		}
		f.Known.Forget(fact)
		d := decide(t, set, f)
		named := 0
		for _, u := range d.NotExamined {
			if u.Ask == nil && open[u.Rule] && slices.Contains(u.Facts, fact) {
				named++
			}
		}
		if want := map[string]int{"sector": 5, "data.elements": 1}[fact]; named != want {
			t.Errorf("without %s %d rules are named, want %d", fact, named, want)
		}
	}
}

// TestAskedIfIsRefused: only what stands for itself says where it is asked about.
func TestAskedIfIsRefused(t *testing.T) {
	for name, replace := range map[string][2]string{
		"pathway":  {"{id: xx.sign, order: 1,", "{id: xx.sign, asked_if: data.personal, order: 1,"},
		"demanded": {"{id: xx.signed, obligation", "{id: xx.signed, asked_if: data.personal, obligation"},
		"note":     {"{id: xx.note, note: true,", "{id: xx.note, asked_if: data.personal, note: true,"},
	} {
		if _, err := loadWhole(t, replace[0], replace[1]); err == nil || !strings.Contains(err.Error(), "where it is asked about") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := loadWhole(t, "{id: xx.report, when", "{id: xx.report, asked_if: data.nothing, when"); err == nil || !strings.Contains(err.Error(), "undeclared reference") {
		t.Errorf("a wrong name: %v", err)
	}
}

// TestForgottenLaw: of flows that some law asks about, no verdict becomes milder when
// a fact is forgotten, but for claims and what fulfils a demand, and but for facts that would say whether that
// law concerns the flow: then the decision names it.
func TestForgottenLaw(t *testing.T) {
	set := allPacks(t)
	var names []string
	for n := range forgetters {
		names = append(names, n)
	}
	slices.Sort(names)
	milder := 0
	rapid.Check(t, func(t *rapid.T) {
		text := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
		f := drawNear(t)
		f.Known.Set("exporter.jurisdiction", dataspace.TextOf(text("from", "CN", "CN", "CN", "SG", "US", "DE")))
		f.Known.Set("sector", dataspace.TextOf(text("sector", "none", "banking", "healthcare", "credit_reference", "automotive", "ride_hailing", "statistics", "cloud_services", "online_publishing")))
		f.Known.Set("recipient.same_group", dataspace.BoolOf(rapid.Bool().Draw(t, "one group")))
		f.Known.Set("data.elements", dataspace.ListOf(
			text("column", "genetic", "diagnosis", "trajectory", "remote_sensing_survey", "met_station", "bank_account", "password_secret", "transaction_personal", "credit_info", "age", "image_audio_video", "education_employment", "amount"),
			text("other", "amount", "email", "surrogate_key")))
		known := mustDecide(t, set, f)
		bound := min(known.Verdict.Severity(), dataspace.HumanReview.Severity())
		for _, name := range names {
			g := f
			forgetters[name](&g)
			got := mustDecide(t, set, g)
			if got.Verdict.Severity() >= bound || got.Verdict == dataspace.ActionRequired && forgotClaim(set, f, g) || forgotList(set, known, f, g) || demandedNow(known, got) {
				continue
			}
			milder++
			if !named(known, got) {
				t.Fatalf("without %s: %s, with it: %s, not named: %v", name, got.Verdict, known.Verdict, skipped(got, false))
			}
		}
	})
	if milder == 0 {
		t.Error("no flow became milder, so that nothing was tested")
	}
}

// named reports whether a milder decision names a rule that decided the stricter one.
func named(strict, mild dataspace.Decision) bool {
	return slices.ContainsFunc(strict.Reasons, func(r dataspace.Reason) bool {
		return r.Decisive && slices.Contains(skipped(mild, false), string(r.Rule))
	})
}
