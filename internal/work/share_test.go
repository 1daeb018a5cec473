package work_test

import (
	"testing"

	"hutong/internal/work"
)

func TestShare(t *testing.T) {
	s := work.NewShare[string](2)
	take := func(k string, want bool) func() {
		t.Helper()
		release, ok := s.Take(k)
		if ok != want {
			t.Fatalf("a place for %s: %v, want %v", k, ok, want)
		}
		return release
	}
	first := take("a", true)
	take("a", true)
	take("a", false)
	take("b", true)()
	first()
	take("a", true)
	take("a", false)
}
