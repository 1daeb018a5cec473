package look_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hutong/internal/chance"
	"hutong/internal/element"
	"hutong/internal/look"
)

func TestCell(t *testing.T) {
	const resident = "11010519491231002X"
	tests := []struct{ cell, want string }{
		{"nothing here, order 2026-0017", ""},
		{resident, "cn_resident_id 9{17}A whole"},
		{"身份证１１０１０５１９４９１２３１００２Ｘ号", "cn_resident_id 9{17}A"},
		{"1101\u200b0519491231002X", "cn_resident_id 9{17}A whole"},
		{`{"note":"\\u53f7` + resident + `"}`, "cn_resident_id 9{17}A"},
		{"id=%31%31010519491231002X&x", "cn_resident_id 9{17}A"},
		{"13800138000.0", "mobile_cn 9{11}; mobile_cn 9{11} whole"},
		{"1.3800138E+10", "mobile_cn 9{11} whole"},
		{"'13800138000", "mobile_cn 9{11}; mobile_cn 9{11} whole"},
		{"138-0013-8000", "mobile_cn 9{11} whole"},
		{"+86 138 0013 8000", "mobile_cn form whole"},
		{"4111 1111 1111 1111", "bank_card 9{16} whole"},
		{"mail me: a.b@example.com", "email form"},
		{"A123456 (3)", "hkid form whole"},
		{resident + "," + resident, "cn_resident_id 9{17}A"},
		{"13800138000,13900139000", "mobile_cn 9{11}"},
		{"1,13800138000", ""},
		{"13800138000,25", ""},
		{"900101-1234568", "kr_jp_id 9{6}-9{7} whole"},
		{"born 1990, 900101-1234568.", "kr_jp_id 9{6}-9{7}"},
		{"주민등록번호 900101-1234568", "kr_jp_id form"},
		{"PESEL 44051401359", "eu_uk_national_id form"},
		{"900101-1234567", ""}, // a wrong check digit of a time that had them
		{"x-900101-1234568", ""},
		{"123456789018", "kr_jp_id 9{12} whole"},
		{"12345678Z", "eu_uk_national_id 9{8}A whole"},
		{"811228-9874", "eu_uk_national_id 9{6}-9{4} whole"},
		{"19811228-9874", "eu_uk_national_id 9{8}-9{4} whole"},
		{"RSSMRA85T10A562S of Rome", "eu_uk_national_id *{16}"},
		{"111222333", ""},  // the Dutch check is too weak
		{"9434765919", ""}, // a book has the same check
		{"front_" + resident + "_1.png", "cn_resident_id 9{17}A"},
	}
	l := look.New(element.Builtin(), element.Builtin().Provable(), nil)
	for _, tc := range tests {
		var got []string
		l.Cell([]byte(tc.cell), func(h look.Hit, _ []byte) {
			line := fmt.Sprintf("%s %s", h.Element, h.ShapeName())
			if h.Whole {
				line += " whole"
			}
			if !slices.Contains(got, line) {
				got = append(got, line)
			}
		})
		slices.Sort(got)
		if s := strings.Join(got, "; "); s != tc.want {
			t.Errorf("%q: %q, want %q", tc.cell, s, tc.want)
		}
	}
}

func TestTried(t *testing.T) {
	var got []string
	l := look.New(element.Builtin(), element.Builtin().Provable(), func(s chance.Shape, run []byte) {
		got = append(got, fmt.Sprintf("%s %s", s, run))
	})
	l.Cell([]byte("order 12345678 of NO330106199708155203 at 7, 900101-1234567"), func(look.Hit, []byte) { t.Error("a hit") })
	want := []string{"9{8} 12345678", "AA9{18} NO330106199708155203", "9{18} 330106199708155203", "9{6}-9{7} 900101-1234567"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Nothing is allocated for a plain cell.
func TestNoAllocation(t *testing.T) {
	l := look.New(element.Builtin(), element.Builtin().Provable(), nil)
	cell := []byte("write to a.b@example.com or 13800138000, order 20260101-17")
	n := 0
	found := func(look.Hit, []byte) { n++ }
	if allocs := testing.AllocsPerRun(100, func() { l.Cell(cell, found) }); allocs != 0 || n != 202 {
		t.Errorf("%v allocations, %d hits", allocs, n)
	}
}

func FuzzCell(f *testing.F) {
	for _, s := range []string{"11010519491231002X", `\u53f7138`, "A123456 (3)", "1.38E+10", "+86 138 0013 8000", "(7)", "a@b.co", "900101-1234567"} {
		f.Add([]byte(s))
	}
	l := look.New(element.Builtin(), element.Builtin().Provable(), func(s chance.Shape, run []byte) {
		if s.String() == "" || len(run) == 0 {
			panic("a run without a shape")
		}
	})
	f.Fuzz(func(t *testing.T, cell []byte) {
		before := string(cell)
		l.Cell(cell, func(h look.Hit, value []byte) {
			if len(value) == 0 || h.Element == "" {
				t.Fatal("an empty hit")
			}
		})
		if string(cell) != before {
			t.Fatal("the cell was changed")
		}
	})
}
