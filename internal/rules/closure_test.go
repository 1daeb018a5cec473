package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/agreed"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

// the small pack, with a number that is known.
func smallSet(t testing.TB) *rules.Set {
	t.Helper()
	p, err := pack.Load(tree(map[string]string{"xx/small/pack.yaml": strings.Replace(small, "value: null", "value: 5", 1)}), "xx/small")
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(p)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func entry(id string, change ...func(*agreed.Recognition)) agreed.Recognition {
	r := agreed.Recognition{ID: dataspace.RuleID(id), Article: "cl. 1", Source: "https://example.org/a", Text: dataspace.Text{EN: id, ZH: id}}
	for _, c := range change {
		c(&r)
	}
	return r
}

func of(j dataspace.Jurisdiction, kind string) func(*agreed.Recognition) {
	return func(r *agreed.Recognition) { r.Of = agreed.Credential{Jurisdiction: j, Kind: kind} }
}

func satisfies(j dataspace.Jurisdiction, demand string) func(*agreed.Recognition) {
	return func(r *agreed.Recognition) {
		r.Satisfies = &agreed.Demand{Jurisdiction: j, Side: dataspace.ExportSide, Demand: demand}
	}
}

func counts(j dataspace.Jurisdiction, kind string, onward bool) func(*agreed.Recognition) {
	return func(r *agreed.Recognition) { r.CountsAs, r.Onward = &agreed.Kind{Jurisdiction: j, Kind: kind}, onward }
}

func scoped(s agreed.RecognitionScope) func(*agreed.Recognition) {
	return func(r *agreed.Recognition) { r.Scope = s }
}

func between(from, to string) func(*agreed.Recognition) {
	return func(r *agreed.Recognition) { r.From, r.To = from, to }
}

func agreement(id string, entries ...agreed.Recognition) agreed.Agreement {
	return agreed.Agreement{Ref: dataspace.RecognitionRef{ID: id, SHA256: dataspace.Digest(strings.Repeat("a", 64))}, Entries: entries}
}

func yyFlow(kinds ...string) dataspace.Facts {
	f := dataspace.Facts{On: "2026-06-15", Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"exporter.jurisdiction":  dataspace.TextOf("XX"),
		"recipient.id":           dataspace.TextOf("rec"),
		"recipient.jurisdiction": dataspace.TextOf("NZ"),
		"sector":                 dataspace.TextOf("retail"),
		"scenario":               dataspace.TextOf("s"),
		"purpose":                dataspace.TextOf("business"),
		"data.elements":          dataspace.ListOf("email"),
		"counts.non_sensitive":   dataspace.IntOf(2),
		"counts.sensitive":       dataspace.IntOf(5),
	})}
	for _, k := range kinds {
		f.Instruments = append(f.Instruments, dataspace.Instrument{Kind: k, ID: dataspace.InstrumentID("i-" + k), EffectiveOn: "2026-01-01"})
	}
	return f
}

func TestAgreements(t *testing.T) {
	direct := entry("yx.direct", of("NZ", "y.paper"), satisfies("XX", "xx.sign"))
	asOwn := entry("yx.own", of("NZ", "y.paper"), counts("XX", "xx.paper", false))
	first := entry("zy.first", of("ZZ", "z.paper"), counts("NZ", "y.paper", true))
	closed := entry("zy.closed", of("ZZ", "z.paper"), counts("NZ", "y.paper", false))
	back := entry("yz.back", of("NZ", "y.paper"), counts("ZZ", "z.paper", true))
	tests := map[string]struct {
		entries []agreed.Recognition
		facts   dataspace.Facts
		through []string // empty: not satisfied
	}{
		"direct":             {[]agreed.Recognition{direct}, yyFlow("y.paper"), []string{"yx.direct"}},
		"no-instrument":      {[]agreed.Recognition{direct}, yyFlow("z.paper"), nil},
		"counts-as-own":      {[]agreed.Recognition{asOwn}, yyFlow("y.paper"), []string{"yx.own"}},
		"chain":              {[]agreed.Recognition{direct, first}, yyFlow("z.paper"), []string{"zy.first", "yx.direct"}},
		"chain-to-own":       {[]agreed.Recognition{asOwn, first}, yyFlow("z.paper"), []string{"zy.first", "yx.own"}},
		"not-onward":         {[]agreed.Recognition{direct, closed}, yyFlow("z.paper"), nil},
		"circle":             {[]agreed.Recognition{direct, first, back}, yyFlow("w.paper"), nil},
		"circle-ends":        {[]agreed.Recognition{direct, first, back}, yyFlow("z.paper"), []string{"zy.first", "yx.direct"}},
		"shortest":           {[]agreed.Recognition{direct, first}, yyFlow("z.paper", "y.paper"), []string{"yx.direct"}},
		"other-demand":       {[]agreed.Recognition{entry("yx.else", of("NZ", "y.paper"), satisfies("XX", "xx.other"))}, yyFlow("y.paper"), nil},
		"other-jurisdiction": {[]agreed.Recognition{entry("yx.else", of("NZ", "y.paper"), satisfies("WW", "xx.sign"))}, yyFlow("y.paper"), nil},
		"certificate": {[]agreed.Recognition{entry("yx.cert", func(r *agreed.Recognition) {
			r.Of = agreed.Credential{Jurisdiction: "NZ", Certification: "seal"}
		}, satisfies("XX", "xx.sign"))}, func() dataspace.Facts {
			f := yyFlow()
			f.Known.Set("recipient.certifications", dataspace.ListOf("seal"))
			return f
		}(), []string{"yx.cert"}},
		"not-accepted": {[]agreed.Recognition{direct}, func() dataspace.Facts {
			f := yyFlow("y.paper")
			f.AcceptConfidence = []dataspace.Confidence{dataspace.Secondary}
			return f
		}(), nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			set, err := smallSet(t).WithRecognitions([]agreed.Agreement{agreement("xx-yy/a", tt.entries...)})
			if err != nil {
				t.Fatal(err)
			}
			d := decide(t, set, tt.facts)
			o := d.Obligations[0]
			if !slices.Equal(o.Through, tt.through) || o.Satisfied != (len(tt.through) > 0) {
				t.Errorf("through %v, satisfied %t; want %v\n%s", o.Through, o.Satisfied, tt.through, show(d))
			}
			var spoke []string
			for _, r := range d.Reasons {
				if r.Pack == "xx-yy/a" {
					spoke = append(spoke, string(r.Rule))
				}
			}
			if !slices.Equal(spoke, tt.through) {
				t.Errorf("reasons %v, want %v", spoke, tt.through)
			}
			if len(d.Recognitions) != 1 || d.Recognitions[0].ID != "xx-yy/a" {
				t.Errorf("recognitions %v", d.Recognitions)
			}
		})
	}
}

// TestAgreementScope: each limit, on both sides of it and when the fact it is
// about is unknown.
func TestAgreementScope(t *testing.T) {
	tests := map[string]struct {
		limit  func(*agreed.Recognition)
		change func(*dataspace.Facts)
		want   bool
	}{
		"in-force-first":    {between("2026-06-15", ""), nil, true},
		"not-yet":           {between("2026-06-16", ""), nil, false},
		"in-force-last":     {between("", "2026-06-15"), nil, true},
		"no-longer":         {between("", "2026-06-14"), nil, false},
		"sector":            {scoped(agreed.RecognitionScope{Sectors: []string{"retail"}}), nil, true},
		"other-sector":      {scoped(agreed.RecognitionScope{Sectors: []string{"seeds"}}), nil, false},
		"sector-unknown":    {scoped(agreed.RecognitionScope{Sectors: []string{"retail"}}), func(f *dataspace.Facts) { f.Known.Forget("sector") }, false},
		"scenario":          {scoped(agreed.RecognitionScope{Scenarios: []string{"s"}}), nil, true},
		"other-scenario":    {scoped(agreed.RecognitionScope{Scenarios: []string{"t"}}), nil, false},
		"purpose":           {scoped(agreed.RecognitionScope{Purposes: []string{"business"}}), nil, true},
		"other-purpose":     {scoped(agreed.RecognitionScope{Purposes: []string{"emergency"}}), nil, false},
		"elements":          {scoped(agreed.RecognitionScope{Elements: []dataspace.ElementID{"email", "age"}}), nil, true},
		"other-element":     {scoped(agreed.RecognitionScope{Elements: []dataspace.ElementID{"age"}}), nil, false},
		"elements-unknown":  {scoped(agreed.RecognitionScope{Elements: []dataspace.ElementID{"email"}}), func(f *dataspace.Facts) { f.Known.Forget("data.elements") }, false},
		"recipient":         {scoped(agreed.RecognitionScope{Recipients: []dataspace.ParticipantID{"rec"}}), nil, true},
		"other-recipient":   {scoped(agreed.RecognitionScope{Recipients: []dataspace.ParticipantID{"else"}}), nil, false},
		"recipient-unknown": {scoped(agreed.RecognitionScope{Recipients: []dataspace.ParticipantID{"rec"}}), func(f *dataspace.Facts) { f.Known.Forget("recipient.id") }, false},
		"people":            {scoped(agreed.RecognitionScope{MaxPeople: 7}), nil, true},
		"one-too-many":      {scoped(agreed.RecognitionScope{MaxPeople: 6}), nil, false},
		"people-unknown":    {scoped(agreed.RecognitionScope{MaxPeople: 9}), func(f *dataspace.Facts) { f.Known.Forget("counts.non_sensitive") }, false},
		"instrument-scope": {scoped(agreed.RecognitionScope{}), func(f *dataspace.Facts) {
			f.Instruments[0].Covers = &dataspace.InstrumentScope{MaxSubjects: 6}
		}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			// The limit holds for each link of a chain.
			for i, entries := range [][]agreed.Recognition{
				{entry("yx.d", of("NZ", "y.paper"), satisfies("XX", "xx.sign"), tt.limit)},
				{entry("yx.d", of("ZZ", "z.paper"), satisfies("XX", "xx.sign")), entry("zy.c", of("NZ", "y.paper"), counts("ZZ", "z.paper", true), tt.limit)},
			} {
				set, err := smallSet(t).WithRecognitions([]agreed.Agreement{agreement("xx-yy/a", entries...)})
				if err != nil {
					t.Fatal(err)
				}
				f := yyFlow("y.paper")
				if tt.change != nil {
					tt.change(&f)
				}
				if d := decide(t, set, f); d.Obligations[0].Satisfied != tt.want {
					t.Errorf("%d: satisfied %t, want %t", i, !tt.want, tt.want)
				}
			}
		})
	}
}

func TestAgreementsRefused(t *testing.T) {
	one := entry("yx.d", of("NZ", "y.paper"), satisfies("XX", "xx.sign"))
	for name, list := range map[string][]agreed.Agreement{
		"twice":        {agreement("xx-yy/a", one), agreement("xx-yy/a", entry("yx.e"))},
		"entry-twice":  {agreement("xx-yy/a", one), agreement("xx-yy/b", one)},
		"rule-of-pack": {agreement("xx-yy/a", entry("xx.sign", of("NZ", "y.paper"), satisfies("XX", "xx.sign")))},
	} {
		if _, err := smallSet(t).WithRecognitions(list); err == nil {
			t.Errorf("%s: not refused", name)
		}
	}
}

// TestAgreementsOnlyHelp: whatever is recognised, no verdict becomes stricter,
// And what is prohibited stays prohibited.
func TestAgreementsOnlyHelp(t *testing.T) {
	packs := loadAll(t)
	set := allPacks(t)
	var kinds []agreed.Kind
	var demands []agreed.Demand
	for _, p := range packs {
		for _, f := range p.Foundings() {
			if f.Kind == "instrument" {
				kinds = append(kinds, agreed.Kind{Jurisdiction: p.Jurisdiction(), Kind: f.ID})
			}
		}
		for _, id := range p.Demands() {
			demands = append(demands, agreed.Demand{Jurisdiction: p.Jurisdiction(), Side: dataspace.ExportSide, Demand: id})
		}
	}
	if len(kinds) < 5 || len(demands) < 5 {
		t.Fatalf("%d kinds and %d demands: nothing to draw from", len(kinds), len(demands))
	}
	kind, demand := rapid.SampledFrom(kinds), rapid.SampledFrom(demands)
	used := 0
	rapid.Check(t, func(t *rapid.T) {
		var entries []agreed.Recognition
		for i := range rapid.IntRange(1, 6).Draw(t, "entries") {
			d, as, from := demand.Draw(t, "demand"), kind.Draw(t, "as"), kind.Draw(t, "of")
			lead := satisfies(d.Jurisdiction, d.Demand)
			if rapid.Bool().Draw(t, "counts") {
				lead = counts(as.Jurisdiction, as.Kind, rapid.Bool().Draw(t, "onward"))
			}
			entries = append(entries, entry(fmt.Sprintf("t.e%d", i), of(from.Jurisdiction, from.Kind), lead))
		}
		with, err := set.WithRecognitions([]agreed.Agreement{agreement("t/a", entries...)})
		if err != nil {
			t.Fatal(err)
		}
		f := drawNear(t)
		f.Instruments = slices.Clone(f.Instruments)
		if rapid.Bool().Draw(t, "without") {
			f.Instruments = nil
		}
		for _, e := range entries {
			if rapid.Bool().Draw(t, "held") {
				f.Instruments = append(f.Instruments, dataspace.Instrument{Kind: e.Of.Kind, ID: "held", EffectiveOn: "2026-01-01"})
			}
		}
		before, after := mustDecide(t, set, f), mustDecide(t, with, f)
		if after.Verdict.Severity() > before.Verdict.Severity() {
			t.Fatalf("%s became %s", before.Verdict, after.Verdict)
		}
		if before.Verdict == dataspace.Prohibited && after.Verdict != dataspace.Prohibited {
			t.Fatalf("what was prohibited became %s", after.Verdict)
		}
		for i, r := range after.Regimes {
			if r.Verdict.Severity() > before.Regimes[i].Verdict.Severity() {
				t.Fatalf("%s %s: %s became %s", r.Jurisdiction, r.Side, before.Regimes[i].Verdict, r.Verdict)
			}
		}
		for _, o := range after.Obligations {
			if len(o.Through) > 0 {
				used++
			}
		}
	})
	if used == 0 {
		t.Error("no recognition was ever used")
	}
}

// A bar is lifted by the paper that it names and not by one that an agreement
// lets count as that paper.
func TestAgreementsLiftNoBar(t *testing.T) {
	text := strings.NewReplacer("value: null", "value: 5", "handling:",
		"  - {id: xx.court, bar: prohibited, when: 'recipient.foreign_authority', satisfied: {by: [{kind: xx.paper}]}, article: a, source: https://example.org/5, facts: [\"1\"], confidence: VSS, text: {en: court, zh: 法院}}\nhandling:").Replace(small)
	p, err := pack.Load(tree(map[string]string{"xx/small/pack.yaml": text}), "xx/small")
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(p)
	if err != nil {
		t.Fatal(err)
	}
	if set, err = set.WithRecognitions([]agreed.Agreement{agreement("xx-yy/a", entry("yx.own", of("NZ", "y.paper"), counts("XX", "xx.paper", false)))}); err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[string]dataspace.Verdict{"y.paper": dataspace.Prohibited, "xx.paper": dataspace.Cleared} {
		f := yyFlow(kind)
		f.Known.Set("recipient.foreign_authority", dataspace.BoolOf(true))
		if d := decide(t, set, f); d.Verdict != want || !d.Obligations[0].Satisfied {
			t.Errorf("with %s: %s, want %s\n%s", kind, d.Verdict, want, show(d))
		}
	}
}
