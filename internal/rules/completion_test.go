package rules_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/rules"
)

// answers are the answers that a person can give to some questions: every word
// of a closed vocabulary, and numbers around the thresholds of all laws. Whether
// there is a lawful basis is no such question: to state it is what the law asks.
var answers = func() map[string][]dataspace.Value {
	out := map[string][]dataspace.Value{}
	for _, name := range []string{
		"exporter.ciio", "exporter.state_organ", "recipient.same_group", "recipient.foreign_authority", "recipient.covered_person", "necessity_shown",
		"hr_basis.labour_rules", "hr_basis.collective_contract", "domestic_mixed", "data.personal", "data.core", "data.state_secret",
		"data.government_related", "consent.separate_consent", "consent.notice_given", "consent.guardian_consent",
	} {
		out[name] = []dataspace.Value{dataspace.BoolOf(false), dataspace.BoolOf(true)}
	}
	for name, words := range map[string]string{
		"purpose":        "business contract_with_individual hr_employees emergency statutory_duty processing_for_foreign_client",
		"origin":         "domestic abroad",
		"data.important": "no yes notified published unknown",
		"act":            "transfer remote_access access_inside",
		"recipient.role": "controller processor",
	} {
		for _, w := range strings.Fields(words) {
			out[name] = append(out[name], dataspace.TextOf(w))
		}
	}
	for name, numbers := range map[string][]int64{
		"counts.non_sensitive":        {0, 1, 99_999, 100_000, 999_999, 1_000_000, 10_000_001},
		"counts.sensitive":            {0, 1, 9_999, 10_000, 99_999, 100_000, 10_000_001},
		"counts.under_14":             {0, 1},
		"exporter.subjects_processed": {0, 9_999_999, 10_000_000},
	} {
		for _, n := range numbers {
			out[name] = append(out[name], dataspace.IntOf(n))
		}
	}
	return out
}()

// mostAnswers bounds the sets of answers of one flow that a test goes through.
const mostAnswers = 4096

// drawOpen makes some facts of a flow unknown, and returns their names.
func drawOpen(t *rapid.T, f *dataspace.Facts) []string {
	names := rapid.Permutation(slices.Sorted(maps.Keys(answers))).Draw(t, "questions")
	n, product := rapid.IntRange(1, 8).Draw(t, "open"), 1
	var open []string
	for _, name := range names {
		if product *= len(answers[name]); len(open) == n || product > mostAnswers {
			break
		}
		open = append(open, name)
		f.Known.Forget(name)
	}
	return open
}

// complete decides a flow with every set of answers, until one is not as wanted.
func complete(t *rapid.T, set *rules.Set, f dataspace.Facts, open []string, wanted func(dataspace.Facts, dataspace.Verdict) bool) bool {
	if len(open) == 0 {
		agree(&f)
		return wanted(f, mustDecide(t, set, f).Verdict)
	}
	for _, v := range answers[open[0]] {
		g := f
		g.Known = dataspace.ValuesOf(nil)
		g.Known.Over(f.Known)
		g.Known.Set(open[0], v)
		if !complete(t, set, g, open[1:], wanted) {
			return false
		}
	}
	return true
}

// TestEveryAnswer: a flow with open facts is cleared only if it is cleared with
// every set of answers; and where it would be, it nearly always is.
func TestEveryAnswer(t *testing.T) {
	set := allPacks(t)
	cleared, clear, example := 0, 0, ""
	rapid.Check(t, func(t *rapid.T) {
		f := drawNear(t)
		open := drawOpen(t, &f)
		v := mustDecide(t, set, f).Verdict
		all := complete(t, set, f, open, func(g dataspace.Facts, with dataspace.Verdict) bool {
			if v == dataspace.Cleared && with != dataspace.Cleared {
				t.Fatalf("cleared without an answer to %v, and %s with %v", open, with, g.Known)
			}
			return with == dataspace.Cleared
		})
		if !all {
			return
		}
		if clear++; v == dataspace.Cleared {
			cleared++
		} else {
			example = fmt.Sprintf("%s without an answer to %v: %v", v, open, f.Known)
		}
	})
	if clear < 10 || cleared*100 < clear*99 {
		t.Errorf("%d of %d flows that every answer clears are cleared; the last other one: %s", cleared, clear, example)
	}
	t.Logf("%d of %d flows that every answer clears are cleared", cleared, clear)
}
