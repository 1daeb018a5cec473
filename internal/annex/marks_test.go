package annex_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"hutong/internal/annex"
	"hutong/internal/dataspace"
)

// workbook writes rows into a sheet and lets change mark them.
func workbook(t testing.TB, rows [][]any, change func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, r := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err := errors.Join(err, f.SetSheetRow("Sheet1", cell, &r)); err != nil {
			t.Fatal(err)
		}
	}
	change(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func struck(t testing.TB, f *excelize.File) int {
	t.Helper()
	style, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
	must(t, err)
	return style
}

var markedRows = [][]any{
	{"场景", "子类", "数据项", "路径", "阈值"},
	{"会员管理", "a", "plain", "安全评估", "10万人以上"},
	{"会员管理", "a", "hidden", "安全评估", "10万人以上"},
	{"会员管理", "a", "struck", "安全评估", "10万人以上"},
	{"会员管理", "a", "partly", "安全评估", "10万人以上"},
	{"会员管理", "a", "formula", "安全评估", "10万人以上"},
	{"会员管理", "a", "empty", "安全评估", "10万人以上", nil},
	{"会员管理", "b", "merged", "安全评估", "10万人以上"},
	{"会员管理", "b", "below", "安全评估", "10万人以上"},
}

func mark(t testing.TB) func(f *excelize.File) {
	return func(f *excelize.File) {
		s := struck(t, f)
		must(t, f.SetRowVisible("Sheet1", 3, false),
			f.SetCellStyle("Sheet1", "E4", "E4", s),
			f.SetCellRichText("Sheet1", "E5", []excelize.RichTextRun{{Text: "10万人"}, {Text: "以上", Font: &excelize.Font{Strike: true}}}),
			f.SetCellFormula("Sheet1", "E6", `"10万人以上"`),
			f.SetCellStyle("Sheet1", "F7", "F7", s), // holds no text
			f.MergeCell("Sheet1", "B8", "B9"), f.SetCellStyle("Sheet1", "B8", "B9", s))
	}
}

// Text that the file hides, strikes through or calculates is not taken for law: a
// person looks at it, and may say that it holds.
func TestMarkedRows(t *testing.T) {
	data := workbook(t, markedRows, mark(t))
	why := func(res annex.Result) map[string]string {
		out := map[string]string{}
		for _, u := range res.Unmapped {
			if !u.Kept {
				t.Errorf("line %d is no item", u.Line)
			}
			out[u.Cells[2]], _, _ = strings.Cut(u.Why, ";")
		}
		return out
	}
	res := convert(t, parse(t, mapping), data)
	if diff := cmp.Diff(map[string]string{
		"hidden": "the row is hidden in the file", "struck": "a text of the row is struck through", "partly": "a text of the row is struck through",
		"formula": "a cell of the row is a formula, whose result may be old",
		"merged":  "a text of the row is struck through", "below": "a text of the row is struck through",
	}, why(res)); diff != "" {
		t.Error(diff)
	}
	for _, it := range res.Items {
		doubted := it.Name.ZH != "plain" && it.Name.ZH != "empty"
		if it.Open() != doubted {
			t.Errorf("%s: %+v", it.Name.ZH, it)
		}
	}
	m := parse(t, mapping+"shown: [3, 4, 5, 8, 9]\n")
	if diff := cmp.Diff(map[string]string{"formula": "a cell of the row is a formula, whose result may be old"}, why(convert(t, m, data))); diff != "" {
		t.Error(diff)
	}
}

func TestHiddenColumnsAndSheets(t *testing.T) {
	sheets, err := annex.Read("annex", workbook(t, markedRows[:2], func(f *excelize.File) { must(t, f.SetColVisible("Sheet1", "E", false)) }))
	must(t, err)
	m := parse(t, mapping)
	tab, err := m.Find("annex", sheets)
	must(t, err)
	var p *dataspace.Problem
	if _, err = m.Convert("annex", tab); !errors.As(err, &p) || p.Code != "annex.hidden" || !strings.Contains(p.Message, "阈值") {
		t.Errorf("a hidden column gave %v", err)
	}
	sheets, err = annex.Read("annex", workbook(t, markedRows[:2], func(f *excelize.File) {
		_, err := f.NewSheet("草稿")
		must(t, err, f.SetCellValue("草稿", "A1", "场景"), f.SetSheetVisible("草稿", false))
	}))
	must(t, err)
	if tab, err = m.Find("annex", sheets); err != nil || tab.Sheet != "Sheet1" {
		t.Errorf("beside a hidden sheet: %q, %v", tab.Sheet, err)
	}
	m.Sheet = "草稿"
	if tab, err = m.Find("annex", sheets); err != nil || tab.Sheet != "草稿" {
		t.Errorf("a hidden sheet by its name: %q, %v", tab.Sheet, err)
	}
}

// No file ends the program, and rows are the same with and without marks.
func FuzzReadXLSX(f *testing.F) {
	f.Add(workbook(f, markedRows, mark(f)))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		sheets, err := annex.Read("annex", data)
		if err != nil && sheets != nil {
			t.Error("sheets beside an error")
		}
	})
}
