package rules

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/packs"
)

// TestNarrowedSetDecidesTheSame: what is left out between two jurisdictions
// would have had nothing to say.
func TestNarrowedSetDecidesTheSame(t *testing.T) {
	list, err := LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := NewSet(list...)
	if err != nil {
		t.Fatal(err)
	}
	var places []dataspace.Jurisdiction
	for _, p := range list {
		places = append(places, p.yaml.Jurisdiction)
		for _, name := range sortedKeys(p.yaml.Groups) {
			for _, member := range p.yaml.Groups[name] {
				if jurisdictionPattern.MatchString(member) {
					places = append(places, dataspace.Jurisdiction(member))
				}
			}
		}
	}
	places = append(places, "ZZ")
	var switches []string
	for _, p := range list {
		for _, name := range p.switches {
			switches = append(switches, p.switchKey(name))
		}
	}
	smaller := 0
	for _, set := range []*Set{whole, whole.Side(dataspace.ExportSide), whole.Side(dataspace.ImportSide)} {
		unindexed := *set // no copy uses the index
		rapid.Check(t, func(t *rapid.T) {
			f := rapid.Make[dataspace.Facts]().Draw(t, "facts")
			f.On, f.KnownOn = rapid.SampledFrom([]string{"2024-01-01", "2026-06-15"}).Draw(t, "on"), ""
			f.Exporter.Jurisdiction = rapid.SampledFrom(places).Draw(t, "from")
			f.Recipient.Jurisdiction = rapid.SampledFrom(places).Draw(t, "to")
			f.Data.Important = rapid.SampledFrom(importances).Draw(t, "important")
			f.Act, f.Purpose = rapid.SampledFrom(acts).Draw(t, "act"), rapid.SampledFrom(purposes).Draw(t, "purpose")
			f.Switches = map[string]bool{}
			for _, key := range switches {
				f.Switches[key] = rapid.Bool().Draw(t, key)
			}
			fast, slow := set.evaluation(&f), unindexed.evaluation(&f)
			if len(fast.set.packs) < len(slow.set.packs) {
				smaller++
			}
			a, b := fast.run(), slow.run()
			if d := cmp.Diff(slow.decision(b), fast.decision(a)); d != "" {
				t.Fatal(d)
			}
			if d := cmp.Diff(slow.changes(b), fast.changes(a)); d != "" {
				t.Fatal(d)
			}
		})
	}
	if smaller == 0 {
		t.Error("no set became smaller: nothing was tried")
	}
}

// TestNarrowedSetKnowsNoChoice: a switch that makes a pack speak must not be
// taken as it stands by default.
func TestNarrowedSetKnowsNoChoice(t *testing.T) {
	p, err := Load(fstest.MapFS{"x/y/pack.yaml": {Data: []byte(`
id: x/y
jurisdiction: XX
version: 1.0.0
sides: {export: {applies: 'exporter.jurisdiction == "XX"'}}
switches: {strict: {default: false}}
rules:
- {id: x.strict, order: 1, when: 'switch.strict', pathway: prohibited, confidence: VSS}
- {id: x.free, order: 2, pathway: free, confidence: VSS}
`)}}, "x/y")
	if err != nil {
		t.Fatal(err)
	}
	set, err := NewSet(p)
	if err != nil {
		t.Fatal(err)
	}
	for want, on := range map[dataspace.Verdict]bool{dataspace.Cleared: false, dataspace.Prohibited: true} {
		d, err := set.Decide(dataspace.Facts{On: "2026-06-15", Exporter: dataspace.ExporterFacts{Jurisdiction: "XX"},
			Recipient: dataspace.RecipientFacts{Jurisdiction: "YY"}, Switches: map[string]bool{"x/y#strict": on}})
		if err != nil || d.Verdict != want {
			t.Errorf("switch %t: %s, %v", on, d.Verdict, err)
		}
	}
}

// TestStrangePairsAreNotRemembered: facts name any jurisdiction they like.
func TestStrangePairsAreNotRemembered(t *testing.T) {
	set, err := NewSet()
	if err != nil {
		t.Fatal(err)
	}
	for a := range 26 * 26 {
		for b := range 10 {
			from := dataspace.Jurisdiction([]byte{byte('A' + a/26), byte('A' + a%26)})
			set.between(from, dataspace.Jurisdiction([]byte{'A', byte('A' + b)}))
		}
	}
	if n := len(set.narrowed.known); n > maxNarrowed {
		t.Errorf("%d pairs are remembered", n)
	}
}

func TestFactSetHoldsAnyNumber(t *testing.T) {
	var s factSet
	for _, i := range []int{0, 63, 64, 200} {
		if s.has(i) {
			t.Errorf("%d is in before", i)
		}
		if s.add(i); !s.has(i) || s.has(i+1) {
			t.Errorf("%d: %v", i, s)
		}
	}
}
