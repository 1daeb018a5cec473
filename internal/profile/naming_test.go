package profile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/profile"
)

// notes are texts of a service desk, with a name or without.
func notes(n int, named func(i int) bool) []string {
	zh := strings.Fields("陈志远 林淑芬 欧阳雪梅 何嘉欣 罗文博 邓国强 徐慧敏 郭子轩")
	things := strings.Fields("冰箱 洗衣机 空调 沙发 床垫 电饭煲 显示器")
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("工单%d：%s到货晚了两天，仓库已经补发，请售后跟进处理", i, things[i%len(things)])
		if named(i) {
			out[i] = fmt.Sprintf("工单%d：客户%s反映%s到货晚了两天，要求尽快退款", i, zh[i%len(zh)], things[i%len(things)])
		}
	}
	return out
}

// profileNotes profiles a table of numbers and texts.
func profileNotes(t *testing.T, list []string) dataspace.Profile {
	t.Helper()
	src := &rows{cells: [][]string{{"no", "c2"}}}
	for i, text := range list {
		src.cells = append(src.cells, []string{fmt.Sprint(i + 1), text})
	}
	return profileSource(t, src, profile.Options{}).Profile
}

// TestNamesInTexts: a column of texts that name people contains names, with the
// number of texts that were looked at and a confidence; they prove nothing. A
// column of other texts is not accused.
func TestNamesInTexts(t *testing.T) {
	for _, every := range []int{1, 3, 10} {
		c := profileNotes(t, notes(400, func(i int) bool { return i%every == 0 })).Columns[1]
		if len(c.Contains) != 1 || !c.Personal {
			t.Errorf("a name in one text of %d: %+v", every, c)
			continue
		}
		in := c.Contains[0]
		share := float64(in.Rows) / float64(max(1, in.Looked)) * float64(every)
		if in.Element != "person_name_zh" || in.Proved() || in.Confidence < .5 || share < .5 || share > 2 {
			t.Errorf("a name in one text of %d: %+v", every, in)
		}
		if want := fmt.Sprintf("values: %d of %d texts name people", in.Rows, in.Looked); !slices.Contains(c.Evidence, want) {
			t.Errorf("evidence %q without %q", c.Evidence, want)
		}
	}
	p := profileNotes(t, notes(400, func(int) bool { return false }))
	if c := p.Columns[1]; len(c.Contains) > 0 || c.Personal {
		t.Errorf("without a name: %+v", c)
	}
	if n := p.Subjects.Distinct; n == nil || *n != 0 {
		t.Errorf("without a name: %v people", n)
	}
}

// A text that names somebody is personal, and makes no other column so.
func TestNamesAndOtherColumns(t *testing.T) {
	src := &rows{cells: [][]string{{"product", "remark"}}}
	for i, text := range notes(200, func(i int) bool { return i%3 == 0 }) {
		src.cells = append(src.cells, []string{fmt.Sprintf("SKU-%05d", i*7), text})
	}
	p := profileSource(t, src, profile.Options{}).Profile
	if p.Columns[0].Personal || !p.Columns[1].Personal {
		t.Errorf("%+v", p.Columns)
	}
}

// Whoever a text names is somebody: without a key, each row with a text counts.
func TestPeopleInTexts(t *testing.T) {
	p := profileNotes(t, notes(60, func(int) bool { return true }))
	if n := p.Subjects.Distinct; n == nil || *n < 60 {
		t.Errorf("%v people in 60 texts that name one each", n)
	}
}

// The order of rows changes nothing.
func TestNamesInAnyOrder(t *testing.T) {
	list := notes(900, func(i int) bool { return i%4 == 0 })
	a := profileNotes(t, list)
	slices.Reverse(list)
	b := profileNotes(t, list)
	if !slices.Equal(a.Columns[1].Contains, b.Columns[1].Contains) || a.Columns[1].Confidence != b.Columns[1].Confidence {
		t.Errorf("%+v, in the other order %+v", a.Columns[1], b.Columns[1])
	}
}
