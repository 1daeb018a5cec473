package lexicon_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/fact"
	"hutong/internal/lexicon"
	"hutong/internal/pack"
	"hutong/internal/vocab"
)

const head = `id: xx/small
jurisdiction: XX
title: {en: Small, zh: 小}
authority: {en: Nobody, zh: 无}
version: 1.2.0
released: 2026-01-01
effective: 2026-01-01
checked_on: 2026-01-01
instruments:
  xx.paper: {name: {en: a paper, zh: 文件}, article: a, source: https://example.org/i, facts: ["1"], confidence: VSS}
`

const plain = `groups: {listed: [accommodation, retail]}
define: [{name: listed, when: 'sector in group.listed'}]
sides: {export: {applies: 'exporter.jurisdiction == "XX"'}}
rules:
  - {id: xx.few, order: 1, when: 'is.listed', pathway: free, article: a, source: https://example.org/2, facts: ["1"], confidence: VSS, text: {en: few, zh: 少}}
`

func load(t *testing.T, files map[string]string) *pack.Pack {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys["xx/small/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	p, err := pack.Load(fsys, "xx/small")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func check(p *pack.Pack) error {
	words, err := lexicon.Words([]*pack.Pack{p}, element.Builtin(), (*pack.Pack).List)
	if err != nil {
		return err
	}
	return lexicon.Check([]*pack.Pack{p}, fact.Standard().Speaking(words))
}

// A condition that compares a fact with a word of no list is refused, and the
// place and the nearest word are named.
func TestCheckNamesTheRule(t *testing.T) {
	for name, tt := range map[string]struct{ old, new, place, says string }{
		"as it is":     {"few", "few", "", ""},
		"group":        {"[accommodation, retail]", "[hotle, retail]", "xx/small", "is.listed"},
		"synonym":      {"[accommodation, retail]", "[hotel, retail]", "xx/small", `"hotel" is no key`},
		"side":         {`exporter.jurisdiction == "XX"`, `exporter.jurisdiction == "XQ"`, "xx/small", "side export"},
		"rule":         {"'is.listed'", `'sector == "hotle"'`, "xx.few", "accommodation"},
		"region":       {"'is.listed'", `'exporter.registered_in in ["CN-SH", "CN-310000"]'`, "xx.few", `"CN-310000" is no key`},
		"prefix":       {"'is.listed'", `'exporter.registered_in.startsWith("CN-XX-")'`, "xx.few", "CN-XX"},
		"good prefix":  {"'is.listed'", `'exporter.registered_in.startsWith("CN-SH-")'`, "", ""},
		"in a list":    {"'is.listed'", `'recipient.onward_to.exists(j, j != "XQ")'`, "xx.few", "recipient.onward_to"},
		"element":      {"'is.listed'", `'"emial" in data.elements'`, "xx.few", "email"},
		"purpose":      {"'is.listed'", `'purpose != "busines"'`, "xx.few", "business"},
		"satisfied by": {"zh: 少}}", `zh: 少}}` + "\n  - {id: xx.duty, obligation: {id: xx.duty, text: {en: d, zh: 丁}}, satisfied: {by: [{kind: xx.paper, when: 'sector == \"hotle\"'}]}, article: a, source: https://example.org/3, facts: [\"1\"], confidence: VSS, text: {en: d, zh: 丁}}", "xx.duty", "hotle"},
	} {
		text := strings.Replace(plain, tt.old, tt.new, 1)
		if text == plain && tt.place != "" {
			t.Fatalf("%s: nothing replaced", name)
		}
		err := check(load(t, map[string]string{"pack.yaml": head + text}))
		var p *dataspace.Problem
		switch {
		case tt.place == "" && err == nil:
		case !errors.As(err, &p) || p.Place != tt.place || !errors.Is(err, dataspace.ErrInvalid) || !strings.Contains(err.Error(), tt.says):
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a pack brings and names is read with the words of the program.
func TestWords(t *testing.T) {
	const own = `vocabularies:
  - vocabulary: sectors
    words: [{key: violins, en: violin making, zh: 提琴制造, synonyms: [luthier]}]
`
	files := map[string]string{
		"pack.yaml":  strings.Replace(head+plain, "[accommodation, retail]", "[violins]", 1) + "items: items.csv\n",
		"words.yaml": own,
		"items.csv":  "id,sector,scenario,name_zh,kind,pathway,article,source,confidence,assessment_people,assessment_sensitive,contract_people,contract_sensitive\nA1,琴行,CREW,名,personal,free,a,https://example.org,VSS,,,,\na1,酒店,SHOP,名,personal,free,a,https://example.org,VSS,,,,\n",
	}
	p := load(t, files)
	if err := check(p); err != nil {
		t.Fatal(err)
	}
	words, err := lexicon.Words([]*pack.Pack{p}, element.Builtin(), (*pack.Pack).List)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		list          vocab.Name
		written, want string
	}{
		{vocab.Sectors, "luthier", "violins"}, {vocab.Sectors, "琴行", "琴行"}, {vocab.Sectors, "酒店", "accommodation"},
		{vocab.Scenarios, "crew", "CREW"}, {vocab.Scenarios, "elsewhere", ""}, {vocab.Items, "A1", "A1"}, {vocab.Items, "a1", "a1"}, {vocab.Items, "B", ""},
		{vocab.Jurisdictions, "xx", "XX"}, {vocab.Regions, "XX-01", "XX-01"}, {vocab.Instruments, "a paper", "xx.paper"}, {vocab.Instruments, "cn.pipia", ""},
		{vocab.Elements, "E-mail address", "email"}, {vocab.Elements, "emial", ""},
	} {
		if got, err := words.Read(c.list, "", c.written); got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s: %q is read as %q, %v", c.list, c.written, got, err)
		}
	}
	for name, text := range map[string]string{
		"taken":    strings.Replace(own, "key: violins", "key: hotel", 1),
		"one name": strings.Replace(own, "zh: 提琴制造, ", "", 1),
		"list":     strings.Replace(own, "sectors", "colours", 1),
		"key":      strings.Replace(own, "synonyms", "synonym", 1),
	} {
		files["words.yaml"] = text
		var problem *dataspace.Problem
		if err := check(load(t, files)); !errors.As(err, &problem) || !strings.HasPrefix(problem.Place, "xx/small/words.yaml") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
