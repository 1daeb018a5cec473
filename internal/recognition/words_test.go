package recognition_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"hutong/internal/agreed"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/recognition"
	"hutong/internal/rules"
)

const demanding = `
id: xx/two
jurisdiction: XX
title: {en: Two, zh: 二}
version: 1.0.0
released: 2026-01-01
effective: 2026-01-01
checked_on: 2026-01-01
sides: {export: {applies: 'exporter.jurisdiction == "XX"'}}
rules:
- {id: xx.contract, order: 10, pathway: contract, demands: [xx.sign], confidence: VSS, text: {en: a, zh: 甲}}
- {id: xx.sign, obligation: {id: xx.sign, demanded: true, before_delivery: true, text: {en: s, zh: 签}}, satisfied: {by: [{kind: xx.paper}]}, confidence: VSS, text: {en: s, zh: 签}}
instruments:
  xx.paper: {name: {en: paper, zh: 文件}, confidence: VSS}
`

// set is a law that demands a paper.
func set(t *testing.T) *rules.Set {
	t.Helper()
	p, err := pack.Load(fstest.MapFS{"xx/two/pack.yaml": {Data: []byte(demanding)}}, "xx/two")
	if err != nil {
		t.Fatal(err)
	}
	s, err := rules.NewSet(p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// scoped is an agreement by which the paper of another law is enough, within a
// scope.
func scoped(scope agreed.RecognitionScope) []agreed.Agreement {
	return []agreed.Agreement{{Ref: dataspace.RecognitionRef{ID: "xx-yy/papers"}, Entries: []agreed.Recognition{{
		ID: "xy.direct", Of: agreed.Credential{Jurisdiction: "YY", Kind: "y.paper"},
		Satisfies: &agreed.Demand{Jurisdiction: "XX", Side: dataspace.ExportSide, Demand: "xx.sign"},
		Scope:     scope, Article: "cl. 1", Source: "https://example.org/a", Text: dataspace.Text{EN: "t", ZH: "文"},
	}}}}
}

// A word of a scope is what it is for a fact: its key, a synonym, or its name in
// either language.
func TestScopeReadsWords(t *testing.T) {
	tests := map[string]struct {
		scope agreed.RecognitionScope
		want  bool
	}{
		"key":            {agreed.RecognitionScope{Sectors: []string{"accommodation"}}, true},
		"synonym":        {agreed.RecognitionScope{Sectors: []string{"Hotel"}}, true},
		"chinese":        {agreed.RecognitionScope{Sectors: []string{"航运", "酒店"}, Purposes: []string{"业务经营"}, Elements: []dataspace.ElementID{"电子邮箱"}}, true},
		"another sector": {agreed.RecognitionScope{Sectors: []string{"航运"}}, false},
		"none of them":   {agreed.RecognitionScope{Sectors: []string{"以上均不属于"}}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			given := scoped(tt.scope)
			s, err := recognition.Apply(set(t), given)
			if err != nil {
				t.Fatal(err)
			}
			if !sameWords(given[0].Entries[0].Scope, tt.scope) {
				t.Error("the agreement itself was changed")
			}
			if got := satisfied(t, s, "sector: accommodation"); got != tt.want {
				t.Errorf("satisfied %v, want %v", got, tt.want)
			}
		})
	}
}

// None of these is a word of a scope: it is met by who has stated it.
func TestScopeOfNone(t *testing.T) {
	s, err := recognition.Apply(set(t), scoped(agreed.RecognitionScope{Sectors: []string{"以上均不属于"}}))
	if err != nil {
		t.Fatal(err)
	}
	if !satisfied(t, s, `sector: none
none: {sector: {note: we build violins, by: Li Wei}}`) {
		t.Error("the sector is none, and the scope is not met")
	}
	if satisfied(t, s, "") {
		t.Error("the sector is unknown, and the scope is met")
	}
}

func TestScopeRefusesUnknownWords(t *testing.T) {
	_, err := recognition.Apply(set(t), scoped(agreed.RecognitionScope{
		Sectors: []string{"hotell"}, Purposes: []string{"busines"}, Elements: []dataspace.ElementID{"emial"}, Scenarios: []string{" "},
	}))
	if !errors.Is(err, dataspace.ErrInvalid) {
		t.Fatalf("error %v", err)
	}
	for _, want := range []string{
		`xx-yy/papers, entry 1 (xy.direct), scope.sectors: "hotell" is none of the`, "accommodation", "住宿业",
		`scope.purposes: "busines"`, "business (business, 业务经营)", `scope.elements: "emial"`, "email", "scope.scenarios: has an empty word",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
	var p *dataspace.Problem
	if !errors.As(err, &p) || p.Code != "words.unknown" || p.Hint == "" {
		t.Errorf("problem %+v", p)
	}
}

// A stored agreement with a word that cannot be read stays: its other entries are
// used, the entry with the word satisfies nothing, and the decision says why.
func TestStoredScopeWithUnknownWords(t *testing.T) {
	unknown := scoped(agreed.RecognitionScope{Sectors: []string{"accommodation", "hotell"}})
	s, unread, err := recognition.ApplyStored(set(t), unknown)
	if err != nil {
		t.Fatal(err)
	}
	if len(unread) != 1 || !strings.Contains(unread[0].Error(), `xx-yy/papers, entry 1 (xy.direct), scope.sectors: "hotell" is none of the`) {
		t.Errorf("unread %v", unread)
	}
	if unknown[0].Entries[0].Unread != nil || len(unknown[0].Entries[0].Scope.Sectors) != 2 {
		t.Error("the agreement itself was changed")
	}
	o := obligation(t, s, "sector: accommodation")
	if o.Satisfied || len(o.Through) > 0 || len(o.Instruments) != 1 || o.Instruments[0] != "xx.paper" {
		t.Errorf("an entry with an unread word counts: %+v", o)
	}
	if !strings.Contains(o.Text.EN, `scope.sectors: "hotell" is none of the`) || !strings.Contains(o.Text.EN, "so the entry is not used") || !strings.Contains(o.Text.ZH, "“hotell”无法识别为行业") {
		t.Errorf("the decision does not say why: %+v", o.Text)
	}
	if refs := s.Recognitions(); len(refs) != 1 {
		t.Errorf("the set knows the agreements %v", refs)
	}

	both := append(unknown, scoped(agreed.RecognitionScope{Sectors: []string{"酒店"}})...)
	both[1].Ref.ID, both[1].Entries[0].ID = "xx-yy/more", "xy.more"
	if s, unread, err = recognition.ApplyStored(set(t), both); err != nil || len(unread) != 1 {
		t.Fatalf("%v, %v", unread, err)
	}
	if o := obligation(t, s, "sector: accommodation"); !o.Satisfied || len(o.Through) != 1 || o.Through[0] != "xy.more" {
		t.Errorf("the entry whose words can be read does not count: %+v", o)
	}
}

// An entry with an unread word is no part of a chain either.
func TestUnreadEntryEndsChain(t *testing.T) {
	chain := func(sector string) []agreed.Agreement {
		list := scoped(agreed.RecognitionScope{})
		list[0].Entries = []agreed.Recognition{
			{ID: "xy.counts", Of: agreed.Credential{Jurisdiction: "YY", Kind: "y.paper"}, CountsAs: &agreed.Kind{Jurisdiction: "XX", Kind: "xx.paper"},
				Scope: agreed.RecognitionScope{Sectors: []string{sector}}, Article: "cl. 1", Source: "https://example.org/a", Text: dataspace.Text{EN: "t", ZH: "文"}},
			{ID: "xy.onward", Of: agreed.Credential{Jurisdiction: "ZZ", Certification: "global_cbpr"}, CountsAs: &agreed.Kind{Jurisdiction: "YY", Kind: "y.paper"},
				Onward: true, Article: "cl. 2", Source: "https://example.org/a", Text: dataspace.Text{EN: "t", ZH: "文"}},
		}
		return list
	}
	const sealed = `recipient: {jurisdiction: YY, certifications: [global_cbpr]}
sector: accommodation`
	for sector, want := range map[string]bool{"accommodation": true, "hotell": false} {
		s, _, err := recognition.ApplyStored(set(t), chain(sector))
		if err != nil {
			t.Fatal(err)
		}
		f, err := pack.ParseFacts(s.Facts(), []byte("on: 2026-06-15\nexporter: {jurisdiction: XX}\ndata: {personal: true}\n"+sealed))
		if err != nil {
			t.Fatal(err)
		}
		d, err := s.Decide(f)
		if err != nil || len(d.Obligations) != 1 {
			t.Fatalf("%v, %+v", err, d.Obligations)
		}
		if got := d.Obligations[0].Satisfied; got != want {
			t.Errorf("%s: satisfied %v, want %v", sector, got, want)
		}
	}
}

func sameWords(a, b agreed.RecognitionScope) bool {
	return strings.Join(a.Sectors, " ") == strings.Join(b.Sectors, " ") && strings.Join(a.Purposes, " ") == strings.Join(b.Purposes, " ")
}

func satisfied(t *testing.T, s *rules.Set, more string) bool {
	t.Helper()
	return obligation(t, s, more).Satisfied
}

// obligation decides a flow with the paper of the other law.
func obligation(t *testing.T, s *rules.Set, more string) dataspace.Obligation {
	t.Helper()
	f, err := pack.ParseFacts(s.Facts(), []byte(`
on: 2026-06-15
exporter: {jurisdiction: XX}
recipient: {jurisdiction: YY}
purpose: business
data: {personal: true, elements: [email]}
instruments: [{kind: y.paper, id: y-1, effective_on: 2026-01-01}]
`+more))
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Decide(f)
	if err != nil || len(d.Obligations) != 1 {
		t.Fatalf("%v, %+v", err, d.Obligations)
	}
	return d.Obligations[0]
}
