package work_test

import (
	"testing"

	"hutong/internal/work"
)

func TestShares(t *testing.T) {
	s := work.NewShares[string](work.Share{Lane: "", Most: 2, More: "crowd"})
	enter := func(k string, belongs, here work.Lane, want work.Next) func() {
		t.Helper()
		leave, next, ok := s.Enter(k, belongs, here)
		if ok != (want == work.Next{}) || next != want {
			t.Fatalf("%s of lane %q in lane %q: %v, %+v, want %+v", k, belongs, here, ok, next, want)
		}
		return leave
	}
	goesOn, crowd := work.Next{}, work.Next{Again: true, Lane: "crowd"}
	first := enter("a", "", "", goesOn)
	enter("a", "", "", goesOn)
	enter("a", "", "", crowd)
	enter("a", "", "crowd", goesOn)
	enter("b", "", "", goesOn)()
	first()
	enter("a", "", "", goesOn)
	enter("a", "", "", crowd)
	// Another lane has no shares, and a step is sent where it belongs.
	for range 3 {
		enter("a", "other", "other", goesOn)
	}
	enter("a", "other", "", work.Next{Again: true, Lane: "other"})
	enter("a", "", "other", work.Next{Again: true})
}
