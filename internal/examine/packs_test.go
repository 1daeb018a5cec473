package examine_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"hutong/internal/dataspace"
	"hutong/internal/examine"
	"hutong/internal/pack"
	"hutong/packs"
)

// TestPacks runs what `pack check` and `pack test` run on every embedded pack.
func TestPacks(t *testing.T) {
	ps, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	if len(ps) < 4 {
		t.Fatalf("%d packs, want at least 4", len(ps))
	}
	for _, p := range ps {
		t.Run(string(p.Ref().ID), func(t *testing.T) {
			report := examine.Test(p)
			if report.Err != "" {
				t.Fatal(report.Err)
			}
			for _, c := range report.Cases {
				for _, f := range c.Failures {
					t.Errorf("%s (%s): %s", c.ID, c.Why, f)
				}
			}
			for _, f := range examine.Check(p) {
				t.Errorf("%s: %s: %s", f.Rule, f.Code, f.Message)
			}
			if !report.OK() && !t.Failed() {
				t.Error("report is not OK")
			}
		})
	}
}

// TestCaseFacts: the facts of the cases are those that the test decides.
func TestCaseFacts(t *testing.T) {
	ps, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, p := range ps {
		list, err := examine.CaseFacts(p)
		if err != nil {
			t.Fatalf("%s: %v", p.ID(), err)
		}
		tested := map[string]bool{}
		for _, c := range examine.Test(p).Cases {
			tested[c.ID] = true
		}
		for _, one := range list {
			seen++
			if !tested[one.Name] {
				t.Errorf("%s: %s is no case of the test", p.ID(), one.Name)
			}
			if one.Facts.Known.Text("exporter.jurisdiction") == "" {
				t.Errorf("%s: %s has no exporter", p.ID(), one.Name)
			}
		}
	}
	if seen < 1500 {
		t.Errorf("facts of %d cases, want at least 1500", seen)
	}
}

// TestCaseFactsRefused: what cannot be read is named by its pack and its case.
func TestCaseFactsRefused(t *testing.T) {
	for place, cases := range map[string]string{
		"x/y":                "cases: nothing\n",
		"x/y/tests.yaml, X1": "cases:\n- {id: X1, why: wrong, facts: {exporter: {jurisdiction: Nowhere}}, expect: {verdict: cleared}}\n",
	} {
		p, err := pack.Load(tree(map[string]string{"x/y/pack.yaml": onePack, "x/y/tests.yaml": cases}), "x/y")
		if err != nil {
			t.Fatal(err)
		}
		_, err = examine.CaseFacts(p)
		var problem *dataspace.Problem
		if !errors.As(err, &problem) || !strings.HasPrefix(problem.Place, place) {
			t.Errorf("%s: %v", place, err)
		}
	}
	p, err := pack.Load(tree(map[string]string{"x/y/pack.yaml": onePack}), "x/y")
	if err != nil {
		t.Fatal(err)
	}
	if list, err := examine.CaseFacts(p); err != nil || len(list) != 0 {
		t.Errorf("without cases: %v, %v", list, err)
	}
}

// onePack is a made-up pack of one rule.
const onePack = `id: x/y
jurisdiction: XX
title: {en: y, zh: 乙}
authority: {en: nobody, zh: 无}
version: 1.0.0
released: 2026-01-01
effective: 2026-01-01
checked_on: 2026-01-01
sides: {export: {applies: 'exporter.jurisdiction == "XX"'}}
rules:
  - {id: x.free, order: 1, pathway: free, article: "1", source: https://example.org/law, facts: ["1"], confidence: VSS, text: {en: free, zh: 无需}}
`

// tree is a file system of texts.
func tree(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}
