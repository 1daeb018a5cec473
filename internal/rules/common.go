package rules

import (
	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// demandCommon turns a human review that only waits for facts into the action that
// every possible answer demands. Without it whoever approves the review could let
// data leave for which, with any answer, something has to be done first. The open
// questions stay named, and are asked again when the action is done.
func (res *result) demandCommon() {
	if res.verdict != dataspace.HumanReview || res.uncovered != "" {
		return
	}
	for _, o := range res.regimes {
		if o.verdict == dataspace.HumanReview && !o.demandsInAnyCase() {
			return
		}
	}
	res.verdict = dataspace.Cleared
	for _, o := range res.regimes {
		if o.verdict == dataspace.HumanReview {
			o.verdict, o.partly = dataspace.ActionRequired, true
		}
		res.verdict = res.verdict.Stricter(o.verdict)
	}
}

// demandsInAnyCase reports whether some rule that surely holds demands an action,
// and no rule that may hold leads to more than an action.
func (o *outcome) demandsInAnyCase() bool {
	if o.fallback {
		return false
	}
	surely := false
	for i := range o.spoken {
		s := &o.spoken[i]
		if !s.sets {
			continue
		}
		severity := s.weight.Severity()
		if s.wide {
			severity = int(s.own)
		}
		if severity > dataspace.ActionRequired.Severity() || s.answer.Err != nil {
			return false
		}
		surely = surely || !s.wide && s.open != nil && s.weight == dataspace.ActionRequired && s.answer.Truth == pack.Yes
	}
	return surely
}
