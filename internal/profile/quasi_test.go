package profile_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/profile"
)

func TestQuasiIdentifiers(t *testing.T) {
	m := made{rand.New(rand.NewPCG(41, 42))}
	sex := func(i int) string { return []string{"男", "女"}[i%2] }
	born := func(i int) string { return fmt.Sprintf("19%02d-03-04", 60+i%25) }
	for name, tc := range map[string]struct {
		cells [][]string
		want  *dataspace.QuasiIdentifiers
	}{
		"groups of four": {m.table("性别,出生日期,民族", 200, func(i int) []string { return []string{sex(i), born(i), "汉族"} }),
			&dataspace.QuasiIdentifiers{Columns: []string{"性别", "出生日期", "民族"}, Groups: 50, Smallest: 4}},
		"one is alone": {m.table("性别,出生日期,民族", 200, func(i int) []string {
			if i == 150 {
				return []string{sex(i), "1931-07-08", "汉族"}
			}
			return []string{sex(i), born(i), "汉族"}
		}), &dataspace.QuasiIdentifiers{Columns: []string{"性别", "出生日期", "民族"}, Groups: 51, Smallest: 1, Alone: 1}},
		"beside a number": {m.table("身份证号,性别,出生日期", 200, func(i int) []string { return []string{m.id(), sex(i), born(i)} }),
			&dataspace.QuasiIdentifiers{Columns: []string{"性别", "出生日期"}, Groups: 50, Smallest: 4, Direct: true}},
		"one column":   {m.table("身份证号,性别", 200, func(i int) []string { return []string{m.id(), sex(i)} }), nil},
		"nobody in it": {m.table("城市,温度", 200, func(i int) []string { return []string{"上海", fmt.Sprint(20 + i%9)} }), nil},
	} {
		for _, batch := range []int{30, 1000} {
			dir := t.TempDir()
			src := &rows{name: "table", cells: tc.cells, batch: batch}
			res := profileSource(t, src, profile.Options{Dir: dir})
			if diff := cmp.Diff(tc.want, res.Profile.Quasi); diff != "" {
				t.Errorf("%s, in batches of %d: %s", name, batch, diff)
			}
			if err := res.Census.Close(); err != nil {
				t.Error(err)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 1 { // the census
				t.Errorf("%s: left behind: %v, %v", name, left, err)
			}
		}
	}
}

// A column that the first rows do not show is in the count.
func TestQuasiIdentifiersLater(t *testing.T) {
	cells := made{rand.New(rand.NewPCG(43, 44))}.table("性别,出生日期,民族,婚姻状况", 300, func(i int) []string {
		marital := ""
		if i >= 100 {
			marital = []string{"已婚", "未婚"}[i%2]
		}
		return []string{[]string{"男", "女"}[i%2], "1980-01-02", "汉族", marital}
	})
	a := profileSource(t, &rows{name: "table", cells: cells, batch: 50}, profile.Options{}).Profile.Quasi
	b := profileSource(t, &rows{name: "table", cells: cells, batch: 1000}, profile.Options{}).Profile.Quasi
	if diff := cmp.Diff(a, b); diff != "" || a == nil || a.Groups != 4 || a.Smallest != 50 {
		t.Errorf("%+v %s", a, diff)
	}
}
