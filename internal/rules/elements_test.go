package rules_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"hutong/internal/dataspace"
	"hutong/internal/examine"
	"hutong/internal/fact"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

const ownElements = `schema_version: 1
elements:
  - id: xx_clan
    name: {en: "clan", zh: "氏族"}
    group: person
    personal: "yes"
    sensitive: {any: context}
    idclass: quasi
    headers: {en: [clan]}
`

// withOwn is the small pack with an element file, and its handling about the
// element given.
func withOwn(elements, handled string, replace ...string) fstest.MapFS {
	text := strings.NewReplacer(replace...).Replace(strings.Replace(small, "ids: [email]", "ids: [email, "+handled+"]", 1))
	return tree(map[string]string{"xx/small/pack.yaml": text, "xx/small/tests.yaml": smallCases, "xx/small/elements.yaml": elements})
}

func TestPackBringsElements(t *testing.T) {
	p, err := pack.Load(withOwn(ownElements, "xx_clan"), "xx/small")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range examine.Check(p) {
		if f.Code == "pack.element" {
			t.Errorf("check finds %v", f)
		}
	}
	plain := loadSmall(t)
	if p.Ref().SHA256 == plain.Ref().SHA256 {
		t.Error("the digest of a pack leaves its elements out")
	}
	set, err := rules.NewSampleSet(p)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := set.Elements().Lookup("xx_clan"); !ok {
		t.Error("the set does not know the element")
	}
	facts, err := pack.ParseFacts(fact.Standard(), []byte("{on: 2026-06-15, exporter: {jurisdiction: XX}, recipient: {jurisdiction: YY}, data: {personal: true}, counts: {}}"))
	if err != nil {
		t.Fatal(err)
	}
	asked := set.Handling(facts)
	found := false
	for _, h := range asked {
		found = found || h.Element == "xx_clan" && h.Action == dataspace.Mask
	}
	if !found {
		t.Errorf("handling %v", asked)
	}
}

func TestPackElementsRefused(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"key":       withOwn(strings.Replace(ownElements, "group:", "grupe:", 1), "xx_clan"),
		"entry":     withOwn(strings.Replace(ownElements, "personal: \"yes\"", "personal: \"maybe\"", 1), "xx_clan"),
		"validator": withOwn(strings.Replace(ownElements, "headers:", "detector: {validator: magic}\n    headers:", 1), "xx_clan"),
	} {
		_, err := pack.Load(files, "xx/small")
		var p *dataspace.Problem
		if !errors.As(err, &p) || !errors.Is(err, dataspace.ErrInvalid) || !strings.Contains(err.Error(), "elements.yaml") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]struct {
		files fstest.MapFS
		code  string
	}{
		"taken":   {withOwn(strings.Replace(ownElements, "xx_clan", "email", 1), "email"), "element.twice"},
		"nowhere": {withOwn(ownElements, "xx_klan"), "set.element"},
	} {
		p, err := pack.Load(c.files, "xx/small")
		if err != nil {
			t.Fatal(err)
		}
		_, err = rules.NewSampleSet(p)
		var problem *dataspace.Problem
		if !errors.As(err, &problem) || problem.Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}
