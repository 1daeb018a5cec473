package nobody

import (
	"slices"
	"strings"
	"testing"

	"hutong/internal/wordstest"
)

func TestCompactNobody(t *testing.T) { wordstest.Check[list](t, "nobody") }

// Each word is in one list, is found, and is short enough.
func TestWords(t *testing.T) {
	l := wordstest.Read[list](t, "nobody")
	seen := map[string]bool{}
	missing := slices.Concat(l.Missing.Signs, l.Missing.EN, l.Missing.ZH)
	for _, w := range slices.Concat(missing, l.Placeholder.EN, l.Placeholder.ZH) {
		if seen[strings.ToUpper(w)] {
			t.Errorf("%q is there twice", w)
		}
		seen[strings.ToUpper(w)] = true
		if Missing([]byte(w)) != slices.Contains(missing, w) {
			t.Errorf("%q: missing is %v", w, Missing([]byte(w)))
		}
		if one := plain(strings.ToUpper(w)); !Placeholder([]byte(one)) || !Placeholder([]byte(strings.ToUpper(w))) {
			t.Errorf("%q is no placeholder as %q", w, one)
		}
	}
	if len(seen) < 140 {
		t.Errorf("%d words", len(seen))
	}
}

// TestMissingHasNoDigit: a form of values with a digit (signs.Form) holds no word for
// a missing value.
func TestMissingHasNoDigit(t *testing.T) {
	for w := range builtin().missing.words {
		if hasDigit([]byte(w)) {
			t.Errorf("%q has a digit", w)
		}
	}
	if len(builtin().missing.words) == 0 {
		t.Error("no word")
	}
}
