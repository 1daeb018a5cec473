package hanzi_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"hutong/internal/hanzi"
	"hutong/words"
)

func TestSimplify(t *testing.T) {
	for s, want := range map[string]string{
		"陳怡君": "陈怡君",
		"臺北市大安區忠孝東路四段12號": "台北市大安区忠孝东路四段12号",
		"张伟":       "张伟",
		"a b":      "a b",
		"":         "",
		"\xe8\x87": "\xe8\x87",
	} {
		if got := string(hanzi.Simplify(make([]byte, 64), []byte(s))); got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	}
	if got := string(hanzi.Simplify(make([]byte, 3), []byte("陳怡君"))); got != "陳怡君" {
		t.Errorf("in a short buffer: %q", got)
	}
}

// Every pair of the list is two Chinese characters, and no simplified one is
// changed again.
func TestPairs(t *testing.T) {
	n := 0
	for pair := range strings.FieldsSeq(words.Traditional) {
		n++
		if utf8.RuneCountInString(pair) != 2 || len(pair) != 6 {
			t.Fatalf("%q is no pair", pair)
		}
		if got := string(hanzi.Simplify(make([]byte, 8), []byte(pair[:3]))); got != pair[3:] {
			t.Errorf("%q gives %q", pair, got)
		}
	}
	if n < 2500 {
		t.Errorf("%d pairs", n)
	}
}

func FuzzSimplify(f *testing.F) {
	f.Add([]byte("臺北\xe8\x87x"))
	buffer := make([]byte, 1<<10)
	f.Fuzz(func(t *testing.T, b []byte) {
		before := string(b)
		if got := hanzi.Simplify(buffer, b); len(got) != len(b) || string(b) != before {
			t.Fatalf("%q became %q", before, got)
		}
	})
}
