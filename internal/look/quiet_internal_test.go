package look

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/chance"
	"hutong/internal/element"
	"hutong/internal/signs"
)

// proving are values of every form that proves itself with few signs, and of
// some with many.
var proving = []string{
	"A123456(3)", "A1234563", "AB987654(3)", "R123450A", "S1234567D", "A123456789", "9319466", "IMO9074729", "IMO 9074729",
	"CSQU3054383", "RB123456785GB", "13800138000", "138-0013-8000", "+6591234567", "a@b.co", "1.1.1.1", "8.8.8.8", "::1", "fe80::1",
	"aa:bb:cc:dd:ee:ff", "aa-bb-cc-dd-ee-ff", "aabb.ccdd.eeff", "沪A12345", "沪A·12345", "粤Z1234港", "123-45-6789", "MT84MALT011000012345MTLCAST001S",
	"MT84 MALT 0110 0001 2345 MTLC AST0 01S", "GB82WEST12345698765432", "1M8GDM9AXKP042788", "5493001KJTIIGC8Y1R12", "11010519491231002X",
	"4111 1111 1111 1111", "1.38E+10", "20E10", "'20e10", "2.E+11", "13800138000.0", "%31%33800138000", `\u0031\u0033800138000`, "MTM4MDAxMzgwMDA=", "YUBiLmNv", "YUBiLmNvbSAg",
	"１３８００１３８０００", "\u0661\u0663\u0668\u0660\u0660\u0661\u0663\u0668\u0660\u0660\u0660", "\u096713800138000", "电话13800138000", "电话１３８００１３８０００",
	"1990-01-28", "沪A1234 ", "沪AD1234挂", "住在12号A1B2C3D4", "世纪大道12号",
	"phone: 555-1234", "tel 5551234", "call (555) 123-4567", "电话62345678", "电话：12345", "手机 95588", "card 4111111111111111", "4111-111 card", "card: 12345", "fax 12 34 56", "tel: 12345",
	"25.13800138000", "-25.13800138000", "13800138000.00", "-13800138000.0", "13800138000.5", ".13800138000", "-.13800138000",
}

// watched is a looker with what it tries and finds.
type watched struct {
	*Looker
	tried, found []string
}

func watch() *watched {
	w := &watched{}
	w.Looker = New(element.Builtin(), element.Builtin().Provable(), func(s chance.Shape, run []byte) {
		w.tried = append(w.tried, fmt.Sprint(s, string(run)))
	})
	return w
}

func (w *watched) hit(h Hit, v []byte) { w.found = append(w.found, fmt.Sprint(h, string(v))) }

// quickly looks at a cell as everybody does.
func (w *watched) quickly(cell []byte) (found, tried []string) {
	w.found, w.tried = nil, nil
	w.Cell(cell, w.hit)
	return w.found, w.tried
}

// slowly looks at every reading of a cell.
func (w *watched) slowly(cell []byte) (found, tried []string) {
	w.found, w.tried = nil, nil
	w.Looker.found = w.hit
	w.reader.Each(cell, w.see)
	return w.found, w.tried
}

// FuzzQuiet compares the quick pass with a look at every reading.
func FuzzQuiet(f *testing.F) {
	for _, v := range proving {
		f.Add([]byte(v))
	}
	quick, slow := watch(), watch()
	f.Fuzz(func(t *testing.T, v []byte) {
		got, _ := quick.quickly(v)
		if want, _ := slow.slowly(v); !slices.Equal(got, want) {
			t.Fatalf("%q: the quick pass finds %q, want %q", v, got, want)
		}
	})
}

// TestQuietProperty changes, cuts and joins values that prove themselves: the
// quick pass must leave out none. Nor may it leave out a run that is compared with
// chance, in a text that is long enough for one.
func TestQuietProperty(t *testing.T) {
	quick, slow := watch(), watch()
	if !quick.quiet {
		t.Fatal("there is no quick pass")
	}
	found := 0
	for _, v := range proving {
		want, _ := slow.slowly([]byte(v))
		if got, _ := quick.quickly([]byte(v)); !slices.Equal(got, want) {
			t.Errorf("%q: the quick pass finds %q, want %q", v, got, want)
		}
		if len(want) > 0 {
			found++
		}
	}
	if found < 30 {
		t.Fatalf("%d of %d values prove something", found, len(proving))
	}
	rapid.Check(t, func(t *rapid.T) {
		v := []byte(rapid.SampledFrom(proving).Draw(t, "value"))
		switch rapid.IntRange(0, 8).Draw(t, "how") {
		case 0:
			at := rapid.IntRange(0, len(v)-1).Draw(t, "at")
			v[at] = rapid.SampledFrom([]byte("0123456789ABCXabcx .:-_@/%+")).Draw(t, "sign")
		case 1:
			v = v[rapid.IntRange(0, len(v)/2).Draw(t, "from"):]
		case 2:
			v = append(v, rapid.SampledFrom([]string{" ", " ok", ".0", "_1", " 12", "元", "，", "１", "\u0661", "\u3000", "\u200b"}).Draw(t, "after")...)
		case 3:
			v = append([]byte(rapid.SampledFrom([]string{"no ", "id:", "phone ", "tel: ", "电话", "card ", "x", "'", "00", "号"}).Draw(t, "before")), v...)
		case 4:
			v = []byte(rapid.StringMatching(`[A-Za-z]{1,9}([0-9]{0,2}[ -]?[A-Za-z]{0,20}){2,5}(-[0-9a-f]{2}){0,6}( [A-Z0-9]{4}){0,5}`).Draw(t, "text"))
		case 5: // one run
			v = []byte(rapid.StringMatching(`[A-Za-z]{0,3}[0-9]{0,19}[A-Za-z]{0,2}([0-9]{3,9}[a-fX]{1,9}){0,2}`).Draw(t, "run"))
		case 6:
			v = slices.DeleteFunc(append(v, rapid.SampledFrom(proving).Draw(t, "next")...), func(c byte) bool { return c < 0x80 && !isRun([]byte{c}) })
		case 7:
			v = []byte(rapid.StringMatching(`(to )?[a-z0-9._%+*-]{0,9}[a-z0-9]@[a-z0-9-]{1,4}([.-]{1,2}[a-z0-9]{1,4}){0,3}[.,-]{0,2}( x1|;[a-z]{1,3}@[a-z]{2}[.]com)?`).Draw(t, "address"))
		case 8: // one next to the other
			v = append(append(v, rapid.SampledFrom([]string{"", " ", ",", "-", "_", ".", "/", "X", "号", "人民路12号", "，", "、", "的邮箱"}).Draw(t, "between")...), rapid.SampledFrom(proving).Draw(t, "next")...)
		}
		got, tried := quick.quickly(v)
		want, all := slow.slowly(v)
		if !slices.Equal(got, want) {
			t.Fatalf("%q: the quick pass finds %q, want %q", v, got, want)
		}
		n, _ := signs.Of(v)
		long := len(v) >= element.FewDigits && n.Letters() > 1 && n.Digits() < element.FewestDigits
		run := n.Digits() >= element.FewestDigits && isRun(v)
		if (long || run) && !slices.Equal(tried, all) {
			t.Fatalf("%q: the quick pass tries %q, want %q", v, tried, all)
		}
	})
}

// TestLooks counts the cells of usual columns that are looked at longer, and the
// runs in them that are compared with chance. A higher number makes every profile
// slower: most cells of most tables must be too plain to prove anything.
func TestLooks(t *testing.T) {
	columns := map[string]func(i int) string{
		"integer":  func(i int) string { return fmt.Sprint(1003 + i*79) },
		"decimal":  func(i int) string { return fmt.Sprintf("%d.%06d", 25+i%20, i*7919%1000000) },
		"negative": func(i int) string { return fmt.Sprintf("-%d.%06d", 80+i%40, i*7919%1000000) },
		"date":     func(i int) string { return fmt.Sprintf("20%02d-%02d-%02d", i%26, 1+i%12, 1+i%28) },
		"name":     func(i int) string { return []string{"James", "Mary Ann", "O'Neill", "王小明"}[i%4] },
		"street":   func(i int) string { return fmt.Sprintf("%d W Superior St", i*7919%9999) },
		"postal":   func(i int) string { return fmt.Sprintf("%05d", i*7919%99999) },
		"text":     func(i int) string { return fmt.Sprintf("part %c%d of a list", 'A'+i%26, i%100) },
		"code":     func(i int) string { return fmt.Sprintf("C%07d", 100_000+i) },
		"number":   func(i int) string { return fmt.Sprint(1_000_000_007 + i*7919) },
		"email":    func(i int) string { return fmt.Sprintf("james.smith%d@example.com", i) },
		"phone":    func(i int) string { return fmt.Sprintf("+1 317 %03d %04d", i*37%1000, i*7919%10000) },
	}
	type counts struct{ Looks, Runs, Hits int }
	got := map[string]counts{}
	for name, cell := range columns {
		w, c := watch(), counts{}
		for i := range 1000 {
			v := []byte(cell(i))
			if n, counted := signs.Of(v); !counted || !proveNothing(v, n) {
				c.Looks++
			}
			found, tried := w.quickly(v)
			c.Runs, c.Hits = c.Runs+len(tried), c.Hits+len(found)
		}
		got[name] = c
	}
	want := map[string]counts{
		"code": {1000, 1000, 91}, "number": {1000, 1000, 63}, "email": {1000, 0, 1000}, "phone": {1000, 0, 1000}, "decimal": {1, 0, 0}, "negative": {1, 0, 0},
		"integer": {}, "date": {}, "name": {}, "street": {}, "postal": {}, "text": {},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("of a thousand cells (-want +got):\n%s", d)
	}
}
