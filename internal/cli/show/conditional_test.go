package show_test

import (
	"bytes"
	"strings"
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

// TestSameEitherWay: where both ways lead along the same path, the sentence says
// so, and not that one of them is the condition of the other.
func TestSameEitherWay(t *testing.T) {
	exempt := dataspace.Outcome{Pathway: "exempt", Verdict: dataspace.ActionRequired}
	c := &dataspace.Conditional{If: []dataspace.Supposed{{Fact: "a"}}, Then: exempt, Else: exempt}
	for lang, want := range map[string]string{
		"en": "exempt (action required) in any case; what must be done first may depend on 1 statement",
		"zh": "无论以下1项说明是否属实：豁免（须先履行手续）；须先履行的手续因此可能不同",
	} {
		if got := show.Sentence(&frame.Env{Lang: lang}, c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestFulfilledInChinese: a fulfilled obligation says what it is, and without a
// document no more than the facts say.
func TestFulfilledInChinese(t *testing.T) {
	paper := "SC-1"
	for want, o := range map[string]dataspace.Obligation{
		"  ☑ a：取得单独同意：据所述事实，已履行或者无须履行\n": {ID: "a", Satisfied: true, Text: dataspace.Text{ZH: "取得单独同意"}},
		"  ☑ a：订立合同：已履行（SC-1）\n":         {ID: "a", Satisfied: true, By: &paper, Text: dataspace.Text{ZH: "订立合同"}},
	} {
		var out bytes.Buffer
		show.Obligation(&frame.Env{Lang: "zh"}, &out, o)
		if out.String() != want {
			t.Errorf("%q, want %q", out.String(), want)
		}
	}
}

// TestProhibitedFirstScreen: what is to be done is not listed as if it would lift a
// prohibition; what would lift it is.
func TestProhibitedFirstScreen(t *testing.T) {
	d := dataspace.Decision{Verdict: dataspace.Prohibited,
		Obligations: []dataspace.Obligation{{ID: "a", BeforeDelivery: true, Text: dataspace.Text{ZH: "订立合同"}}, {ID: "b", Text: dataspace.Text{ZH: "留存记录"}}},
		Changes:     []dataspace.Change{{Verdict: dataspace.Cleared, Text: dataspace.Text{ZH: "已取得批准"}}}}
	text := strings.Join(show.First(&frame.Env{Lang: "zh"}, show.Case{Decision: d}), "\n")
	if strings.Contains(text, "订立合同") || strings.Contains(text, "留存记录") || !strings.Contains(text, "→ 如果已取得批准，则放行") {
		t.Error(text)
	}
}

// TestSureInChinese: no tag of the facts of law stands in a Chinese text.
func TestSureInChinese(t *testing.T) {
	for _, c := range []dataspace.Confidence{dataspace.VerbatimSourceSeen, dataspace.Secondary, dataspace.SecondaryWeak, dataspace.Derived, dataspace.Memory} {
		if got := show.Sure(&frame.Env{Lang: "zh"}, c); strings.Contains(got, string(c)) {
			t.Errorf("%s: %s", c, got)
		}
		if got := show.Sure(&frame.Env{}, c); got != "["+string(c)+"]" {
			t.Errorf("%s: %s", c, got)
		}
	}
}
