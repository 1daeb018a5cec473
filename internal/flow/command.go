package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/decide"
	"hutong/internal/rules"
)

// Commands are the actions that people can ask for.
type Commands struct {
	*records
	ends      *ending
	directory Directory
	rules     func() *rules.Set
	wake      func(dataspace.FlowID)
}

func wrongState(f Flow, what, hint string) error {
	return &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "flow.state", Place: string(f.ID),
		Message: fmt.Sprintf("the flow is %s, it cannot be %s", f.State, what), Hint: hint}
}

// Decide records a person's decision on a flow that waits for one: a compliance
// decision where the rules asked for a person, or the recipient's decision
// where its intake did. on is the verdict that this kind of decision answers:
// an intake decision cannot replace a compliance review. The computed decision
// does not change.
func (s *Commands) Decide(ctx context.Context, id dataspace.FlowID, on dataspace.Verdict, approve bool, by, reason string) (Flow, error) {
	if reason == "" {
		return Flow{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "flow.reason", Place: "reason", Message: "a decision needs a reason",
			Hint: "say why you decide so; the reason is kept as evidence"}
	}
	f, err := s.mutate(ctx, id, func(r *record) error {
		if r.flow.State != dataspace.WaitingReview {
			return wrongState(r.flow, "decided", "only a flow that waits for a person can be")
		}
		if r.flow.Verdict != on {
			return &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "flow.judge", Place: string(id),
				Message: fmt.Sprintf("the flow waits for another kind of decision: its verdict is %s", r.flow.Verdict),
				Hint:    "review is for a compliance officer where the rules ask for a person; accept is for offers that the intake leaves open"}
		}
		if approve {
			if err := s.consistent(ctx, r.flow); err != nil {
				return err
			}
		}
		review := Review{Approve: approve, Reason: reason, By: by, At: s.now(), Decision: r.flow.Documents[DocDecision]}
		r.flow.Review, r.flow.Trouble = &review, nil
		if err := r.document(DocReview, review); err != nil {
			return err
		}
		r.event(dataspace.EventReview, DocReview)
		if approve {
			r.flow.State = dataspace.Negotiating
			return nil
		}
		return r.end(dataspace.Refused, &Trouble{Code: "flow.rejected", Message: "a person decided against it"})
	})
	if err != nil {
		return Flow{}, err
	}
	if approve {
		s.wake(id)
		return f, nil
	}
	s.ends.endNow(id)
	return s.ended(ctx, id)
}

// consistent refuses to approve a flow whose facts contradict each other or what is
// known of its dataset: it may have been decided before they were compared, and
// papers may have come since.
func (s *Commands) consistent(ctx context.Context, f Flow) error {
	_, profiled := f.Documents[DocProfile]
	var profile dataspace.Profile
	var plan dataspace.Plan
	var facts dataspace.Facts
	err := s.read(ctx, f, DocFacts, &facts)
	if err == nil && profiled {
		err = errors.Join(s.read(ctx, f, DocProfile, &profile), s.read(ctx, f, DocPlan, &plan))
	}
	if err == nil && profiled {
		facts.Instruments, err = s.directory.Held(ctx, f.Local)
	}
	if err != nil {
		return err
	}
	return decide.Consistent(s.rules(), s.now(), facts, profile, plan)
}

// ended waits a moment for a flow that is ending, so that the caller sees the
// end. A longer end continues by itself.
func (s *Commands) ended(ctx context.Context, id dataspace.FlowID) (Flow, error) {
	waiting, cancel := context.WithTimeout(ctx, endWait)
	defer cancel()
	for {
		changed := s.Changed(id)
		f, err := s.Flow(ctx, id)
		if err != nil || f.State != dataspace.Ending {
			return f, err
		}
		select {
		case <-changed:
		case <-waiting.Done():
			return f, ctx.Err()
		}
	}
}

// endWait is how long the caller waits to see the end of a flow.
const endWait = 2 * time.Second

// Stop ends a flow for good. It cannot take back data that was delivered
// before.
func (s *Commands) Stop(ctx context.Context, id dataspace.FlowID, by, reason string) (Flow, error) {
	for {
		f, err := s.Flow(ctx, id)
		if err != nil {
			return Flow{}, err
		}
		if f.State.Final() || f.State == dataspace.Ending {
			return Flow{}, wrongState(f, "stopped", "it has ended already")
		}
		if f.State == dataspace.Proving || f.Role == dataspace.Consumer && f.Delivered != nil {
			return Flow{}, wrongState(f, "stopped", "the data has arrived; only its evidence is missing")
		}
		message := "stopped by " + by
		if reason != "" {
			message += ": " + reason
		}
		err = s.ends.end(ctx, f, dataspace.Stopped, &Trouble{Code: "flow.stopped", Message: message})
		if errors.Is(err, dataspace.ErrStale) && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return Flow{}, err
		}
		return s.ended(ctx, id)
	}
}

// Resume has a flow checked again: a flow that waits for instruments is decided
// again, any other unfinished flow is tried at once.
func (s *Commands) Resume(ctx context.Context, id dataspace.FlowID) (Flow, error) {
	f, err := s.mutate(ctx, id, func(r *record) error {
		if r.flow.State.Final() || r.flow.State == dataspace.Ending {
			return wrongState(r.flow, "resumed", "begin a new one")
		}
		if r.flow.State == dataspace.WaitingAction {
			r.flow.State = dataspace.Checking
			return nil
		}
		return errUnchanged
	})
	if err != nil {
		return Flow{}, err
	}
	s.wake(id)
	return f, nil
}

// InstrumentsChanged decides again the flows that wait for instruments of the
// participant.
func (s *Commands) InstrumentsChanged(ctx context.Context, owner dataspace.ParticipantID) error {
	var errs []error
	err := s.Each(ctx, Filter{Local: owner, States: []dataspace.FlowState{dataspace.WaitingAction}}, func(f Flow) error {
		if _, err := s.Resume(ctx, f.ID); err != nil && !errors.Is(err, dataspace.ErrConflict) {
			errs = append(errs, err)
		}
		return nil
	})
	return errors.Join(append(errs, err)...)
}

// SaidOf decides again the flows of a dataset, or of all if it is empty, that
// wait for instruments or a person, because somebody said something of it.
func (s *Commands) SaidOf(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID) error {
	return s.Each(ctx, Filter{Local: owner, States: []dataspace.FlowState{dataspace.WaitingAction, dataspace.WaitingReview}}, func(f Flow) error {
		if id != "" && f.Dataset != id || f.Role != dataspace.Provider {
			return nil
		}
		_, err := s.mutate(ctx, f.ID, func(r *record) error {
			if !r.flow.State.Waiting() {
				return errUnchanged
			}
			r.flow.State, r.flow.Trouble = dataspace.Checking, nil
			return nil
		})
		s.wake(f.ID)
		return err
	})
}

// Running counts the unfinished flows of a participant.
func (s *Commands) Running(ctx context.Context, owner dataspace.ParticipantID) (n int, err error) {
	err = s.Each(ctx, Filter{Local: owner, States: dataspace.OpenFlows()}, func(Flow) error { n++; return nil })
	return n, err
}

// RunningWith counts the flows with a peer over which data may still pass.
func (s *Commands) RunningWith(ctx context.Context, name dataspace.PeerName) (n int, err error) {
	err = s.Each(ctx, Filter{States: dataspace.PassingFlows()}, func(f Flow) error {
		if f.Peer == name {
			n++
		}
		return nil
	})
	return n, err
}
