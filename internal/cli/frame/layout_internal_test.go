package frame

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestGrid(t *testing.T) {
	var b strings.Builder
	Grid(&b, "  ", [][]string{{"列", "TYPE", ""}, {"email", "string", "x"}, {"手机号码", "s"}})
	want := "  列        TYPE\n  email     string  x\n  手机号码  s\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestWrapped(t *testing.T) {
	cases := []struct {
		text  string
		limit int
		want  []string
	}{
		{"one two three", 20, []string{"one two three"}},
		{"one two three", 8, []string{"one two", "three"}},
		{"unbreakably long", 4, []string{"unbreakably", "long"}},
		{"向境外提供，应当告知", 10, []string{"向境外提供，", "应当告知"}},
		{"依据 CAC Order 16 办理", 12, []string{"依据 CAC", "Order 16 办", "理"}},
		{"", 10, []string{""}},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, wrapped(c.text, c.limit)); diff != "" {
			t.Errorf("%q at %d: %s", c.text, c.limit, diff)
		}
	}
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{"name": "name", "姓名": "姓名", "a\x1b[31mb": `"a\x1b[31mb"`, "a\nb": `"a\nb"`} {
		if got := Printable(in); got != want {
			t.Errorf("printable(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := Thousands(n); got != want {
			t.Errorf("thousands(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestShorten(t *testing.T) {
	for in, want := range map[string]string{"short": "short", "much too long": "much to…", "姓名与手机号": "姓名与…"} {
		if got := Shorten(in, 8); got != want {
			t.Errorf("shorten(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestAmount(t *testing.T) {
	env := &Env{}
	for _, c := range []struct {
		rows, bytes, total int64
		took               time.Duration
		want               string
	}{
		{1, 0, 100, 0, "0 B of 100 B (0%), 1 row"},
		{5000, 250_000_000, 1_000_000_000, 2 * time.Second, "250.0 MB of 1.0 GB (25%), 5,000 rows, 125.0 MB/s, 6s left"},
		{9, 120, 100, time.Second, "120 B of 100 B (100%), 9 rows, 120 B/s"},
	} {
		if got := env.amount(c.rows, c.bytes, c.total, c.took); got != c.want {
			t.Errorf("amount: %s, want %s", got, c.want)
		}
	}
}
