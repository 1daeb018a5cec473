package bar_test

import (
	"slices"
	"testing"

	"hutong/internal/bar"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

func rule(id string, verdict dataspace.Verdict) *pack.Rule {
	r := &pack.Rule{Kind: pack.ObligationRule, RuleDoc: pack.RuleDoc{ID: dataspace.RuleID(id)}}
	if verdict != "" {
		r.Kind, r.Bar = pack.BarRule, verdict
	}
	return r
}

// TestLater: three questions at most, the strictest first; rules that ask the same
// are one question, and a rule with several questions is not cut in two.
func TestLater(t *testing.T) {
	duty, action, review, never := rule("duty", ""), rule("action", dataspace.ActionRequired), rule("review", dataspace.HumanReview), rule("never", dataspace.Prohibited)
	text := rule("text", "")
	text.Missing = []string{"annex"}
	for name, tc := range map[string]struct {
		open  []bar.Question
		later []*pack.Rule
	}{
		"none":           {},
		"three":          {open: []bar.Question{{Rule: duty, Hangs: []int64{1}}, {Rule: action, Hangs: []int64{2}}, {Rule: review, Hangs: []int64{3}}}},
		"four":           {open: []bar.Question{{Rule: duty, Hangs: []int64{1}}, {Rule: action, Hangs: []int64{2}}, {Rule: review, Hangs: []int64{3}}, {Rule: never, Hangs: []int64{4}}}, later: []*pack.Rule{action}},
		"a missing text": {open: []bar.Question{{Rule: duty, Hangs: []int64{1}}, {Rule: action, Hangs: []int64{2}}, {Rule: never, Hangs: []int64{3}}, {Rule: text, Hangs: []int64{4}}}, later: []*pack.Rule{action}},
		"the same":       {open: []bar.Question{{Rule: duty, Hangs: []int64{4}}, {Rule: action, Hangs: []int64{2}}, {Rule: review, Hangs: []int64{3}}, {Rule: never, Hangs: []int64{4}}}},
		"many at once":   {open: []bar.Question{{Rule: never, Hangs: []int64{1, 2, 3, 4}}, {Rule: review, Hangs: []int64{5}}, {Rule: action, Hangs: []int64{2, 3}}}, later: []*pack.Rule{review}},
		"two at once":    {open: []bar.Question{{Rule: never, Hangs: []int64{1, 2}}, {Rule: review, Hangs: []int64{3, 4}}, {Rule: action, Hangs: []int64{5}}}, later: []*pack.Rule{review}},
	} {
		got := bar.Later(tc.open)
		if len(got) != len(tc.later) || slices.ContainsFunc(tc.later, func(r *pack.Rule) bool { return !got[r] }) {
			t.Errorf("%s: later %v", name, got)
		}
	}
}
