package show_test

import (
	"bytes"
	"testing"

	"hutong/internal/cli/frame"
	"hutong/internal/cli/show"
	"hutong/internal/dataspace"
)

// TestConditional: the sentence, the statements and what is declared are three
// lines where they are short, in both languages.
func TestConditional(t *testing.T) {
	statement := func(fact, en, zh string) dataspace.Supposed {
		return dataspace.Supposed{Fact: fact, Value: dataspace.BoolOf(false), Text: dataspace.Text{EN: en, ZH: zh}}
	}
	exempt := dataspace.Outcome{Pathway: "exempt", Verdict: dataspace.ActionRequired}
	contract := dataspace.Outcome{Pathway: "contract", Verdict: dataspace.ActionRequired}
	one, two := statement("a", "whether a: no", "是否甲：否"), statement("b", "whether b: no", "是否乙：否")
	reasons := []dataspace.Reason{{Declared: []dataspace.Basis{{Fact: "c", Until: "2027-01-31"}}}, {Declared: []dataspace.Basis{{Fact: "c", Until: "2027-01-31"}}}}
	for name, tt := range map[string]struct {
		c      *dataspace.Conditional
		en, zh string
	}{
		"none": {nil, "", ""},
		"a pathway at the latest": {&dataspace.Conditional{If: []dataspace.Supposed{one}, Then: exempt, Else: contract},
			"  exempt (action required), if this statement is true; otherwise at the latest contract (action\n  required)\n    whether a: no\n    declared: c until 2027-01-31\n", ""},
		"a person": {&dataspace.Conditional{If: []dataspace.Supposed{one, two}, Then: exempt, Else: dataspace.Outcome{Pathway: "human_review", Verdict: dataspace.HumanReview}},
			"  exempt (action required), if these 2 statements are true; otherwise a person decides\n    whether a: no; whether b: no\n    declared: c until 2027-01-31\n", ""},
		"a bar": {&dataspace.Conditional{If: []dataspace.Supposed{one, two}, Then: dataspace.Outcome{Pathway: "free", Verdict: dataspace.Cleared}, Else: dataspace.Outcome{Pathway: "prohibited", Verdict: dataspace.Prohibited}},
			"  free (cleared), if these 2 statements are true; otherwise it may be prohibited\n    whether a: no; whether b: no\n    declared: c until 2027-01-31\n",
			"  以下2项说明均属实的：自由流动（放行）；否则可能被禁止\n    是否甲：否；是否乙：否\n    已作年度声明：c（有效期至2027-01-31）\n"},
	} {
		t.Run(name, func(t *testing.T) {
			for lang, want := range map[string]string{"en": tt.en, "zh": tt.zh} {
				if lang == "zh" && want == "" && tt.c != nil {
					continue
				}
				var out bytes.Buffer
				show.Conditional(&frame.Env{Lang: lang}, &out, dataspace.Decision{Conditional: tt.c, Reasons: reasons})
				if out.String() != want {
					t.Errorf("%s:\n%q\nwant\n%q", lang, out.String(), want)
				}
			}
		})
	}
}
