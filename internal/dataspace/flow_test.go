package dataspace_test

import (
	"slices"
	"testing"

	"hutong/internal/dataspace"
)

// Flows that have not ended are those whose state is not final.
func TestOpenFlows(t *testing.T) {
	all := []dataspace.FlowState{
		dataspace.Profiling, dataspace.Checking, dataspace.WaitingAction, dataspace.WaitingReview, dataspace.Negotiating, dataspace.Delivering,
		dataspace.Proving, dataspace.Ending, dataspace.Completed, dataspace.Refused, dataspace.Stopped, dataspace.Failed,
	}
	for _, s := range all {
		if slices.Contains(dataspace.OpenFlows(), s) == s.Final() {
			t.Errorf("%s: open is %v, final %v", s, slices.Contains(dataspace.OpenFlows(), s), s.Final())
		}
		if slices.Contains(dataspace.PassingFlows(), s) && s.Final() {
			t.Errorf("data may pass in %s, which is final", s)
		}
	}
}
