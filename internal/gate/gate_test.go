package gate_test

import (
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/gate"
)

// values are texts of one or more kinds of signs.
var values = rapid.OneOf(rapid.StringMatching(`[0-9A-Za-z @.,:/+*#沪_-]{0,12}`), rapid.StringMatching(`[0-9]{1,90}`), rapid.String())

// TestTableProperty compares the table with the forms.
func TestTableProperty(t *testing.T) {
	signs := rapid.Custom(func(t *rapid.T) gate.Signs {
		if rapid.Bool().Draw(t, "some") {
			return 0
		}
		return gate.Signs(rapid.Uint16().Draw(t, "signs")) & gate.Any
	})
	rapid.Check(t, func(t *rapid.T) {
		forms := make([]gate.Form, rapid.IntRange(0, 200).Draw(t, "forms"))
		for i := range forms {
			f := &forms[i]
			f.Least, f.Only, f.Either = rapid.IntRange(0, 20).Draw(t, "least"), signs.Draw(t, "only"), signs.Draw(t, "either")
			if f.Needs = signs.Draw(t, "needs"); rapid.Bool().Draw(t, "limited") {
				f.Most = f.Least + rapid.IntRange(1, 60).Draw(t, "more")
			}
		}
		table := gate.New(forms)
		for range 10 {
			v := []byte(values.Draw(t, "value"))
			can := table.Add(nil, len(v), gate.Of(v))
			for i := range forms {
				in := can[i/64]>>(i%64)&1 != 0
				if fits := forms[i].Allows(len(v), gate.Of(v)); fits && !in || in && !fits && len(v) < 64 {
					t.Fatalf("%q and %+v: %v in the table, %v by the form", v, forms[i], in, fits)
				}
			}
		}
	})
}

// TestAdd: a set keeps what is in it.
func TestAdd(t *testing.T) {
	table := gate.New([]gate.Form{{Only: gate.Digit}, {Needs: gate.At}})
	one := table.Add(nil, 3, gate.Of([]byte("123")))
	both := table.Add(one, 3, gate.Of([]byte("a@b")))
	if both[0] != 3 {
		t.Errorf("%b", both[0])
	}
}

// TestOfWordsProperty: each word has the form of its list, in large letters too.
func TestOfWordsProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-z0-9 女-]{1,9}`), 1, 9).Draw(t, "words")
		f := gate.OfWords(words)
		for _, w := range words {
			v := []byte(w)
			for i := range v {
				if v[i] >= 'a' && v[i] <= 'z' && rapid.Bool().Draw(t, "large") {
					v[i] -= 32
				}
			}
			if !f.Allows(len(v), gate.Of(v)) {
				t.Fatalf("%q is not allowed by %+v", v, f)
			}
		}
	})
	if f := gate.OfWords([]string{"ab", "c"}); f.Allows(2, gate.Of([]byte("a1"))) || f.Allows(3, gate.Letter) {
		t.Errorf("%+v allows too much", f)
	}
}
