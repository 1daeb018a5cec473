package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

// thresholds are numbers of every kind.
const thresholds = `numbers:
  many: {value: 1000, of: counts.non_sensitive, article: a 1, source: https://example.org/n, facts: ["1"], confidence: VSS, text: {en: many, zh: 多}}
  few: {value: 10, of: counts.sensitive, article: a 2, source: https://example.org/n, facts: ["1"], confidence: VSS, text: {en: few, zh: 少}}
  other: {value: 5, article: a 3, source: https://example.org/n, facts: ["1"], confidence: VSS, text: {en: o, zh: o}}
`

// thresholdSet has packs that surely, perhaps and never rule XX's exports.
func thresholdSet(t *testing.T) *rules.Set {
	t.Helper()
	var list []*pack.Pack
	for name, side := range map[string]string{
		"surely":  `export: {applies: 'exporter.jurisdiction == "XX"'}`,
		"perhaps": `export: {applies: 'exporter.jurisdiction == "XX" && recipient.jurisdiction == "NZ"'}`,
		"never":   `export: {applies: 'exporter.jurisdiction == "XZ"'}`,
	} {
		text := strings.NewReplacer("xx/small", "xx/"+name, "xx.", name+".", "numbers:\n", thresholds, "order: 1,", fmt.Sprintf("order: 1%d,", len(name)), "order: 2,", fmt.Sprintf("order: 2%d,", len(name)),
			`export: {applies: 'exporter.jurisdiction == "XX"'}`, side).Replace(small)
		p, err := pack.Load(tree(map[string]string{"xx/" + name + "/pack.yaml": text}), "xx/"+name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	set, err := rules.NewSet(list...)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestBounds(t *testing.T) {
	var names []string
	for _, x := range thresholdSet(t).Bounds(dataspace.ValuesOf(map[string]dataspace.Value{
		"exporter.jurisdiction": dataspace.TextOf("XX"),
	}), "2026-06-15") {
		names = append(names, fmt.Sprintf("%s#%s %d %t", x.Pack, x.Name, x.Value, x.Certain))
		if x.Source != "https://example.org/n" || x.Article == "" || x.Confidence == "" || x.Text.ZH == "" {
			t.Errorf("%+v does not say on what it rests", x)
		}
	}
	want := []string{"xx/perhaps#many 1000 false", "xx/surely#many 1000 true", "xx/perhaps#few 10 false", "xx/surely#few 10 true"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

func TestNearBounds(t *testing.T) {
	set := thresholdSet(t)
	for n, want := range map[int64]bool{799: false, 800: true, 999: true, 1000: false} {
		f := dataspace.Facts{On: "2026-06-15", Known: dataspace.ValuesOf(map[string]dataspace.Value{
			"exporter.jurisdiction":  dataspace.TextOf("XX"),
			"recipient.jurisdiction": dataspace.TextOf("QD"),
			"counts.non_sensitive":   dataspace.MaybeInt(&n),
		})}
		got := decide(t, set, f).Warnings
		if len(got) > 1 || (len(got) == 1) != want || want && got[0].Number != "xx/surely#many" {
			t.Errorf("%d people: %+v", n, got)
		}
	}
}
