package examine

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFlips(t *testing.T) {
	tests := map[string]map[string]string{
		``:        {},
		`a && !b`: {"&& -> ||": `a || !b`, "! ->": `a && b`, "negated": `!(a && !b)`},
		`x <= 5`:  {"<= -> <": `x < 5`, "<= -> >": `x > 5`, "5 -> 4": `x <= 4`, "5 -> 6": `x <= 6`, "negated": `!(x <= 5)`},
		`y in ["a", "b!=c"]`: {
			`without "a"`: `y in ["b!=c"]`, `without "b!=c"`: `y in ["a"]`, "negated": `!(y in ["a", "b!=c"])`},
		`y in ["a"]`:          {"negated": `!(y in ["a"])`},
		`on >= "2025-04-08"`:  {">= -> >": `on > "2025-04-08"`, ">= -> <": `on < "2025-04-08"`, "2025-04-08 -> 2025-04-07": `on >= "2025-04-07"`, "2025-04-08 -> 2025-04-09": `on >= "2025-04-09"`, "negated": `!(on >= "2025-04-08")`},
		`number.a1 == is.b_2`: {"== -> !=": `number.a1 != is.b_2`, "negated": `!(number.a1 == is.b_2)`},
		`a || b || c`:         {"|| -> &&": `a && b || c`, "|| -> && (2)": `a || b && c`, "negated": `!(a || b || c)`},
		`!(a)`:                {"! ->": `(a)`},
	}
	for source, want := range tests {
		got := map[string]string{}
		for _, f := range flips(source) {
			got[f.what] = f.source
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", source, d)
		}
	}
}

// FuzzFlips: a text that is not a condition must not break the search for
// operators.
func FuzzFlips(f *testing.F) {
	f.Add(`a in ["b", 'c'] && !(d < 10)`)
	f.Add(`["`)
	f.Fuzz(func(t *testing.T, source string) {
		for _, x := range flips(source) {
			if x.source == source {
				t.Errorf("%s changed nothing", x.what)
			}
		}
	})
}
