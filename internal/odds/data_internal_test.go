package odds

import (
	"testing"

	"hutong/internal/element"
	"hutong/internal/wordstest"
)

func TestCompactNumbers(t *testing.T) { wordstest.Check[Numbers](t, "odds") }

// TestNumbersOfElements: each number is of an element that exists, and can be
// used.
func TestNumbersOfElements(t *testing.T) {
	n, known := Builtin(), element.Builtin()
	seen := map[string]bool{}
	for _, d := range n.Detectors {
		if _, ok := known.CheckOf(d.ID); !ok || seen[string(d.ID)] {
			t.Errorf("%s has numbers, but no check, or twice", d.ID)
		}
		seen[string(d.ID)] = true
		if d.Miss <= 0 || d.Miss >= d.Hit || d.Hit >= 1 || d.Ceil < 0 || d.Floor < 0 {
			t.Errorf("%+v cannot be", d)
		}
	}
	for id := range n.Priors {
		if _, ok := known.Lookup(id); !ok {
			t.Errorf("%s has a prior, but is no element", id)
		}
	}
	if n.SchemaVersion != 1 || n.Enough < 1 || len(n.Detectors) < 55 || n.CommonPrior >= 0 {
		t.Errorf("%+v", n)
	}
}
