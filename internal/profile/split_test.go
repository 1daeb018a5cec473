package profile_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"hutong/internal/profile"
)

// TestSplitNumbers finds numbers that stand in several columns, and takes no
// other columns for their parts.
func TestSplitNumbers(t *testing.T) {
	m := made{rand.New(rand.NewPCG(8, 8))}
	ids := make([]string, 400)
	for i := range ids {
		ids[i] = m.id()
	}
	card := func() string {
		s := fmt.Sprintf("622202%09d", m.r.IntN(1e9))
		return luhn(s)
	}
	day := func() string { return fmt.Sprintf("%d%02d%02d", 2015+m.r.IntN(10), 1+m.r.IntN(12), 1+m.r.IntN(28)) }
	for name, tt := range map[string]struct {
		cells [][]string
		want  string // column>element:rows
		count string
	}{
		"a resident number in three columns": {m.table("no,a,b,c,city", 400, func(i int) []string {
			id := ids[i/2]
			return []string{fmt.Sprint(i), id[:6], id[6:14], id[14:], "x"}
		}), "a>cn_resident_id:400 b>cn_resident_id:400 c>cn_resident_id:400", "200 [a b c]"},
		"in some rows only": {m.table("no,a,b", 400, func(i int) []string {
			if i%4 == 0 {
				return []string{fmt.Sprint(i), ids[i][:6], ids[i][6:]}
			}
			return []string{fmt.Sprint(i), fmt.Sprintf("%06d", m.r.IntN(1e6)), fmt.Sprintf("%012d", m.r.IntN(1e12))}
		}), "a>cn_resident_id:100 b>cn_resident_id:100", ""},
		"groups of a card": {m.table("no,g1,g2,g3,g4", 300, func(i int) []string {
			c := card()
			return []string{fmt.Sprint(i), c[:4], c[4:8], c[8:12], c[12:]}
		}), "g1>bank_card:300 g2>bank_card:300 g3>bank_card:300 g4>bank_card:300", "300 [g1 g2 g3 g4]"},
		"postcodes, days and codes": {m.table("zip,day,code,qty", 400, func(i int) []string {
			return []string{fmt.Sprintf("%06d", 100000+m.r.IntN(700000)), day(), fmt.Sprintf("%04d", m.r.IntN(10000)), fmt.Sprintf("%05d", m.r.IntN(1e5))}
		}), "", ""},
	} {
		p := profileSource(t, &rows{name: "table", cells: tt.cells}, profile.Options{}).Profile
		var got []string
		for _, c := range p.Columns {
			for _, in := range c.Contains {
				got = append(got, fmt.Sprintf("%s>%s:%d", c.Name, in.Element, in.Rows))
			}
			if len(c.Contains) > 0 && !c.Personal {
				t.Errorf("%s: %s is not personal", name, c.Name)
			}
		}
		slices.Sort(got)
		s := fmt.Sprint(got)
		if s != "["+tt.want+"]" {
			t.Errorf("%s: %s, want %s", name, s, tt.want)
		}
		if tt.count != "" {
			if got := fmt.Sprintf("%d %v", *p.Subjects.Distinct, p.Subjects.Key); got != tt.count {
				t.Errorf("%s: %s, want %s", name, got, tt.count)
			}
		}
	}
}

// TestPartsOfRuns proves numbers that letters surround, and a ship's number by
// its label, whether or not other runs have that shape.
func TestPartsOfRuns(t *testing.T) {
	for value, want := range map[string]string{
		"IMO 9074729 arrived":    "[{imo_number 2 0 0}]",
		"NO11010519491231002X":   "[{cn_resident_id 2 0 0}]",
		"xx11010519491231002XAB": "[{cn_resident_id 2 0 0}]",
		"tel13800138000":         "[{mobile_cn 2 0 0}]",
	} {
		cells := [][]string{{"v"}, {value}, {value + "!"}, {"z"}}
		if got := fmt.Sprint(profileSource(t, &rows{cells: cells}, profile.Options{}).Profile.Columns[0].Contains); got != want {
			t.Errorf("%s: %s, want %s", value, got, want)
		}
	}
}

// TestSplitNumberIsThePerson counts one person for the same number in one
// column and in several.
func TestSplitNumberIsThePerson(t *testing.T) {
	m := made{rand.New(rand.NewPCG(9, 9))}
	cells := m.table("借款人身份证,担保人证1,担保人证2", 60, func(int) []string { return nil })
	ids := make([]string, 60)
	for i := range ids {
		ids[i] = m.id()
	}
	for i := range ids {
		other := ids[(i+1)%60]
		cells[i+1] = []string{ids[i], other[:10], other[10:]}
	}
	p := profileSource(t, &rows{name: "table", cells: cells}, profile.Options{}).Profile
	if n := *p.Subjects.Distinct; n != 60 {
		t.Errorf("%d people, want 60: %+v", n, p.Subjects)
	}
}
