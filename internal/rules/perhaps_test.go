package rules_test

import (
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

// TestPerhaps: a rule that holds only by a text that nobody has is possible. It
// stops a flow where the other possible outcome is another, and not where both are
// the same.
func TestPerhaps(t *testing.T) {
	text := strings.Replace(small, "rules:\n", `texts:
  annex: {source: https://example.org/a, facts: ["1"], text: {en: the annex, zh: 附件}}
rules:
  - {id: xx.named, order: 0.5, when: 'data.important == "unknown"', pathway: contract, demands: [xx.sign], perhaps: true, missing: [annex], article: a, source: https://example.org/5, facts: ["1"], confidence: VSS, text: {en: named, zh: 列明}}
`, 1)
	text = strings.Replace(text, "counts.sensitive >= number.limit", "counts.sensitive >= 10", 1)
	fsys := tree(map[string]string{"small/pack.yaml": text, "small/tests.yaml": strings.Replace(smallCases, "counts: {sensitive: 5}, expect: {verdict: human_review, missing: [\"xx/small#limit\"], ", "counts: {sensitive: 5}, expect: {verdict: cleared, ", 1)})
	p, err := pack.Load(fsys, "small")
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(p)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		important string
		people    int64
		verdict   dataspace.Verdict
		pathway   string
		missing   bool
	}{
		"nobody has looked, and it matters":       {"unknown", 5, dataspace.HumanReview, "human_review", true},
		"nobody has looked, and it is no matter":  {"unknown", 10, dataspace.ActionRequired, "contract", false},
		"somebody has looked, and little is left": {"no", 5, dataspace.Cleared, "free", false},
		"somebody has looked, and much is left":   {"no", 10, dataspace.ActionRequired, "contract", false},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := set.Decide(dataspace.Facts{On: "2026-06-15", Known: dataspace.ValuesOf(map[string]dataspace.Value{
				"exporter.jurisdiction": dataspace.TextOf("XX"), "recipient.jurisdiction": dataspace.TextOf("NZ"), "data.personal": dataspace.BoolOf(true),
				"data.important": dataspace.TextOf(tt.important), "counts.sensitive": dataspace.IntOf(tt.people),
			})})
			if err != nil {
				t.Fatal(err)
			}
			if d.Verdict != tt.verdict || d.Regimes[0].Pathway != tt.pathway {
				t.Errorf("%s %s, want %s %s", d.Verdict, d.Regimes[0].Pathway, tt.verdict, tt.pathway)
			}
			if got := len(d.Missing) == 1 && d.Missing[0].Fact == "xx/small#annex"; got != tt.missing {
				t.Errorf("missing %+v, want the annex: %t", d.Missing, tt.missing)
			}
		})
	}
}
