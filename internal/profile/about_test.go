package profile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hutong/internal/profile"
)

// TestHandledRows: the number and the note of a row are personal where the row is
// about a person, and not where a person only handled it; the name of that person
// is, and so is the place where a driver was.
func TestHandledRows(t *testing.T) {
	people := strings.Fields("陈志远 林淑芬 欧阳雪梅 何嘉欣 罗文博 邓国强 徐慧敏 郭子轩 沈一鸣 韩雨桐")
	for _, tc := range []struct{ table, header, personal string }{
		{"盘点单", "编号 盘点人 备注", "盘点人"},
		{"stock_take", "id checked_by remark", "checked_by"},
		{"product_review", "id auditor remark", "auditor"},
		{"会员", "编号 姓名 备注", "编号 姓名 备注"},
		{"投诉", "编号 投诉人 备注", "编号 投诉人 备注"},
		{"operators", "id operator remark", "id operator remark"},
		{"rides", "id driver latitude longitude", "driver latitude longitude"},
	} {
		header := strings.Fields(tc.header)
		src := &rows{name: tc.table, cells: [][]string{header}}
		for i := range 200 {
			row := []string{fmt.Sprint(i + 1), people[i*7%len(people)]}
			if len(header) == 3 {
				row = append(row, "已完成，库存正常，请下次提前准备好纸质单据")
			} else {
				row = append(row, fmt.Sprintf("%.6f", 31.2+float64(i)*.00137), fmt.Sprintf("%.6f", 121.4+float64(i)*.00211))
			}
			src.cells = append(src.cells, row)
		}
		var got []string
		for _, c := range profileSource(t, src, profile.Options{}).Profile.Columns {
			if c.Personal {
				got = append(got, c.Name)
			}
		}
		if want := strings.Fields(tc.personal); !slices.Equal(got, want) {
			t.Errorf("%s: %q are personal instead of %q", tc.table, got, want)
		}
	}
}
