package reading_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"hutong/internal/reading"
)

func readings(cell string) []string {
	var r reading.Reader
	var out []string
	r.Each([]byte(cell), func(text []byte) { out = append(out, string(text)) })
	return out
}

func TestReadings(t *testing.T) {
	tests := []struct {
		name, cell string
		want       string // the last reading
	}{
		{"plain", "order 17", "order 17"},
		{"empty", "", ""},
		{"full width", "１３９２４７８４６９１", "13924784691"},
		{"Arabic digits", "٠١٢٣٤٥٦٧٨٩", "123456789"},
		{"Persian digits", "tel ۰۹۱۲", "tel 0912"},
		{"mathematical digits", "𝟘𝟙𝟡𝟬𝟵 x", "01909 x"},
		{"zero width", "139\u200b2478\ufeff4691", "13924784691"},
		{"directions", "\u202a13924784691\u202c", "13924784691"},
		{"soft hyphen", "139\u00ad24784691", "13924784691"},
		{"no-break space", "a\u00a0b\u3000c\u2009d", "a b c d"},
		{"dashes", "139‐2478–4691 x", "139-2478-4691 x"},
		{"middle dots", "阿依古丽·买买提", "阿依古丽.买买提"},
		{"line", "a\r\nb\tc", "a  b c"},
		{"no UTF-8", "a\xffb\xe4", "a\xffb\xe4"},
		{"JSON", `{"note":"\u53f7330106199708155202"}`, `{"note":"号330106199708155202"}`},
		{"JSON in JSON", `{\"note\":\"\\u53f7330106199708155202\"}`, `{"note":"号330106199708155202"}`},
		{"surrogates", `\ud83d\ude00 \ud83dx`, "😀 \ufffdx"},
		{"hexadecimal", `\x31\x33`, "13"},
		{"unfinished escape", `a\u12 \x1 \`, `a\u12 \x1 \`},
		{"URL", "tel=%2B86%20139&x=%E5%8F%B7", "tel=+86 139&x=号"},
		{"URL in a URL", "next=%253Ftel%253D139", "next=?tel=139"},
		{"no URL", "100% of 5%", "100% of 5%"},
		{"entities", "&#49;&#x33;9 &lt;&amp;&nbsp;x", "139 <& x"},
		{"entities twice", "&amp;#49;", "1"},
		{"no entity", "AT&T; a & b", "AT&T; a & b"},
		{"Base64", "MzMwMTA2MTk5NzA4MTU1MjAy", "330106199708155202"},
		{"Base64 of padded bytes", "MTM5MjQ3ODQ2OTEAAAAA", "13924784691"},
		{"Base64 of Chinese", "5Y+3MTM5MjQ3ODQ2OTE=", "号13924784691"},
		{"no Base64", "Nanjingroad4", "Nanjingroad4"},
		{"all layers", `{"u":"%5Cu53f7&#49;"}`, `{"u":"号1"}`},
		{"fraction of zeros", "13880836544.0", "13880836544"},
		{"fraction", "1388083654.5", "1388083654.5"},
		{"exponent", "1.3880836544E+10", "13880836544"},
		{"exponent that lost digits", "1.38E+10", "13800000000"},
		{"exponent without a point", "138e8", "13800000000"},
		{"negative exponent", "1388083654400e-2", "13880836544"},
		{"large exponent", "1e300", "1e300"},
		{"no exponent", "1e", "1e"},
		{"apostrophe", "'13880836544", "13880836544"},
		{"formula", `="13880836544"`, "13880836544"},
		{"thousands", "13,880,836,544", "13880836544"},
		{"groups", "138.8083.6544", "13880836544"},
		{"underscores", "138_8083_6544", "13880836544"},
		{"two kinds of groups", "138-8083.6544", "138-8083.6544"},
		{"zeros before", "000013880836544", "13880836544"},
		{"zeros in a fixed width", "00000000013880836544", "13880836544"},
		{"resident number in groups", "330106-19970815-520X", "33010619970815520X"},
		{"with a full stop", "33010619970815520X.", "33010619970815520X."},
		{"telephone of elsewhere", "1.515.555.0165", "1.515.555.0165"},
		{"date", "2026-11-30", "2026-11-30"},
		{"address of a machine", "192.168.100.100", "192.168.100.100"},
		{"decimal number", "1234567.25", "1234567.25"},
		{"international", "+1 303 555 0100", "+1 303 555 0100"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got := readings(tc.cell)
			if last := got[len(got)-1]; last != tc.want {
				t.Errorf("readings %q, want the last to be %q", got, tc.want)
			}
		})
	}
}

// A plain cell is not copied, and nothing is allocated for it.
func TestPlainCell(t *testing.T) {
	cell := []byte("Nanjing Road 17, flat B")
	var r reading.Reader
	n := 0
	see := func(text []byte) {
		if &text[0] == &cell[0] {
			n++
		}
	}
	allocs := testing.AllocsPerRun(100, func() { r.Each(cell, see) })
	if n != 101 || allocs != 0 {
		t.Errorf("%d of 101 readings are the cell itself, %v allocations", n, allocs)
	}
}

// Escaping a text once more never hides it.
func TestEscapedProperty(t *testing.T) {
	escapes := []func(string) string{
		func(s string) string {
			var b strings.Builder
			for _, r := range s {
				if r < 0x80 && r != '\\' {
					b.WriteRune(r)
				} else {
					b.WriteString(`\u` + hex4(r))
				}
			}
			return b.String()
		},
		func(s string) string {
			var b strings.Builder
			for _, c := range []byte(s) {
				b.WriteString("%" + strings.ToUpper(hex4(rune(c))[2:]))
			}
			return b.String()
		},
		func(s string) string {
			var b strings.Builder
			for _, r := range s {
				b.WriteString("&#x" + hex4(r) + ";")
			}
			return b.String()
		},
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("号码电话139ab -张")), 1, 12, -1).Draw(t, "text")
		hidden := text
		for range rapid.IntRange(1, 5).Draw(t, "layers") {
			hidden = rapid.SampledFrom(escapes).Draw(t, "escape")(hidden)
		}
		if got := readings(hidden); !slices.Contains(got, text) {
			t.Fatalf("%q was escaped to %q; readings %q", text, hidden, got)
		}
	})
}

func hex4(r rune) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15]})
}

func TestEveryDigit(t *testing.T) {
	value := byte(0)
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		if !unicode.Is(unicode.Nd, r) {
			if value != 0 {
				t.Fatalf("%U: digits end after %d", r, value)
			}
			continue
		}
		got := string(reading.Plain(nil, []byte(string(r))))
		want := string('0' + value)
		if r >= 0xFF10 && r <= 0xFF19 {
			want = string(r - 0xFF10 + '0')
		}
		if got != want {
			t.Fatalf("%U is read as %q, want %q", r, got, want)
		}
		value = (value + 1) % 10
	}
}

func FuzzEach(f *testing.F) {
	for _, s := range []string{`\u53f7`, "%2B86", "&#49;", "１３９", "1.38E+10", `="13880836544"`, "\\ud83d", "&;", "%", "1e+", "e5", "._,"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, cell []byte) {
		var r reading.Reader
		before := string(cell)
		n, total := 0, 0
		r.Each(cell, func(text []byte) {
			n++
			total += len(text)
		})
		if string(cell) != before {
			t.Fatal("the cell was changed")
		}
		// An entity such as "&nGt;" has six bytes for five.
		if n < 1 || n > 11 || total > n*(2*len(cell)+64) {
			t.Fatalf("%d readings of %d bytes in all for a cell of %d", n, total, len(cell))
		}
	})
}
