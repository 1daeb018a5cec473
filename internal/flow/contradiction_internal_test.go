package flow

import (
	"errors"
	"testing"

	"hutong/internal/dataspace"
)

// TestContradictedFlow: a flow over papers that contradict themselves does not
// leave, is not approved, and does not end.
func TestContradictedFlow(t *testing.T) {
	s, f, dir, _ := clearedFlow(t, "2026-03-01", "2026-05-04")
	good := dir.held
	dir.held = []dataspace.Instrument{good[0], {Kind: "cn.standard_contract", ID: "sc", EffectiveOn: "2026-04-02", FiledOn: "2026-04-01"}}
	_, err := s.Deciding.stands(t.Context(), f)
	var found dataspace.Contradictions
	if !errors.As(err, &found) || len(found) != 1 || found[0].Code != "contradiction.paper_day" || lasting(err) {
		t.Fatalf("before it leaves: %v", err)
	}
	if tr := trouble(err, true); len(tr.Contradictions) != 1 || tr.Code != "contradiction.paper_day" {
		t.Errorf("its trouble is %+v", tr)
	}
	if err := s.Deciding.Standing(t.Context(), f); !errors.Is(err, dataspace.ErrContradiction) {
		t.Errorf("it may be fetched: %v", err)
	}

	f.State, f.Verdict = dataspace.WaitingReview, dataspace.HumanReview
	s.store.(*memory).flows[f.ID] = f
	if _, err := s.Commands.Decide(t.Context(), f.ID, dataspace.HumanReview, true, "Li (compliance)", "read"); !errors.Is(err, dataspace.ErrContradiction) {
		t.Fatalf("it is approved: %v", err)
	}
	if now, err := s.Flow(t.Context(), f.ID); err != nil || now.State != dataspace.WaitingReview || now.Review != nil {
		t.Fatalf("it is %s with %+v, %v", now.State, now.Review, err)
	}
	dir.held = good
	if now, err := s.Commands.Decide(t.Context(), f.ID, dataspace.HumanReview, true, "Li (compliance)", "read"); err != nil || now.State != dataspace.Negotiating {
		t.Errorf("without the paper it is %s: %v", now.State, err)
	}
}
