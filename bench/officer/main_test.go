package main

import (
	"io"
	"testing"

	"hutong/bench/everyday"
	"hutong/internal/pack"
	"hutong/internal/rules"
	"hutong/packs"
)

// TestAsAnOfficer: the engine decides as many everyday flows as an officer does
// as it did, and no more of them wrongly. Raise the numbers with each step.
func TestAsAnOfficer(t *testing.T) {
	t.Parallel()
	grid, err := everyday.Load()
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(loaded...)
	if err != nil {
		t.Fatal(err)
	}
	scores, turned, err := judge(io.Discard, set, grid, false, "")
	if err != nil {
		t.Fatal(err)
	}
	for at, least := range [2]int{59, 90} {
		if got := scores[at][everyday.Decisive][agrees]; got < least {
			t.Errorf("%s: %d decided as the officer does, want %d at least", stages[at], got, least)
		}
		bad := 0
		for _, kind := range scores[at] {
			bad += kind[wrong]
		}
		if most := [2]int{0, 0}[at]; bad > most {
			t.Errorf("%s: %d decided wrongly, want %d at most", stages[at], bad, most)
		}
	}
	if got, least := turned[agrees], 20; got < least {
		t.Errorf("%d conditional answers as the officer's, want %d at least", got, least)
	}
	if turned[wrong] > 0 {
		t.Errorf("%d conditional answers promise more than the officer's", turned[wrong])
	}
}
