package domain_test

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/domain"
	"hutong/internal/fact"
	"hutong/internal/pack"
)

const text = `id: xx/numbers
jurisdiction: XX
title: {en: Numbers, zh: 数}
authority: {en: Nobody, zh: 无}
version: 1.0.0
released: 2026-01-01
effective: 2026-01-01
checked_on: 2026-01-01
sources: {law: "https://example.org/law"}
sides:
  export: {applies: 'exporter.jurisdiction == "XX"'}
numbers:
  many: {value: 100, article: a, source: law, facts: ["1"], confidence: VSS, text: {en: many, zh: 多}}
  unseen: {article: a, source: law, facts: ["1"], confidence: VSS, text: {en: unseen, zh: 未见}}
define:
  - {name: large, when: 'counts.sensitive >= number.many'}
rules:
  - {id: xx.large, order: 1, when: 'is.large || counts.sensitive > 7', pathway: contract, article: a, source: law, facts: ["1"], confidence: VSS, text: {en: large, zh: 大}}
  - {id: xx.sum, order: 2, when: 'counts.non_sensitive + counts.under_14 > number.many', pathway: contract, article: a, source: law, facts: ["1"], confidence: VSS, text: {en: sum, zh: 和}}
  - {id: xx.unseen, order: 3, when: 'exporter.subjects_processed > number.unseen', pathway: contract, article: a, source: law, facts: ["1"], confidence: VSS, text: {en: unseen, zh: 未见}}
  - {id: xx.free, order: 4, pathway: free, article: a, source: law, facts: ["1"], confidence: VSS, text: {en: free, zh: 自由}}
`

// TestValues: a fact has the values between which a condition changes, and none
// if nobody can list them.
func TestValues(t *testing.T) {
	t.Parallel()
	p, err := pack.Load(fstest.MapFS{"xx/numbers/pack.yaml": {Data: []byte(text)}}, "xx/numbers")
	if err != nil {
		t.Fatal(err)
	}
	law := domain.Of([]*pack.Pack{p}, (*pack.Pack).List)
	for name, want := range map[string][]string{
		"exporter.ciio":               {"false", "true"},
		"origin":                      {"domestic", "abroad"},
		"counts.sensitive":            {"0", "1", "6", "7", "8", "41", "42", "43", "99", "100", "101"},
		"counts.non_sensitive":        nil, // it is added to another
		"counts.under_14":             nil,
		"exporter.subjects_processed": {"0", "1", "41", "42", "43"},
		"data.elements":               nil,
		"sector":                      nil,
		"data.important_notified_on":  nil,
		"on":                          nil,
	} {
		d, ok := fact.Standard().Lookup(name)
		if !ok {
			t.Fatalf("no fact %s", name)
		}
		var got []string
		for _, v := range law.Values(d, 42) {
			got = append(got, v.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
