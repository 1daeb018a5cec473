package rules_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
)

// stops are the obligations of a decision that are open and stop the delivery.
func stops(d dataspace.Decision) (out []string) {
	for _, o := range d.Obligations {
		if o.BeforeDelivery && !o.Satisfied {
			out = append(out, o.ID)
		}
	}
	return out
}

// fulfils reports whether an answer fulfils what a decision demands: to give it is
// what the law asks.
func fulfils(d, with dataspace.Decision) bool {
	return slices.ContainsFunc(with.Obligations, func(o dataspace.Obligation) bool { return o.Satisfied && slices.Contains(stops(d), o.ID) })
}

// TestDemandInCommon: a flow with open facts is stopped for an action only if every
// answer stops it for one, no answer leads to more, and all have a demand in
// common; but for claims that nobody makes yet, and answers that fulfil the demand.
func TestDemandInCommon(t *testing.T) {
	set := allPacks(t)
	demanded, partly := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		f := openFlows.Draw(t, "flow")
		d, err := set.Decide(f.facts)
		if err != nil {
			t.Fatal(err)
		}
		if d.Verdict != dataspace.ActionRequired {
			return
		}
		demanded++
		if len(d.Missing) > 0 {
			partly++
		}
		common := stops(d)
		everyAnswer(t, set, f, func(g dataspace.Facts, with dataspace.Verdict) bool {
			got := mustDecide(t, set, g)
			if forgotClaim(set, g, f.facts) || fulfils(d, got) {
				return true
			}
			if with != dataspace.ActionRequired {
				t.Fatalf("action required without an answer to %v, and %s with %v", f.open, with, g.Known)
			}
			now := stops(got)
			common = slices.DeleteFunc(common, func(id string) bool { return !slices.Contains(now, id) })
			return true
		})
		if len(common) == 0 {
			t.Fatalf("action required, and the answers to %v demand nothing in common: %v", f.open, stops(d))
		}
	})
	if partly == 0 {
		t.Error("no flow was open and stopped for what all answers demand")
	}
	t.Logf("%d flows are stopped for a demand, %d of them wait for answers too", demanded, partly)
}

// TestCommonIsDemanded: of a fixed set of flows, most that all answers stop for the
// same demand are stopped for it. The others wait for a number of people of which no
// rule surely says the pathway: each answer has one, and rule by rule nobody sees it.
func TestCommonIsDemanded(t *testing.T) {
	const flows, atLeast = 1500, 80
	set := allPacks(t)
	all, some, example := 0, 0, ""
	for seed := range flows {
		f := openFlows.Example(seed)
		var common []string
		first := true
		same := everyAnswer(t, set, f, func(g dataspace.Facts, with dataspace.Verdict) bool {
			if with != dataspace.ActionRequired {
				return false
			}
			d, err := set.Brief(g)
			if err != nil {
				t.Fatal(err)
			}
			now := stops(d)
			if first {
				common, first = now, false
			}
			common = slices.DeleteFunc(common, func(id string) bool { return !slices.Contains(now, id) })
			return len(common) > 0
		})
		if !same {
			continue
		}
		all++
		if v := verdict(t, set, f.facts); v == dataspace.ActionRequired {
			some++
		} else {
			example = fmt.Sprintf("%s without an answer to %v: %v", v, f.open, f.facts.Known)
		}
	}
	if all < atLeast || some*100 < all*85 {
		t.Errorf("%d of %d flows that all answers stop for the same demand are stopped for it; the last other one: %s", some, all, example)
	}
	t.Logf("%d of %d", some, all)
}
