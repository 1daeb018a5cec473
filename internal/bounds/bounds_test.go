package bounds_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/bounds"
)

func TestBounds(t *testing.T) {
	for source, want := range map[string]struct {
		min, max     int
		digit, plain bool
	}{
		`\d{8}(?:\d{2})?`:  {8, 10, true, true},
		`[A-Z]{2}\d+`:      {3, -1, true, true},
		`[A-Z]{2}|\d{3}`:   {2, 3, false, true},
		`(?:AB|C)1-\d*`:    {3, -1, true, false},
		`[0-9A]{4}`:        {4, 4, false, true},
		`沪[A-Z]\d`:         {5, 5, true, false},
		`(?i)ab?\d{2,3}`:   {3, 5, true, true},
		`(?:\d{2}){2,3}X?`: {4, 7, true, true},
		``:                 {0, 0, false, true},
		`.{3}`:             {3, 12, false, false},
	} {
		b, err := bounds.Of(source)
		if err != nil {
			t.Fatal(err)
		}
		if b.Min != want.min || b.Max != want.max || b.Digit != want.digit || b.Plain != want.plain {
			t.Errorf("%s: %d to %d, digit %v, plain %v", source, b.Min, b.Max, b.Digit, b.Plain)
		}
	}
}

// A pattern never matches a text that its bounds exclude.
func TestBoundsProperty(t *testing.T) {
	sources := []string{`\d{3}-?\d{2}`, `[A-F]{1,2}\d{3}[0-9A]`, `(?:XX|YY-)\d{2,4}`, `(?i)q\d{2}[a-z]?`, `沪[A-Z]\d{2}`, `\d+|Z{3}`}
	rapid.Check(t, func(t *rapid.T) {
		source := rapid.SampledFrom(sources).Draw(t, "source")
		b, err := bounds.Of(source)
		if err != nil {
			t.Fatal(err)
		}
		text := rapid.StringMatching(rapid.SampledFrom(append(sources, `[0-9A-Za-z沪-]{0,8}`)).Draw(t, "like")).Draw(t, "text")
		if !regexp.MustCompile(`^(?:` + source + `)$`).MatchString(text) {
			return
		}
		hasDigit := strings.ContainsAny(text, "0123456789")
		switch {
		case len(text) < b.Min, b.Max >= 0 && len(text) > b.Max, !b.First[text[0]], b.Digit && !hasDigit, b.Plain && !regexp.MustCompile(`^[0-9A-Za-z]+$`).MatchString(text):
			t.Fatalf("%s matches %q, the bounds say %+v", source, text, b)
		}
	})
}
