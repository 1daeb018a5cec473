package youth

import (
	"maps"
	"slices"
	"testing"

	"hutong/internal/wordstest"
)

func TestCompactAges(t *testing.T) { wordstest.Check[file](t, "ages") }

// TestWorded: a value without a letter is none of the words.
func TestWorded(t *testing.T) {
	x := builtin()
	for _, w := range slices.Concat(slices.Collect(maps.Keys(x.grades)), x.young, x.higher) {
		if !worded([]byte(w)) {
			t.Errorf("%q has no letter", w)
		}
	}
	if worded([]byte("2026-01-03 12:30")) {
		t.Error("a time has a letter")
	}
}
