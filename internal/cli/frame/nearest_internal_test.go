package frame

import (
	"testing"

	"pgregory.net/rapid"
)

func TestNearest(t *testing.T) {
	names := []string{"verify", "version", "profile", "peer"}
	for s, want := range map[string]string{"verfy": "verify", "versoin": "version", "pear": "peer", "assess": "", "": ""} {
		if got := Nearest(s, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", s, got, want)
		}
	}
}

// The distance is a metric: it is zero only between equal texts, it is
// symmetric, and it satisfies the triangle inequality.
func TestDistance(t *testing.T) {
	word := rapid.StringMatching(`[abc]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := word.Draw(t, "a"), word.Draw(t, "b"), word.Draw(t, "c")
		ab := distance(a, b)
		if (ab == 0) != (a == b) || ab != distance(b, a) || ab > distance(a, c)+distance(c, b) || ab > max(len(a), len(b)) {
			t.Errorf("distance(%q, %q) = %d", a, b, ab)
		}
	})
}
