package odds

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/element"
	"hutong/internal/gate"
)

// counted is the model of the program that counts how often it tries a check.
func counted(tries *int) *Model {
	m := New(element.Builtin(), Builtin())
	m.Checks = slices.Clone(m.Checks)
	for i := range m.Checks {
		valid := m.Checks[i].Valid
		m.Checks[i].Valid = func(v []byte) bool {
			*tries++
			return valid(v)
		}
	}
	return m
}

// columns are values of columns that many tables have.
var columns = map[string]func(i int) string{
	"integer": func(i int) string { return fmt.Sprint(100_003 + i*7919) },
	"decimal": func(i int) string { return fmt.Sprintf("%d.%03d", i%100, i*31%1000) },
	"date":    func(i int) string { return fmt.Sprintf("20%02d-%02d-%02d", i%26, 1+i%12, 1+i%28) },
	"state":   func(i int) string { return []string{"open", "closed", "waiting", "done"}[i%4] },
	"text":    func(i int) string { return fmt.Sprintf("part %c%d of a list", 'A'+i%26, i%100) },
	"phone":   func(i int) string { return fmt.Sprintf("+1 317 %03d %04d", i*37%1000, i*7919%10000) },
	"email":   func(i int) string { return fmt.Sprintf("james.smith%d@example.com", i) },
	"code":    func(i int) string { return fmt.Sprintf("C%07d", 100_000+i) },
	"chinese": func(i int) string { return fmt.Sprintf("人民路%d弄%d号", i*17%900, i) },
}

// TestChecksTried counts the checks that a thousand values of a column are tried
// on, of some seventy that there are. A higher number makes every profile slower:
// look which check lost its form, or has one that says too little. A new element
// changes the numbers too.
func TestChecksTried(t *testing.T) {
	tries := 0
	m := counted(&tries)
	got := map[string]int{}
	for name, value := range columns {
		tries = 0
		var s Scratch
		for i := range 1000 {
			m.Try(&s, []byte(value(i)))
		}
		got[name] = tries
	}
	want := map[string]int{"chinese": 17000, "code": 22000, "date": 11000, "decimal": 6904, "email": 16000, "integer": 8772, "phone": 7000, "state": 12500, "text": 20000}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("checks tried on a thousand values (-want +got):\n%s", d)
	}
}

// TestTryAllocatesNothing: values of a column that pass the same checks share what
// is known of them.
func TestTryAllocatesNothing(t *testing.T) {
	m := New(element.Builtin(), Builtin())
	for name, value := range columns {
		var s Scratch
		v := []byte(value(7))
		m.Try(&s, v)
		if n := testing.AllocsPerRun(100, func() { m.Try(&s, v) }); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// TestTryProperty compares Try with one that leaves out no check.
func TestTryProperty(t *testing.T) {
	quick, slow := New(element.Builtin(), Builtin()), New(element.Builtin(), Builtin())
	slow.gate = gate.New(make([]gate.Form, len(slow.Checks)+len(element.Shapes)))
	var a, b Scratch
	texts := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) string {
			v := []byte(rapid.SampledFrom([]string{
				"13800138000.0", "1.3800138E+10", "４１１１１１１１１１１１１１１１", "11010519491231002X", "A123456(3)", "女", "Married", "王小明", "上海市浦东新区张江路100号", "Nordwind Logistics GmbH",
				"I10.x00", "aspirin", "1990年1月31日", "Mar 5, 1993", "138****1234", "12 Oak Lane", "91234567", "31.23041", "-70.757331", "a.b@example.com", "8.8.8.8", "A+", "H12345678",
				"You must know that it is the last of these", "\u3164a \u3164b \u3164c \u3164d \u3164", "Москва", "沪A12345", "Buddhist", "5493001KJTIIGC8Y1R12", "Leeds, LS6 2AB", "fr",
			}).Draw(t, "like"))
			at := rapid.IntRange(0, len(v)).Draw(t, "at")
			to := min(len(v), at+rapid.IntRange(0, 3).Draw(t, "without"))
			return string(slices.Replace(v, at, to, []byte(rapid.StringMatching(`[0-9A-Za-z .,@:/*岁-]{0,2}`).Draw(t, "new"))...))
		}),
		rapid.StringMatching(`[0-9A-Za-z +.,:@/*_()-]{1,24}`), rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		v := []byte(texts.Draw(t, "value"))
		if len(v) == 0 {
			return
		}
		got, want := quick.Try(&a, v), slow.Try(&b, v)
		if !slices.Equal(got.Passes, want.Passes) || got.Names != want.Names {
			t.Fatalf("%q passes %v, and %v if all checks are tried; names %v and %v", v, got.Passes, want.Passes, got.Names, want.Names)
		}
	})
}
