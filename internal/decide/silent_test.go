package decide_test

import (
	"encoding/json"
	"errors"
	"maps"
	"testing"

	"hutong/bench/everyday"
	"hutong/internal/contradict"
	"hutong/internal/dataspace"
	"hutong/internal/decide"
	"hutong/internal/examine"
	"hutong/internal/pack"
	"hutong/internal/rules"
	"hutong/packs"
)

// meant are the cases of packs that contradict themselves, and why they do: each
// tries one rule alone, with facts that no flow has together.
var meant = map[string]string{
	"cn/national T01":                          "the number 0 at the edge of a threshold, of data about people",
	"cn/national ZA34":                         "the number 0 of data about people, for a rule that reads no number",
	"cn/national ZA10":                         "the children alone reach a threshold of sensitive data",
	"cn/national ZA11":                         "the children alone reach a threshold of sensitive data",
	"cn/beijing-negative-list S.n0.2026-05-10": "an element alone decides, whatever people are counted",
	"cn/beijing-negative-list S.n1.2026-05-10": "an element alone decides, whatever people are counted",
	"cn/beijing-negative-list S.n_.2026-05-10": "an element alone decides, whatever people are counted",
	"cn/beijing-negative-list S.n0.2026-05-11": "an element alone decides, whatever people are counted",
	"cn/beijing-negative-list S.n1.2026-05-11": "an element alone decides, whatever people are counted",
	"cn/beijing-negative-list S.n_.2026-05-11": "an element alone decides, whatever people are counted",
	"cn/beijing-negative-list S.n0.2024-08-30": "an element alone decides, whatever people are counted",
	"cn/beijing-negative-list S.n1.2024-08-30": "an element alone decides, whatever people are counted",
	"cn/beijing-negative-list S.n_.2024-08-30": "an element alone decides, whatever people are counted",
	"kr/pipa X15":                              "data.personal alone is turned off, for a rule that is about people",
	"us/padfa B20":                             "data.personal alone is turned off, for a rule that is about people",
}

// TestSilent: the check finds nothing in the cases of all packs and in the everyday
// flows, but in the cases that contradict themselves on purpose.
func TestSilent(t *testing.T) {
	t.Parallel()
	set := lawSet(t)
	check := decide.Consistency(set)
	list, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	looked, met := 0, map[string]bool{}
	for _, p := range list {
		cases, err := examine.CaseFacts(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			looked++
			name := string(p.ID()) + " " + c.Name
			// Cases decide as of a day before a paper is there, and none of them
			// says that this day is today.
			found := check.Check(contradict.Case{Facts: c.Facts}).Err()
			switch {
			case meant[name] != "":
				met[name] = true
				if found == nil {
					t.Errorf("%s contradicts itself no more: take it out of the list", name)
				}
			case found != nil:
				t.Errorf("%s: %v", name, found)
			}
		}
	}
	for name := range meant {
		if !met[name] {
			t.Errorf("there is no case %s", name)
		}
	}
	grid, err := everyday.Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(grid.Flows) < 100 {
		t.Errorf("%d everyday flows", len(grid.Flows))
	}
	for _, f := range grid.Flows {
		for i, stage := range []*everyday.Stage{&f.KnownFirst, &f.All} {
			facts := everydayFacts(t, set, stage)
			looked++
			if found := check.Check(contradict.Case{Facts: facts, Today: facts.On}).Err(); found != nil {
				t.Errorf("%s, stage %d: %v", f.ID, i, found)
			}
		}
	}
	if looked < 2500 {
		t.Errorf("looked at %d facts of flows, at least 2500 should be there", looked)
	}
}

// everydayFacts are the facts of a stage, without papers of kinds that no pack has.
func everydayFacts(t *testing.T, set *rules.Set, s *everyday.Stage) dataspace.Facts {
	t.Helper()
	known := maps.Clone(s.Facts)
	for {
		doc, err := json.Marshal(known)
		if err != nil {
			t.Fatal(err)
		}
		facts, err := pack.ParseFacts(set.Facts(), doc)
		var p *dataspace.Problem
		papers, _ := known["instruments"].([]any)
		if err == nil || !errors.As(err, &p) || len(papers) == 0 {
			if err != nil {
				t.Fatal(err)
			}
			return facts
		}
		known["instruments"] = papers[:len(papers)-1]
	}
}
