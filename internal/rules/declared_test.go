package rules_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"hutong/internal/dataspace"
	"hutong/internal/examine"
	"hutong/internal/fact"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

// first declares facts too and stands before the others in a set, so that the
// numbers of their facts are other ones there.
const first = `id: aa/first
jurisdiction: AA
title: {en: a, zh: 甲}
authority: {en: a, zh: 甲}
version: 1.0.0
released: 2026-01-01
effective: 2026-01-01
checked_on: 2026-01-01
sides:
  export: {applies: 'exporter.jurisdiction == "AA" || exporter.jurisdiction == "XX"'}
facts:
  - {name: aa_first.fit, type: bool, by: [flow], text: {en: whether it is fit, zh: 是否合适}, ask: {en: Is it fit?, zh: 是否合适？}}
  - {name: aa_first.since, type: day, by: [flow], text: {en: since when, zh: 自何时}, ask: {en: Since when?, zh: 自何时起？}}
rules:
  - {id: aa.fit, order: 10, pathway: free, when: 'aa_first.fit', article: a, source: https://example.org/1, facts: ["1"], confidence: VSS, text: {en: fit, zh: 合适}}
  - {id: aa.unfit, order: 20, pathway: prohibited, article: a, source: https://example.org/1, facts: ["1"], confidence: VSS, text: {en: unfit, zh: 不合适}}
`

func declaredPacks(t *testing.T, more ...string) []*pack.Pack {
	t.Helper()
	list, err := pack.LoadAll(os.DirFS("../pack/testdata/declared"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range more {
		p, err := pack.Load(fstest.MapFS{"p/pack.yaml": {Data: []byte(text)}}, "p")
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

func declaredSet(t *testing.T) *rules.Set {
	t.Helper()
	set, err := rules.NewSet(declaredPacks(t, first)...)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// good are facts by which everything is cleared.
func good() dataspace.Facts {
	return dataspace.Facts{On: "2026-06-15", Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"exporter.jurisdiction": dataspace.TextOf("XX"), "recipient.jurisdiction": dataspace.TextOf("NZ"), "data.personal": dataspace.BoolOf(true),
		"xx_made.exporter.licensed": dataspace.BoolOf(true), "xx_made.recipient.category": dataspace.TextOf("guarded"), "xx_made.rank": dataspace.IntOf(1),
		"xx_made.marks": dataspace.ListOf("green"), "xx_made.devices": dataspace.IntOf(1), "xx_made.counts.under_16": dataspace.IntOf(1),
		"xx_over.zone": dataspace.BoolOf(false), "aa_first.fit": dataspace.BoolOf(true),
	})}
}

// TestDeclaredDecisions: each fact of each pack has its own effect, where the
// packs number their facts otherwise than the set.
func TestDeclaredDecisions(t *testing.T) {
	set := declaredSet(t)
	if n := set.Facts().Len() - fact.Standard().Len(); n != 10 {
		t.Fatalf("%d facts of packs, want 10", n)
	}
	for name, tt := range map[string]struct {
		fact string
		v    dataspace.Value
		want dataspace.Verdict
		part string // in the decision
	}{
		"good":       {"sector", dataspace.Value{}, dataspace.Cleared, `"aa_first.fit":true`},
		"licence":    {"xx_made.exporter.licensed", dataspace.BoolOf(false), dataspace.ActionRequired, `"rule":"xx.no"`},
		"category":   {"xx_made.recipient.category", dataspace.TextOf("closed"), dataspace.Prohibited, `"xx_made.recipient.category":"closed"`},
		"rank":       {"xx_made.rank", dataspace.IntOf(4), dataspace.HumanReview, `"xx_made.rank":4`},
		"marks":      {"xx_made.marks", dataspace.ListOf("red"), dataspace.HumanReview, `"xx_made.marks":["red"]`},
		"devices":    {"xx_made.devices", dataspace.IntOf(1000), dataspace.HumanReview, `"xx_made.devices":1000`},
		"children":   {"xx_made.counts.under_16", dataspace.IntOf(100), dataspace.HumanReview, `"text":{"en":"the count is at most 99 instead of 100`},
		"near":       {"xx_made.counts.under_16", dataspace.IntOf(80), dataspace.Cleared, `"number":"xx/made#children"`},
		"fit":        {"aa_first.fit", dataspace.BoolOf(false), dataspace.Prohibited, `"rule":"aa.unfit"`},
		"overlay":    {"xx_over.zone", dataspace.BoolOf(true), dataspace.Cleared, `"verdict":"cleared"`},
		"not-known":  {"aa_first.fit", dataspace.Value{}, dataspace.HumanReview, `"fact":"aa_first.fit"`},
		"question":   {"aa_first.fit", dataspace.Value{}, dataspace.HumanReview, `"ask":{"en":"Is it fit?","zh":"是否合适？"}`},
		"guess":      {"aa_first.fit", dataspace.Value{}, dataspace.HumanReview, `"zh":"“是否合适？”的回答为是"`},
		"other-type": {"aa_first.fit", dataspace.TextOf("yes"), dataspace.HumanReview, `"fact":"aa_first.fit"`},
		"other-word": {"xx_made.recipient.category", dataspace.TextOf("secret"), dataspace.HumanReview, `"fact":"xx_made.recipient.category"`},
		"foreign":    {"yy_gone.fact", dataspace.BoolOf(true), dataspace.Cleared, `"verdict":"cleared"`},
	} {
		t.Run(name, func(t *testing.T) {
			f := good()
			f.Known.Set(tt.fact, tt.v)
			d, err := set.Decide(f)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := dataspace.NewDocument(d)
			if err != nil {
				t.Fatal(err)
			}
			if d.Verdict != tt.want || !strings.Contains(string(doc), tt.part) {
				t.Errorf("%s, want %s with %s:\n%s", d.Verdict, tt.want, tt.part, doc)
			}
		})
	}
	f := good()
	f.Known.Set("harmless", dataspace.BoolOf(true))
	if _, err := set.Decide(f); err == nil || !strings.Contains(err.Error(), "harmless") {
		t.Errorf("a mistyped fact: %v", err)
	}
}

// TestDeclaredStated: a person who states a fact of a pack is told what is wrong
// with it; without the pack the fact is refused.
func TestDeclaredStated(t *testing.T) {
	const text = "{on: 2026-06-15, exporter: {jurisdiction: XX}, recipient: {jurisdiction: NZ}, data: {personal: true}, xx_made: {recipient: {category: %}}}"
	with, without := declaredSet(t).Facts(), madeUp
	for value, want := range map[string]string{"open": "", "secret": "xx_made.recipient.category", "3": "wrong type", "{door: shut}": "xx_made.recipient.category.door"} {
		_, err := pack.ParseFacts(with, []byte(strings.Replace(text, "%", value, 1)))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: error %v, want %q", value, err, want)
		}
	}
	if _, err := pack.ParseFacts(without, []byte(strings.Replace(text, "%", "open", 1))); err == nil || !strings.Contains(err.Error(), "no loaded pack declares") {
		t.Errorf("without the pack: %v", err)
	}
	kept, err := pack.ParseFacts(nil, []byte(strings.Replace(text, "%", "open", 1)))
	if err != nil || kept.Known.Text("xx_made.recipient.category") != "open" {
		t.Errorf("what was kept: %v", err)
	}
}

// TestDeclaredClash: two packs that declare one fact are refused, both named.
func TestDeclaredClash(t *testing.T) {
	other := strings.NewReplacer("aa/first", "aa/fir/st", "aa_first", "aa_fir_st", "aa.", "ab.").Replace(first)
	same := strings.NewReplacer("aa/first", "aa/fir-st", "aa_first", "aa_fir_st", "aa.", "ac.", "jurisdiction: AA", "jurisdiction: AB").Replace(first)
	_, err := rules.NewSet(declaredPacks(t, other, same)...)
	if err == nil || !strings.Contains(err.Error(), "aa_fir_st.fit") || strings.Count(err.Error(), "facts[0]") < 2 {
		t.Errorf("error %v", err)
	}
}

// TestDeclaredCases: the cases of the packs hold, and notice their mutants.
func TestDeclaredCases(t *testing.T) {
	for _, p := range declaredPacks(t) {
		if r := examine.Test(p); !r.OK() {
			t.Errorf("%s: %+v", p.ID(), r)
		}
		r := examine.Mutate(p)
		if r.Err != "" || p.ID() == "xx/made" && len(r.Survivors) > 0 {
			t.Errorf("%s: %+v", p.ID(), r)
		}
	}
}

// TestDeclaredCounts: a class of a pack counts under a fact of the pack.
func TestDeclaredCounts(t *testing.T) {
	var ids []string
	for _, c := range declaredSet(t).Counts() {
		ids = append(ids, c.ID+" "+c.Fact)
	}
	if got := strings.Join(ids, ", "); got != "xx_under_16 xx_made.counts.under_16, xx_devices xx_made.devices" {
		t.Error(got)
	}
	f := good()
	if n := f.Counts().Len(); n != 1 {
		t.Errorf("%d counts", n)
	}
	f.SetCounts(dataspace.ValuesOf(map[string]dataspace.Value{"xx_made.counts.under_16": dataspace.IntOf(5)}))
	if n, _ := f.Known.Int("xx_made.counts.under_16"); n != 5 || f.Counts().Len() != 1 {
		t.Errorf("counts %v", f.Counts())
	}
	bounds := declaredSet(t).Bounds(f.Known, f.On)
	if len(bounds) != 1 || bounds[0].Of != "xx_made.counts.under_16" || !bounds[0].Certain {
		t.Errorf("bounds %+v", bounds)
	}
}
