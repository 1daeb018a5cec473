package examine_test

import (
	"slices"
	"strings"
	"testing"

	"hutong/internal/examine"
	"hutong/internal/pack"
	"hutong/packs"
)

// leastKilled is the share of mistakes, in percent, that the cases of every
// pack must detect. Raise it when the cases grow.
const leastKilled = 95

// TestMutants makes every small mistake in every embedded pack, and expects its
// cases to detect it.
func TestMutants(t *testing.T) {
	ps, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	mutants, killed := 0, 0
	for _, p := range ps {
		r := examine.Mutate(p)
		if r.Err != "" || len(r.Stale) > 0 {
			t.Errorf("%s: %s, stale excuses %v", r.Pack.ID, r.Err, r.Stale)
		}
		if r.Mutants >= 20 && r.Killed*100 < leastKilled*r.Mutants {
			t.Errorf("%s: %d of %d noticed, not: %s", r.Pack.ID, r.Killed, r.Mutants, strings.Join(r.Survivors, "\n  "))
		}
		mutants, killed = mutants+r.Mutants, killed+r.Killed
	}
	if mutants < 3000 || killed*100 < leastKilled*mutants {
		t.Errorf("%d of %d mistakes noticed", killed, mutants)
	}
}

// guarded is a pack of one threshold with cases on both sides of it; without
// one of them a mistake is not detected.
const guarded = `
id: x/y
jurisdiction: XX
title: {en: t, zh: 题}
version: 1.0.0
released: 2026-01-01
effective: 2026-01-01
checked_on: 2026-01-01
sides: {export: {applies: 'exporter.jurisdiction == "XX"'}}
rules:
- {id: x.a, order: 1, when: 'counts.sensitive > 5', pathway: prohibited, confidence: VSS, text: {en: a, zh: 甲}}
- {id: x.b, order: 2, pathway: free, confidence: VSS, text: {en: b, zh: 乙}}
`

const guards = `
defaults: {on: 2026-06-15, exporter: {jurisdiction: XX}, recipient: {jurisdiction: NZ}, data: {personal: true}}
cases:
- {id: A, counts: {sensitive: 6}, expect: {pathway: prohibited, counted: true}}
- {id: B, counts: {sensitive: 5}, expect: {pathway: free, counted: true, reasons: [x.b]}}
- {id: C, facts: {exporter: {jurisdiction: BR}}, expect: {applies: false}}
- {id: D, expect: {pathway: human_review}}
`

func TestMutateNamesWhatNoCaseNotices(t *testing.T) {
	tests := map[string]struct {
		cases     func(string) string
		survivors []string
		stale     int
	}{
		"all noticed": {func(s string) string { return s }, nil, 0},
		"no upper":    {without("- {id: A"), []string{"x.a when: 5 -> 6", "x.a counted flipped"}, 0},
		"no lower":    {without("- {id: B"), []string{"x.a when: > -> >=", "x.a when: 5 -> 4", "x.b deleted"}, 0},
		"no unknown":  {without("- {id: D"), []string{"x.a claim flipped"}, 0},
		"excused": {func(s string) string {
			return without("- {id: D")(s) + "equivalent: [{mutant: x.a claim flipped, why: shown in a test}]\n"
		}, nil, 0},
		"excused for nothing": {func(s string) string {
			return s + "equivalent: [{mutant: x.a claim flipped, why: shown in a test}, {mutant: x.z deleted, why: gone}]\n"
		}, nil, 2},
		"excused without reason": {func(s string) string {
			return without("- {id: D")(s) + "equivalent: [{mutant: x.a claim flipped}]\n"
		}, []string{"x.a claim flipped"}, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := examine.Mutate(loadText(t, guarded, tt.cases(guards)))
			if r.Err != "" {
				t.Fatal(r.Err)
			}
			if len(r.Stale) != tt.stale {
				t.Errorf("stale %v, want %d", r.Stale, tt.stale)
			}
			if len(tt.survivors) == 0 && len(r.Survivors) > 0 {
				t.Errorf("not noticed: %v", r.Survivors)
			}
			for _, id := range tt.survivors {
				if !slices.Contains(r.Survivors, id) {
					t.Errorf("%s is not among %v", id, r.Survivors)
				}
			}
			if r.Killed+len(r.Survivors) != r.Mutants || r.Mutants < 8 {
				t.Errorf("%d mutants, %d killed, %d survived", r.Mutants, r.Killed, len(r.Survivors))
			}
		})
	}
}

// A mistake in a pack whose rules name an element of its own leaves a pack that
// loads.
func TestMutateKnowsElementsOfThePack(t *testing.T) {
	p, err := pack.Load(tree(map[string]string{
		"x/y/pack.yaml": guarded + `
groups: {numbers: [x_no]}
handling:
- {id: x.h, group: numbers, action: mask, when: 'counts.sensitive > 5', confidence: VSS, text: {en: h, zh: 丙}}
`,
		"x/y/tests.yaml":    strings.Replace(guards, "counted: true}}", "counted: true, handling: {x_no: mask}}}", 1),
		"x/y/elements.yaml": "schema_version: 1\nelements: [{id: x_no, name: {en: n, zh: 号}, group: gov_id, personal: \"yes\", idclass: direct, headers: {en: [x_no]}}]\n",
	}), "x/y")
	if err != nil {
		t.Fatal(err)
	}
	if r := examine.Mutate(p); r.Err != "" || r.Killed < 8 {
		t.Errorf("%d of %d mistakes are noticed, %s", r.Killed, r.Mutants, r.Err)
	}
}

// A rule takes the place of another from a day on. Each of two mistakes puts both
// in force on one day, and such a pack does not load.
func TestMutateCountsWhatDoesNotLoad(t *testing.T) {
	before := examine.Mutate(loadText(t, guarded, guards))
	split := strings.Replace(guarded, "- {id: x.b,", `- {id: x.c, order: 1, from: 2026-03-02, when: 'counts.sensitive > 5', pathway: prohibited, confidence: VSS, text: {en: c, zh: 丁}}
- {id: x.b,`, 1)
	split = strings.Replace(split, "{id: x.a, order: 1,", "{id: x.a, order: 1, to: 2026-03-01,", 1)
	after := examine.Mutate(loadText(t, split, guards))
	if before.Err+after.Err != "" || before.Broken != 0 || after.Broken != 2 {
		t.Errorf("%d and %d mistakes leave a pack that does not load, want 0 and 2; %s%s", before.Broken, after.Broken, before.Err, after.Err)
	}
	if after.Killed+len(after.Survivors) != after.Mutants {
		t.Errorf("%d mutants, %d killed, %d survived: what does not load is counted as a mutant", after.Mutants, after.Killed, len(after.Survivors))
	}
}

func TestMutateRefusesCasesThatFail(t *testing.T) {
	if r := examine.Mutate(loadText(t, guarded, strings.Replace(guards, "pathway: prohibited", "pathway: exempt", 1))); !strings.Contains(r.Err, "case A") {
		t.Errorf("error %q", r.Err)
	}
	if r := examine.Mutate(loadText(t, guarded, "cases: []")); r.Err == "" {
		t.Error("no cases, no error")
	}
}

func without(line string) func(string) string {
	return func(s string) string {
		var kept []string
		for l := range strings.Lines(s) {
			if !strings.HasPrefix(l, line) {
				kept = append(kept, l)
			}
		}
		return strings.Join(kept, "")
	}
}

func loadText(t *testing.T, text, cases string) *pack.Pack {
	t.Helper()
	p, err := pack.Load(tree(map[string]string{"x/y/pack.yaml": text, "x/y/tests.yaml": cases}), "x/y")
	if err != nil {
		t.Fatal(err)
	}
	return p
}
