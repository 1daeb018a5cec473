package chance_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/zeebo/xxh3"
	"pgregory.net/rapid"

	"hutong/internal/chance"
)

func TestShapeOf(t *testing.T) {
	for run, want := range map[string]string{
		"330106199708155202": "9{18}",
		"33010619970815520X": "9{17}A",
		"A123456789":         "A9{9}",
		"S1234567D":          "A9{7}A",
		"AB1234567":          "AA9{7}",
		"1M8GDM9AXKP042788":  "*{17}",
		"ABCDEFGH":           "",
		"1234":               "",
		"900101-1234568":     "9{6}-9{7}",
		"-1234568":           "",
		"900101-":            "",
		"900101-123-4":       "",
	} {
		s, ok := chance.ShapeOf([]byte(run))
		if s.String() != want || ok != (want != "") {
			t.Errorf("%s has the shape %q, want %q", run, s, want)
		}
	}
}

// even is a check that one number in ten passes.
func even(run []byte) bool {
	sum := 0
	for i, c := range run {
		sum += int(c-'0') * (i%9 + 1)
	}
	return sum%11 == 3
}

func tested(values []string, passes func([]byte) bool, prefix bool) chance.Result {
	all, hits := chance.NewSet[string](4096), chance.NewSet[struct{}](1024)
	for _, v := range values {
		h := xxh3.HashString(v)
		if all.Wants(h) {
			all.Put(h, v)
		}
		if passes([]byte(v)) && hits.Wants(h) {
			hits.Put(h, struct{}{})
		}
	}
	shape, ok := chance.ShapeOf([]byte(values[0]))
	if !ok {
		panic(values[0])
	}
	return chance.Test{Shape: shape, Values: all, Hits: hits, Passes: passes, Tests: 100, Prefix: prefix}.Run()
}

func TestRun(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	random := func(n int) (out []string) {
		for range n {
			out = append(out, fmt.Sprintf("%012d", r.Int64N(1e12)))
		}
		return out
	}
	passing := func(n int) (out []string) {
		for len(out) < n {
			if v := random(1)[0]; even([]byte(v)) {
				out = append(out, v)
			}
		}
		return out
	}
	var sequence []string
	for i := range 20_000 {
		sequence = append(sequence, fmt.Sprintf("20261130%04d", i/2))
	}
	rares := func(n int) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf("123456789%03d", i))
		}
		return out
	}
	never := func([]byte) bool { return false }
	rare := func(b []byte) bool { return string(b[:9]) == "123456789" }
	tests := []struct {
		name             string
		values           []string
		passes           func([]byte) bool
		proved, doubtful bool
	}{
		{"by chance", random(500), even, false, false},
		{"by chance, many", random(200_000), even, false, false},
		{"a sequence", sequence, even, false, false},
		{"all of ten", passing(10), even, true, false},
		{"all of three", passing(3), even, false, true},
		{"one of one", passing(1), even, false, false},
		{"a fifth on top", append(random(4000), passing(1000)...), even, true, false},
		{"rare ones among many", append(random(100_000), rares(20)...), rare, true, false},
		{"one rare one", append(random(50), "123456789012"), rare, true, false},
		{"none", random(50), never, false, false},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got := tested(tc.values, tc.passes, false)
			if got.Proved != tc.proved || got.Doubtful != tc.doubtful {
				t.Errorf("%+v, want proved %v, doubtful %v", got, tc.proved, tc.doubtful)
			}
		})
	}
}

// A check of a prefix is compared with numbers that begin alike.
func TestPrefix(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	passes := func(b []byte) bool { return b[0] == '1' && b[1] >= '3' && b[1] != '4' }
	make := func(first string, n int) (out []string) {
		for range n {
			out = append(out, first+fmt.Sprintf("%011d", r.Int64N(1e11))[len(first):])
		}
		return out
	}
	if got := tested(make("1", 3000), passes, true); got.Proved || got.Doubtful {
		t.Errorf("any numbers that begin with 1: %+v", got)
	}
	if got := tested(append(make("9", 20_000), make("13", 200)...), passes, true); !got.Proved {
		t.Errorf("numbers that all have a prefix: %+v", got)
	}
}

// Chance alone proves nothing, whatever the digits of a column look like.
func TestChanceProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		prefix := rapid.StringMatching("[0-9]{0,8}").Draw(t, "prefix")
		digits := rapid.SampledFrom([]string{"0123456789", "01", "02468", "9"}).Draw(t, "digits")
		var values []string
		for range rapid.IntRange(1, 3000).Draw(t, "values") {
			v := []byte(prefix)
			for len(v) < 12 {
				if len(v) > 9 {
					v = append(v, byte('0'+r.IntN(10)))
					continue
				}
				v = append(v, digits[r.IntN(len(digits))])
			}
			values = append(values, string(v))
		}
		if got := tested(values, even, false); got.Proved {
			t.Fatalf("%+v", got)
		}
	})
}

// Which values a set keeps does not depend on their order, and its estimate of
// their number is near.
func TestSetProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 5000).Draw(t, "values")
		var values []uint64
		for i := range n {
			values = append(values, xxh3.HashString(fmt.Sprint(i)))
		}
		fill := func() *chance.Set[uint64] {
			s := chance.NewSet[uint64](256)
			for _, v := range values {
				if s.Wants(v) {
					s.Put(v, v)
				}
			}
			return s
		}
		a := fill()
		slices.Reverse(values)
		b := fill()
		if !slices.Equal(a.All(), b.All()) || a.Len() > 256 || a.Whole() != (n <= 256) {
			t.Fatalf("%d and %d of %d values are kept", a.Len(), b.Len(), n)
		}
		if d := a.Distinct(); d < float64(n)*.6 || d > float64(n)*1.6 || a.Whole() && d != float64(n) {
			t.Fatalf("%v estimated for %d", d, n)
		}
	})
}

// TestFewOfMany: where few values pass, one question is for all tests of a
// column; where all pass, it is for the one test.
func TestFewOfMany(t *testing.T) {
	passes := func(v []byte) bool { return (v[0]-'0'+v[1]-'0')%10 == 0 }
	for hits, doubtful := range map[int]bool{33: false, 50: false, 57: true} {
		var values []string
		for i := range 300 {
			a, b := i%10, (i/10*7+i)%10
			if want := i < hits; want {
				b = (10 - a) % 10
			} else if (a+b)%10 == 0 {
				b = (b + 1) % 10
			}
			values = append(values, fmt.Sprintf("%d%d%06d", a, b, i*3137%1000000))
		}
		if got := tested(values, passes, false); got.Proved || got.Doubtful != doubtful {
			t.Errorf("%d of 300: %+v, want doubtful %v", hits, got, doubtful)
		}
	}
}
