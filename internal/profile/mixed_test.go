package profile_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/profile"
)

// numbers makes the values that columns are mixed from.
type numbers struct{ *rand.Rand }

func (n numbers) order() string { return fmt.Sprintf("9%010d", n.Int64N(1e10)) }
func (n numbers) long() string  { return fmt.Sprintf("%018d", n.Int64N(1e18)) }
func (n numbers) note() string {
	return fmt.Sprintf("delivered to the gate, parcel %d of %d", n.IntN(90), 90)
}
func (n numbers) mobile() string {
	return fmt.Sprintf("1%s%08d", []string{"38", "39", "50", "51", "58", "77", "86", "33", "35", "36", "37", "59", "87", "88", "89"}[n.IntN(15)], n.IntN(1e8))
}
func (n numbers) resident() string {
	d := fmt.Sprintf("%s%04d%02d%02d%03d", []string{"110105", "310115", "330106", "440305"}[n.IntN(4)], 1950+n.IntN(60), 1+n.IntN(12), 1+n.IntN(28), n.IntN(1000))
	sum, weight := 0, []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	for i, c := range d {
		sum += int(c-'0') * weight[i]
	}
	return d + string("10X98765432"[sum%11])
}

func (n numbers) halves() string { return fmt.Sprintf("%06d-%07d", n.IntN(1e6), n.IntN(1e7)) }

// korean is a number from before check digits ended.
func (n numbers) korean() string {
	d := fmt.Sprintf("%02d%02d%02d%d%05d", 40+n.IntN(60), 1+n.IntN(12), 1+n.IntN(28), 1+n.IntN(2), n.IntN(1e5))
	sum := 0
	for i, w := range []int{2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5} {
		sum += int(d[i]-'0') * w
	}
	return fmt.Sprintf("%s-%s%d", d[:6], d[6:], (11-sum%11)%10)
}

func (n numbers) spanish() string {
	d := n.IntN(1e8)
	return fmt.Sprintf("%08d%c", d, "TRWAGMYFPDXBNJZSQVHLCKE"[d%23])
}

// column makes a table of one column.
func oneColumn(values []string) *rows {
	src := &rows{cells: [][]string{{"v"}}, name: "t"}
	for _, v := range values {
		src.cells = append(src.cells, []string{v})
	}
	return src
}

func contained(p dataspace.Profile, id dataspace.ElementID) int64 {
	for _, c := range p.Columns[0].Contains {
		if c.Element == id {
			return c.Rows
		}
	}
	return 0
}

// What is rare in a column, or comes late, is found.
func TestMixedColumns(t *testing.T) {
	n := numbers{rand.New(rand.NewPCG(1, 2))}
	repeat := func(k int, value func() string) (out []string) {
		for range k {
			out = append(out, value())
		}
		return out
	}
	tests := []struct {
		name   string
		values []string
		want   dataspace.ElementID
		rows   int64 // -1: the column is the element
	}{
		{"order numbers, then mobiles", append(repeat(600, n.order), repeat(19_400, n.mobile)...), "mobile_cn", -1},
		{"mobiles, then order numbers", append(repeat(400, n.mobile), repeat(19_600, n.order)...), "mobile_cn", 400},
		{"one identity number among notes", append(repeat(20_000, n.note), n.resident()), "cn_resident_id", 1},
		{"one in a note", append(repeat(20_000, n.note), "号"+n.resident()+"。"), "cn_resident_id", 1},
		{"identity numbers among numbers as long", append(repeat(5_000, n.long), repeat(20, n.resident)...), "cn_resident_id", 20},
		{"a tenth", append(repeat(900, n.order), repeat(100, n.resident)...), "cn_resident_id", 100},
		{"Koreans among other numbers", append(repeat(2_000, n.halves), repeat(60, n.korean)...), "kr_jp_id", -1},
		{"Koreans among notes", append(repeat(2_000, n.note), repeat(8, func() string { return "id " + n.korean() })...), "kr_jp_id", 8},
		{"Spaniards among orders", append(repeat(2_000, n.order), repeat(12, n.spanish)...), "eu_uk_national_id", 12},
		{"an Italian in a note", append(repeat(2_000, n.note), "is RSSMRA85T10A562S"), "eu_uk_national_id", 1},
		{"one row", []string{n.resident()}, "cn_resident_id", -1},
		{"escaped", append(repeat(3_000, n.note), `{"a":"\u53f7`+n.resident()+`"}`), "cn_resident_id", 1},
		{"float", append(repeat(3_000, n.note), n.resident()[:17]+"1.0"), "", 0},
		{"few mobiles among notes", append(repeat(3_980, n.note), repeat(20, n.mobile)...), "mobile_cn", -1},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			p := profileSource(t, oneColumn(tc.values), profile.Options{}).Profile
			c := p.Columns[0]
			switch {
			case tc.want == "":
				if len(c.Contains) > 0 || c.Personal {
					t.Errorf("found %v, %v", c.Contains, c.Element)
				}
			case tc.rows < 0 && (c.Element == nil || *c.Element != tc.want) && contained(p, tc.want) == 0:
				t.Errorf("not %s: %+v", tc.want, c)
			case tc.rows > 0 && contained(p, tc.want) != tc.rows:
				t.Errorf("%d rows contain %s, want %d: %+v", contained(p, tc.want), tc.want, tc.rows, c)
			case !c.Personal:
				t.Error("the column is not personal")
			}
		})
	}
}

// Numbers without a check digit that all begin alike may be those of a block of
// orders: a person is asked.
func TestOnePrefix(t *testing.T) {
	n := numbers{rand.New(rand.NewPCG(3, 1))}
	var values []string
	for range 500 {
		values = append(values, fmt.Sprintf("138%08d", n.IntN(1e8)))
	}
	c := profileSource(t, oneColumn(values), profile.Options{}).Profile.Columns[0]
	if c.Element == nil || *c.Element != "mobile_cn" || c.Band != dataspace.BandReview || !c.Personal {
		t.Errorf("%+v", c)
	}
}

// Numbers that pass a check by chance are no people, however many there are.
func TestCoincidences(t *testing.T) {
	n := numbers{rand.New(rand.NewPCG(5, 6))}
	columns := map[string]func(i int) string{
		"cards":        func(int) string { return fmt.Sprintf("4%015d", n.Int64N(1e15)) },
		"devices":      func(int) string { return fmt.Sprintf("%015d", n.Int64N(1e15)) },
		"identity":     func(i int) string { return fmt.Sprintf("31010120260101%04d", i) },
		"codes":        func(int) string { return fmt.Sprintf("A%07d", n.IntN(1e7)) },
		"halves":       func(int) string { return n.halves() },
		"a letter":     func(int) string { return fmt.Sprintf("%08d%c", n.IntN(1e8), 'A'+n.IntN(26)) },
		"twelve":       func(int) string { return fmt.Sprintf("%012d", n.Int64N(1e12)) },
		"order number": func(i int) string { return fmt.Sprintf("1%010d", n.Int64N(1e10)) },
	}
	for _, name := range slices.Sorted(maps.Keys(columns)) { // in the same order each time, so that the numbers are the same
		value := columns[name]
		t.Run(name, func(t *testing.T) {
			var values []string
			for i := range 9_000 {
				values = append(values, value(i))
			}
			p := profileSource(t, oneColumn(values), profile.Options{}).Profile
			c := p.Columns[0]
			if len(c.Contains) > 0 || c.Personal || len(c.Coincidences) == 0 {
				t.Errorf("element %v, contains %v, coincidences %v", c.Element, c.Contains, c.Coincidences)
			}
			for _, k := range c.Coincidences {
				rows := float64(k.Rows)
				few := math.Abs(rows-k.Expected) < 3*math.Sqrt(k.Expected) // half or twice as many are no wonder then
				if k.Rows == 0 || (k.Expected < rows/2 || k.Expected > rows*2) && !few {
					t.Errorf("%d rows of %s where %v were expected", k.Rows, k.Element, k.Expected)
				}
			}
		})
	}
}

// The order of the rows changes nothing.
func TestOrderProperty(t *testing.T) {
	key := make([]byte, 32)
	rapid.Check(t, func(t *rapid.T) {
		n := numbers{rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))}
		kinds := []func() string{n.order, n.long, n.note, n.mobile, n.resident, func() string { return "-" }, func() string { return fmt.Sprint(n.IntN(50)) },
			func() string {
				return []string{"A1234563", "L5555550", "AB9876543", "C1234569", "A123456(3)", "L555555(0)"}[n.IntN(6)]
			}}
		src := &rows{cells: [][]string{{"a", "b"}}, name: "t", batch: 1000}
		for range 2 + rapid.IntRange(0, 2).Draw(t, "parts") {
			a, b := rapid.SampledFrom(kinds).Draw(t, "a"), rapid.SampledFrom(kinds).Draw(t, "b")
			for range rapid.SampledFrom([]int{1, 20, 600, 3000}).Draw(t, "rows") {
				src.cells = append(src.cells, []string{a(), b()})
			}
		}
		first := runProfile(t, src, profile.Options{Key: key, Classes: yearly})
		for _, order := range []func(){
			func() { slices.Reverse(src.cells[1:]) },
			func() { slices.SortFunc(src.cells[1:], func(x, y []string) int { return strings.Compare(x[0], y[0]) }) },
			func() {
				n.Shuffle(len(src.cells)-1, func(i, j int) { src.cells[i+1], src.cells[j+1] = src.cells[j+1], src.cells[i+1] })
			},
		} {
			order()
			if diff := cmp.Diff(first.Columns, runProfile(t, src, profile.Options{Key: key, Classes: yearly}).Columns); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func runProfile(t *rapid.T, src profile.Source, opt profile.Options) dataspace.Profile {
	dir, err := os.MkdirTemp("", "profile")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // only the test's own files
	opt.Dir = dir
	res, err := profile.Run(context.Background(), src, opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Census.Remove(); err != nil {
		t.Fatal(err)
	}
	return res.Profile
}

// A profile says the same, byte for byte, each time, also of large columns.
func TestSameReport(t *testing.T) {
	n := numbers{rand.New(rand.NewPCG(9, 1))}
	var values []string
	for range 30_000 {
		values = append(values, n.long(), n.mobile())
	}
	var last []byte
	for range 2 {
		raw, err := json.Marshal(profileSource(t, oneColumn(values), profile.Options{}).Profile)
		if err != nil {
			t.Fatal(err)
		}
		if last != nil && string(raw) != string(last) {
			t.Errorf("%s\n%s", last, raw)
		}
		last = raw
	}
}

// TestNearlyAll: a column is what nearly all of its values prove, without a
// name; one that holds it in some of its values only contains it.
func TestNearlyAll(t *testing.T) {
	leis := []string{"5493001KJTIIGC8Y1R12", "529900T8BM49AURSDO55", "213800D1EI4B9WTWWD28", "HWUPKR0MPOU8FGXBT394"}
	for share, want := range map[int]string{100: "tax_reg_other", 80: "tax_reg_other", 20: ""} {
		src := &rows{name: "a.csv", cells: [][]string{{"c1"}}}
		for i := range 100 {
			v := leis[i%len(leis)]
			if i >= share {
				v = fmt.Sprintf("part %d", i)
			}
			src.cells = append(src.cells, []string{v})
		}
		c := profileSource(t, src, profile.Options{}).Profile.Columns[0]
		got := ""
		if c.Element != nil {
			got = string(*c.Element)
		}
		if got != want || want != "" && c.Band != "accept" {
			t.Errorf("%d of 100: %q, %s, %v", share, got, c.Band, c.Evidence)
		}
	}
}
