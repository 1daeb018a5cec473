package outline_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/outline"
)

func TestOf(t *testing.T) {
	for cell, want := range map[string]outline.Value{
		"":                       {"", 0},
		"13800138000":            {"9", 11},
		"１３８":                    {"9", 3},
		"AB-2026/17":             {"A-9/9", 10},
		"王小明":                    {"字", 3},
		"Müller":                 {"ALA", 6},
		"1.5":                    {"9.9", 3},
		"a@b.example":            {"A@A.A", 11},
		"1-2-3-4-5":              {outline.Text, 9},
		"call him at 9 tomorrow": {outline.Text, 22},
		"\xff\x00":               {"·", 2},
	} {
		if got := outline.Of([]byte(cell)); got != want {
			t.Errorf("%q: %+v, want %+v", cell, got, want)
		}
	}
}

// forms are those of some cells.
func forms(cells ...string) []dataspace.Form {
	rows := map[outline.Value]int64{}
	for _, c := range cells {
		rows[outline.Of([]byte(c))]++
	}
	return outline.Forms(rows)
}

func repeat(n int, make func(i int) string) (out []string) {
	for i := range n {
		out = append(out, make(i))
	}
	return out
}

func TestForms(t *testing.T) {
	orders := repeat(98, func(i int) string { return fmt.Sprintf("A%05d", i) })
	got := forms(append(orders, "none of the orders that we know", "-")...)
	want := []dataspace.Form{{Pattern: "A9", Least: 6, Most: 6, Share: .98}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got := forms(); len(got) != 0 {
		t.Errorf("no values: %v", got)
	}
}

func TestSame(t *testing.T) {
	digits := func(length int) func(int) string {
		return func(i int) string { return fmt.Sprintf("%0*d", length, i+1) }
	}
	six, eleven := repeat(200, digits(6)), repeat(200, digits(11))
	tests := []struct {
		name      string
		then, now []string
		want      bool
	}{
		{"other rows", six, repeat(90, func(i int) string { return fmt.Sprintf("%06d", 7*i+500) }), true},
		{"other length", six, eleven, false},
		{"some of another length", six, append(slices.Clone(six), eleven[:10]...), true}, // the lengths still overlap; what proves itself is found anyway
		{"letters", six, repeat(200, func(i int) string { return fmt.Sprintf("A%05d", i) }), false},
		{"a few letters", six, append(slices.Clone(six), "A00001", "A00002"), true},
		{"a third letters", six, append(slices.Clone(six), repeat(100, func(i int) string { return fmt.Sprintf("A%05d", i) })...), false},
		{"empty now", six, nil, true},
		{"empty then", nil, six, false},
	}
	for _, tc := range tests {
		if got := outline.Same(forms(tc.then...), forms(tc.now...)); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

// Two samples of one kind of values look the same, and no form has a letter or
// digit of a value.
func TestSameProperty(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	makers := []func() string{
		func() string { return fmt.Sprintf("%d", r.IntN(1_000_000)) },
		func() string { return fmt.Sprintf("%d.%02d", r.IntN(5000), r.IntN(100)) },
		func() string {
			return string([]rune("王李张刘陈杨")[r.IntN(6)]) + strings.Repeat("明", 1+r.IntN(2))
		},
		func() string {
			return strings.Repeat("b", 3+r.IntN(6)) + "@" + strings.Repeat("c", 3+r.IntN(5)) + ".com"
		},
		func() string { return fmt.Sprintf("%04d-%02d-%02d", 1950+r.IntN(70), 1+r.IntN(12), 1+r.IntN(28)) },
	}
	for range 200 {
		a, b := makers[r.IntN(len(makers))], 0
		some := func() []dataspace.Form { return forms(repeat(100+r.IntN(400), func(int) string { return a() })...) }
		x, y := some(), some()
		if !outline.Same(x, y) || !outline.Same(y, x) {
			t.Fatalf("%v and %v differ", x, y)
		}
		for _, f := range append(x, y...) {
			if f.Pattern != outline.Text && strings.ContainsAny(f.Pattern, "012345678bcmo王明") {
				t.Fatalf("the pattern %q has a part of a value", f.Pattern)
			}
			b++
		}
		if b == 0 {
			t.Fatal("no forms")
		}
	}
}

// A sentence has words with spaces between them; a path has none.
func TestProse(t *testing.T) {
	for text, want := range map[string]bool{
		"please send the parcel to my office": true, "I don't know where it is": true, "请把包裹放在门口的柜子里": true,
		"": false, "org.example.web.Orders.list()": false, "/var/log/app/web/access/today": false, "a-b-c-d-e-f": false, "Blue Steel Kettle": false, "上海市浦东新区": false,
	} {
		if got := outline.Prose([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func FuzzOf(f *testing.F) {
	f.Add([]byte("a1-字\xff"))
	f.Fuzz(func(t *testing.T, cell []byte) {
		v := outline.Of(cell)
		if n := len([]rune(v.Pattern)); n > 8 || (v.Length == 0) != (len(cell) == 0) || v.Length < n && v.Pattern != outline.Text {
			t.Fatalf("%q: %+v", cell, v)
		}
	})
}
