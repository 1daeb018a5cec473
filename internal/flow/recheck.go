package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/decide"
	"hutong/internal/fact"
)

// The law may change while flows wait, run, or are delivered and counted. After
// an update of the packs every standing flow is decided again as of today, on
// the facts of its first decision. A different result is recorded on the flow.
// A waiting flow goes back to checking, which decides it for good. A cleared
// flow must meet the law of the day at its next fetch, see Standing.

// Recheck is a decision that differs from the first one because the rules
// changed.
type Recheck struct {
	At time.Time `json:"at"`
	On string    `json:"on"` // day of the decision
	// Rules is the digest of all packs and agreements. Packs are those that did
	// not take part in the flow's decision.
	Rules    dataspace.Digest    `json:"rules"`
	Packs    []dataspace.PackRef `json:"packs,omitempty"`
	Decision dataspace.Digest    `json:"decision"` // the flow's own, which stays
	Old      Stand               `json:"old"`
	New      Stand               `json:"new"`
	// Because are the rules that apply in only one of the two decisions.
	Because []dataspace.RuleID `json:"because,omitempty"`
	// Plan says that the rules now ask for a stricter plan than the agreed one.
	Plan string `json:"plan,omitempty"`
	// Back says that the decision is again the same as the flow's own.
	Back bool `json:"back,omitempty"`
}

// Recheck is the last decision that differs, unless the flow was decided since
// or the result is again the original one.
func (f Flow) Recheck() (c Recheck, ok bool) {
	n := len(f.Rechecks)
	if n == 0 || f.Rechecks[n-1].Decision != f.Documents[DocDecision] {
		return Recheck{}, false
	}
	return f.Rechecks[n-1], !f.Rechecks[n-1].Back
}

// Stand is the result of a decision.
type Stand struct {
	Verdict dataspace.Verdict         `json:"verdict"`
	Regimes []dataspace.RegimeOutcome `json:"regimes"`
}

func (s Stand) equal(t Stand) bool {
	return s.Verdict == t.Verdict && slices.Equal(s.Regimes, t.Regimes)
}

// maxRechecks is how many a flow keeps: the latest ones.
const maxRechecks = 10

// standingStates are those in which a changed law can still affect a flow. A
// completed flow is included only if it is of this year, because its people
// still count.
var standingStates = []dataspace.FlowState{
	dataspace.WaitingAction, dataspace.WaitingReview, dataspace.Negotiating, dataspace.Delivering, dataspace.Proving, dataspace.Completed,
}

// Rechecking decides flows again after the rules have changed.
type Rechecking struct {
	*records
	decide    *Deciding
	rules     Rules
	directory Directory
	switches  map[string]bool
	wake      func(dataspace.FlowID)
}

// RulesChanged decides every standing flow again and returns how many were
// decided and how many results differ. It may be repeated. A flow that cannot
// be decided gives an error; the others are still decided.
func (s *Rechecking) RulesChanged(ctx context.Context) (looked, changed int, err error) {
	digest, err := decide.RulesDigest(s.rules())
	if err != nil {
		return 0, 0, err
	}
	var errs []error
	err = s.Each(ctx, Filter{States: standingStates}, func(f Flow) error {
		if f.State == dataspace.Completed && (f.Role == dataspace.Consumer || !s.thisYear(ctx, f)) {
			return nil
		}
		looked++
		otherwise, err := s.recheck(ctx, f.ID, digest)
		if err != nil {
			errs = append(errs, fmt.Errorf("decide flow %s again: %w", f.ID, err))
		}
		if otherwise {
			changed++
		}
		return nil
	})
	return looked, changed, errors.Join(append(errs, err)...)
}

// thisYear reports whether the people of a flow count in the year that it is
// where its exporter is.
func (s *Rechecking) thisYear(ctx context.Context, f Flow) bool {
	home, err := s.directory.Home(ctx, f.Local)
	return err != nil || home.Last(f.Updated)[:4] >= home.First(s.now())[:4]
}

// recheck decides one flow again and records a difference.
func (s *Rechecking) recheck(ctx context.Context, id dataspace.FlowID, digest dataspace.Digest) (changed bool, err error) {
	wake := false
	_, err = s.mutate(ctx, id, func(r *record) error {
		changed, wake = false, false
		f := r.flow
		if n := len(f.Rechecks); !slices.Contains(standingStates, f.State) || n > 0 && f.Rechecks[n-1].Rules == digest {
			return errUnchanged
		}
		now, err := s.again(ctx, f)
		if err != nil {
			return err
		}
		if now == nil {
			return errUnchanged
		}
		changed, now.Rules = true, digest
		r.flow.Rechecks = append(slices.Clone(f.Rechecks), *now)
		r.flow.Rechecks = r.flow.Rechecks[max(0, len(r.flow.Rechecks)-maxRechecks):]
		if f.State.Waiting() {
			r.flow.State, r.flow.Trouble, wake = dataspace.Checking, nil, true
		}
		return nil
	})
	if wake && err == nil {
		s.wake(id)
	}
	return changed, err
}

// again decides a flow on the facts of its decision, with the instruments and
// the law of today; nil when nothing is different.
func (s *Rechecking) again(ctx context.Context, f Flow) (*Recheck, error) {
	var before standing
	var decision dataspace.Decision
	var stricter error
	set := s.rules()
	on := ""
	if f.Role == dataspace.Provider {
		profile, plan, was, err := s.decide.recorded(ctx, f)
		if err != nil {
			return nil, err
		}
		if err := s.read(ctx, f, DocDecision, &was.decision); err != nil {
			return nil, err
		}
		held, err := s.directory.Held(ctx, f.Local)
		if err != nil {
			return nil, err
		}
		before = was
		c := decide.Case{Profile: profile.Used(), Exporter: fact.BySide(set.Facts(), fact.Exporter, was.facts.Known), Recipient: fact.BySide(set.Facts(), fact.Recipient, was.facts.Known), Purpose: f.Purpose, Format: f.Format,
			Dataset: f.Facts, Own: f.Own, Instruments: held, Declared: was.facts.Declared, Switches: s.switches, Dates: s.dates(set, f, was.facts)}
		on = c.On
		added := clear.AddedUp(set.Facts())
		c.Dataset.Known.Over(set.Facts().InDataset(was.facts.Known).Only(added)) // with what was stated before
		_, decision, err = s.decide.judge(f, c, plan, was.facts.Counts(), was)
		if errors.Is(err, dataspace.ErrContradiction) {
			return nil, nil // it is refused where it would be approved, start or be fetched
		}
		if err != nil && !errors.Is(err, dataspace.ErrNotCleared) {
			return nil, err
		}
		if decision.Verdict == dataspace.Cleared {
			stricter = err
		}
	} else {
		for name, v := range map[string]any{DocFacts: &before.facts, DocDecision: &before.decision} {
			if err := s.read(ctx, f, name, v); err != nil {
				return nil, err
			}
		}
		facts := before.facts
		s.dates(set, f, facts).Put(&facts)
		on = facts.On
		var err error
		if decision, err = set.Side(dataspace.ImportSide).Decide(facts); err != nil {
			return nil, err
		}
	}
	return s.different(f, on, before.decision, decision, stricter), nil
}

// different compares a decision with the last known one of the flow.
func (s *Rechecking) different(f Flow, on string, was, now dataspace.Decision, stricter error) *Recheck {
	c := &Recheck{At: s.now(), On: on, Decision: f.Documents[DocDecision],
		Old: Stand{was.Verdict, was.Regimes}, New: Stand{now.Verdict, now.Regimes}}
	c.Back = stricter == nil && c.Old.equal(c.New)
	if n := len(f.Rechecks); n > 0 && f.Rechecks[n-1].Decision == c.Decision {
		c.Old = f.Rechecks[n-1].New
	}
	if stricter != nil {
		c.Plan = stricter.Error()
	}
	if c.Plan == "" && c.Old.equal(c.New) {
		return nil
	}
	c.Packs, c.Because = decide.Difference(was, now)
	return c
}
