package pack

import "testing"

func TestFactSetHoldsAnyNumber(t *testing.T) {
	var s factSet
	for _, i := range []int{0, 63, 64, 200} {
		if s.has(i) {
			t.Errorf("%d is in before", i)
		}
		if s.add(i); !s.has(i) || s.has(i+1) {
			t.Errorf("%d: %v", i, s)
		}
	}
}
