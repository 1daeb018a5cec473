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

// openFlow is a flow with facts that are not known, and their names.
type openFlow struct {
	facts dataspace.Facts
	open  []string
}

// openFlows are flows near a clean one, with one to eight open facts.
var openFlows = rapid.Custom(func(t *rapid.T) openFlow {
	f := openFlow{facts: drawNear(t)}
	names := rapid.Permutation(slices.Sorted(maps.Keys(answers))).Draw(t, "questions")
	n, product := rapid.IntRange(1, 8).Draw(t, "open"), 1
	for _, name := range names {
		if product *= len(answers[name]); len(f.open) == n || product > mostAnswers {
			break
		}
		f.open = append(f.open, name)
		f.facts.Known.Forget(name)
	}
	return f
})

// stopper is a test, or a property that is tested.
type stopper interface{ Fatal(args ...any) }

func verdict(t stopper, set *rules.Set, f dataspace.Facts) dataspace.Verdict {
	d, err := set.Decide(f)
	if err != nil {
		t.Fatal(err)
	}
	return d.Verdict
}

// everyAnswer decides a flow with every set of answers, until one is not as
// wanted.
func everyAnswer(t stopper, set *rules.Set, f openFlow, wanted func(dataspace.Facts, dataspace.Verdict) bool) bool {
	if len(f.open) == 0 {
		agree(&f.facts)
		return wanted(f.facts, verdict(t, set, f.facts))
	}
	for _, v := range answers[f.open[0]] {
		g := openFlow{f.facts, f.open[1:]}
		g.facts.Known = dataspace.ValuesOf(nil)
		g.facts.Known.Over(f.facts.Known)
		g.facts.Known.Set(f.open[0], v)
		if !everyAnswer(t, set, g, wanted) {
			return false
		}
	}
	return true
}

// TestEveryAnswer: a flow with open facts is cleared only if it is cleared with
// every set of answers.
func TestEveryAnswer(t *testing.T) {
	set := allPacks(t)
	rapid.Check(t, func(t *rapid.T) {
		f := openFlows.Draw(t, "flow")
		if verdict(t, set, f.facts) != dataspace.Cleared {
			return
		}
		everyAnswer(t, set, f, func(g dataspace.Facts, with dataspace.Verdict) bool {
			if with != dataspace.Cleared {
				t.Fatalf("cleared without an answer to %v, and %s with %v", f.open, with, g.Known)
			}
			return true
		})
	})
}

// TestNoAnswerNeeded: of a fixed set of flows, those that every answer clears are
// nearly all cleared without an answer, and no others are.
func TestNoAnswerNeeded(t *testing.T) {
	const flows, clearAtLeast = 1500, 150
	set := allPacks(t)
	cleared, clear, example := 0, 0, ""
	for seed := range flows {
		f := openFlows.Example(seed)
		v := verdict(t, set, f.facts)
		all := everyAnswer(t, set, f, func(_ dataspace.Facts, with dataspace.Verdict) bool { return with == dataspace.Cleared })
		switch {
		case all && v == dataspace.Cleared:
			clear, cleared = clear+1, cleared+1
		case all:
			clear++
			example = fmt.Sprintf("%s without an answer to %v: %v", v, f.open, f.facts.Known)
		case v == dataspace.Cleared:
			t.Errorf("flow %d is cleared without an answer to %v, and not with every answer: %v", seed, f.open, f.facts.Known)
		}
	}
	if clear < clearAtLeast || cleared*100 < clear*99 {
		t.Errorf("%d of %d flows that every answer clears are cleared; the last other one: %s", cleared, clear, example)
	}
	t.Logf("%d of %d flows that every answer clears are cleared", cleared, clear)
}
