package flow

import (
	"context"
	"errors"
	"fmt"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/decide"
)

// A flow may wait for weeks between its clearance and its delivery: for the
// other side, or for a person there. The grounds of the clearance may have
// ended meanwhile, or another year may have begun. The flow is therefore
// decided once more when its stream is opened, under the agreed plan, and
// checked again at each fetch. A flow that is no longer cleared does not leave.

// standing is today's decision on a flow that was cleared before.
type standing struct {
	facts    dataspace.Facts
	decision dataspace.Decision
	// reserved and uncounted are as in Flow.
	reserved  dataspace.ReservationID
	uncounted bool
}

// errLapsed is the problem of a clearance that no longer holds.
func errLapsed(f Flow, v dataspace.Verdict) error {
	return &dataspace.Problem{Kind: dataspace.ErrNotCleared, Code: "flow.lapsed", Place: string(f.ID),
		Message: fmt.Sprintf("the clearance of the flow no longer holds: today the verdict is %s", v),
		Hint:    "begin a new flow; it is decided on the present facts and rules"}
}

// stands decides a cleared flow once more, as of today. It returns
// ErrNotCleared, with the decision, if the flow may no longer leave. It counts
// people again if they belong to a year that has ended, or if they are counted by
// the last day on which they left and this day is another one.
func (s *Deciding) stands(ctx context.Context, f Flow) (standing, error) {
	c, plan, before, err := s.cleared(ctx, f)
	if err != nil {
		return standing{}, err
	}
	out := standing{reserved: f.Reserved, uncounted: f.Uncounted}
	counts := before.facts.Counts()
	anew := f.Reserved == "" || before.facts.On[:4] != c.On[:4] || before.facts.On != c.On && s.count.byDay(ctx, f)
	if anew {
		id := reservationOf(f)
		if err := s.counts.Release(ctx, id); err != nil {
			return standing{}, err
		}
		counts, err = s.count.reserve(ctx, f, id, plan, c)
		if errors.Is(err, errNoCensus) {
			// Under an agreement the dataset cannot be profiled again.
			err = &dataspace.Problem{Kind: dataspace.ErrNotCleared, Code: "flow.lapsed", Place: string(f.ID),
				Message: "the people of the dataset cannot be counted in the year that has begun", Hint: "begin a new flow"}
		}
		if err != nil {
			return standing{}, errors.Join(err, s.counts.Release(ctx, id))
		}
		out.reserved = id
	}
	out.facts, out.decision, err = s.judge(f, c, plan, counts, before)
	out.uncounted = !out.decision.Counted()
	if anew && (err != nil || out.uncounted) {
		out.reserved = ""
		err = errors.Join(err, s.counts.Release(ctx, reservationOf(f)))
	}
	return out, err
}

// Standing returns an error if a cleared flow may no longer leave. It changes
// nothing; call it at each fetch of the data.
func (s *Deciding) Standing(ctx context.Context, f Flow) error {
	c, plan, before, err := s.cleared(ctx, f)
	if err != nil {
		return err
	}
	_, _, err = s.judge(f, c, plan, before.facts.Counts(), before)
	return err
}

// cleared collects the grounds of a flow's clearance, then and now.
func (s *Deciding) cleared(ctx context.Context, f Flow) (c decide.Case, plan dataspace.Plan, before standing, err error) {
	profile, plan, before, err := s.recorded(ctx, f)
	if err != nil {
		return decide.Case{}, plan, before, err
	}
	if err := s.count.current(ctx, f, profile); err != nil {
		return decide.Case{}, plan, before, err
	}
	c, err = s.caseOf(ctx, f, profile)
	return c, plan, before, err
}

// recorded reads the recorded grounds of a flow's decision, and the decision
// itself where a person judged it: only then judge compares with it.
func (s *Deciding) recorded(ctx context.Context, f Flow) (profile dataspace.Profile, plan dataspace.Plan, before standing, err error) {
	facts := DocFacts
	if _, started := f.Documents[DocStartFacts]; started {
		facts = DocStartFacts // the counts may be another year's
	}
	docs := map[string]any{DocProfile: &profile, DocPlan: &plan, facts: &before.facts}
	if f.Review != nil {
		docs[DocDecision] = &before.decision
	}
	for name, v := range docs {
		if err := s.read(ctx, f, name, v); err != nil {
			return profile, plan, before, err
		}
	}
	return profile, plan, before, nil
}

// judge decides and compares with the earlier decision.
func (s *Deciding) judge(f Flow, c decide.Case, plan dataspace.Plan, counts dataspace.Values, before standing) (dataspace.Facts, dataspace.Decision, error) {
	set := s.rules()
	facts, decision, err := decide.Decide(set, c, plan, counts)
	if err != nil {
		return facts, decision, err
	}
	// The rules may ask for a stricter treatment than when the plan was made.
	if err := decide.Law(set, c).CheckProfile(plan, c.Profile); err != nil {
		return facts, decision, errors.Join(errLapsed(f, decision.Verdict), err)
	}
	switch decision.Verdict {
	case dataspace.Cleared:
		return facts, decision, nil
	case dataspace.HumanReview:
		if f.Review != nil && f.Review.Approve && clear.SameGrounds(facts, before.facts) && clear.SameReasons(decision, before.decision) {
			return facts, decision, nil
		}
	}
	return facts, decision, errLapsed(f, decision.Verdict)
}
