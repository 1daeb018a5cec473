package annex_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"hutong/internal/annex"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/item"
	"hutong/internal/itemkind"
)

const mapping = `
columns: {scenario: 场景, subcategory: 子类, name_zh: 数据项, pathway: 路径, threshold: 阈值}
values: {scenario: {会员管理: MEMBER}}
constants: {kind: personal, sector: commerce}
fill_down: [scenario, subcategory]
ignore: ['^注']
subject: people
not_stated: none
id_prefix: T-
article: annex, line {line}
source: https://example.com/annex
confidence: VSS
`

const table = `某地数据出境负面清单,,,,
场景,子类,数据项,路径,阈值
会员管理,基本信息,联系方式,标准合同或者认证,10万人以上、不满100万人
,,联系方式,安全评估,100万人以上
,,证件号码,安全评估,1万人以上敏感个人信息
,偏好,房型,免予,
,,订单,标准合同,
注：示例,,,,
`

func parse(t testing.TB, text string) annex.Mapping {
	t.Helper()
	m, err := annex.ParseMapping("mapping.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func convert(t testing.TB, m annex.Mapping, data []byte) annex.Result {
	t.Helper()
	sheets, err := annex.Read("annex", data)
	if err != nil {
		t.Fatal(err)
	}
	tab, err := m.Find("annex", sheets)
	if err != nil {
		t.Fatal(err)
	}
	res, err := m.Convert("annex", tab)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// demands is what an item asks for, by its name.
type demands struct {
	Scenario, Pathway                          string
	Assess, AssessSens, Contract, ContractSens item.Threshold
}

func byName(items []item.Item) map[string]demands {
	out := map[string]demands{}
	for _, it := range items {
		out[it.Subcategory+"/"+it.Name.ZH] = demands{it.Scenario, it.Pathway, it.AssessmentPeople, it.AssessmentSensitive, it.ContractPeople, it.ContractSensitive}
	}
	return out
}

var wantItems = map[string]demands{
	"基本信息/联系方式": {"MEMBER", "by_count", 1_000_000, -1, 100_000, -1},
	"基本信息/证件号码": {"MEMBER", "by_count", -1, 10_000, -1, -1},
	"偏好/房型":     {"MEMBER", "free", 0, 0, 0, 0},
	"偏好/订单":     {"MEMBER", "contract_or_certification", 0, 0, 0, 0},
}

func TestConvertCSV(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(table))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"utf-8": []byte(table), "bom": []byte("\xef\xbb\xbf" + table), "gb18030": gb} {
		res := convert(t, parse(t, mapping), data)
		if diff := cmp.Diff(wantItems, byName(res.Items)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if len(res.Unmapped) != 1 || !res.Unmapped[0].Ignored || res.Open() != 0 || res.Unmapped[0].Line != 8 {
			t.Errorf("%s: unmapped %+v", name, res.Unmapped)
		}
		if a := res.Items[0].Article; a != "annex, line 3" {
			t.Errorf("article %q", a)
		}
	}
}

// The table has merged cells, headers that are not first, and a heading over
// the whole row.
func TestConvertXLSX(t *testing.T) {
	f := excelize.NewFile()
	rows := [][]any{
		{"某地数据出境负面清单"}, {},
		{"场景", "子类", "数据项", "路径", "阈值"},
		{"一、会员"},
		{"会员管理", "基本信息", "联系方式", "标准合同或者认证", "10万人以上、不满100万人"},
		{nil, nil, "联系方式", "安全评估", "100万人以上"},
		{nil, nil, "证件号码", "安全评估", "1万人以上敏感个人信息"},
		{nil, "偏好", "房型", "免予", nil},
		{nil, nil, "订单", "标准合同", nil},
	}
	for i, r := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", cell, &r); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range [][2]string{{"A1", "E1"}, {"A4", "E4"}, {"A5", "A9"}, {"B5", "B7"}, {"B8", "B9"}} {
		if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	res := convert(t, parse(t, strings.Replace(mapping, "fill_down: [scenario, subcategory]\n", "", 1)), b.Bytes())
	if diff := cmp.Diff(wantItems, byName(res.Items)); diff != "" {
		t.Error(diff)
	}
	if res.Open() != 1 || res.Unmapped[0].Line != 4 || !strings.Contains(res.Unmapped[0].Why, "heading") {
		t.Errorf("unmapped %+v", res.Unmapped)
	}
}

// A row that is not understood is kept: as an item with unknown demands, and in
// the list.
func TestConvertNeverGuesses(t *testing.T) {
	head := "场景,子类,数据项,路径,阈值\n"
	for _, c := range []struct{ name, rows, mapping, why string }{
		{"threshold", "会员管理,a,x,安全评估,大量\n", mapping, "is not understood"},
		{"pathway", "会员管理,a,x,视情况,\n", mapping, `pathway "视情况"`},
		{"two_pathways", "会员管理,a,x,安全评估或者标准合同,\n", mapping, "is not understood"},
		{"no_pathway", "会员管理,a,x,,10万人以上\n", mapping, `pathway ""`},
		{"subject", "会员管理,a,x,安全评估,10万人以上\n", strings.Replace(mapping, "subject: people\n", "", 1), "sensitive data is meant"},
		{"two_numbers", "会员管理,a,x,安全评估,10万人以上\n会员管理,a,x,安全评估,20万人以上\n", mapping, "gives two"},
		{"with_and_without", "会员管理,a,x,安全评估,10万人以上\n会员管理,a,x,标准合同,\n", mapping, "with and without"},
		{"gap", "会员管理,a,x,标准合同,1万人以上、不满10万人\n会员管理,a,x,安全评估,100万人以上\n", mapping, "says nothing of 100000 to 999999"},
		{"free_only", "会员管理,a,x,免予,不满10万人\n", mapping, "up to which number it is free"},
		{"assessment_up_to", "会员管理,a,x,安全评估,不满10万人\n", mapping, "up to a number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := convert(t, parse(t, c.mapping), []byte(head+c.rows))
			if len(res.Items) != 1 {
				t.Fatalf("%d items", len(res.Items))
			}
			if want := (demands{"MEMBER", "by_count", 0, 0, 0, 0}); byName(res.Items)["a/x"] != want {
				t.Errorf("%+v", res.Items[0])
			}
			if res.Open() != strings.Count(c.rows, "\n") || !strings.Contains(res.Unmapped[0].Why, c.why) || !res.Unmapped[0].Kept {
				t.Errorf("%+v, want %q", res.Unmapped, c.why)
			}
		})
	}
	// Above the end of a range an unknown requirement applies.
	res := convert(t, parse(t, mapping), []byte(head+"会员管理,a,x,标准合同,1万人以上、不满10万人\n"))
	if got := byName(res.Items)["a/x"]; got != (demands{"MEMBER", "by_count", 0, -1, 10_000, -1}) {
		t.Errorf("%+v", got)
	}
	// Important data needs an assessment for any number of people.
	important := strings.Replace(mapping, "kind: personal", "kind: 重要数据", 1)
	res = convert(t, parse(t, important), []byte(head+"会员管理,a,x,安全评估,10万人以上\n"))
	if it := res.Items[0]; it.Kind != "important" || it.Pathway != "security_assessment" || it.AssessmentPeople != 0 || res.Open() != 0 {
		t.Errorf("%+v %+v", it, res.Unmapped)
	}
	// No row is lost.
	res = convert(t, parse(t, mapping), []byte(head+"会员管理,a,,安全评估,\n\n,,,,\n只有一格\n"))
	if len(res.Items) != 0 || res.Open() != 2 {
		t.Errorf("%+v", res)
	}
}

func TestMappingRefused(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"key":        {"subject: people", "subjet: people", "unknown field"},
		"field":      {"name_zh: 数据项", "name_cn: 数据项", "not a field of an item"},
		"name":       {"name_zh: 数据项, ", "", "columns.name_zh is missing"},
		"kind":       {"kind: personal, ", "", "kind is neither"},
		"basis":      {"source: https://example.com/annex", "", "one is missing"},
		"subject":    {"subject: people", "subject: dogs", "none of people"},
		"not_stated": {"not_stated: none", "not_stated: maybe", "neither none nor unknown"},
		"ignore":     {"'^注'", "'('", "is not a valid pattern"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := annex.ParseMapping("mapping.yaml", []byte(strings.Replace(mapping, c.from, c.to, 1)))
			if !errors.Is(err, dataspace.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	m := parse(t, strings.Replace(mapping, "阈值", "门槛", 1))
	sheets, err := annex.Read("annex", []byte(table))
	if err != nil {
		t.Fatal(err)
	}
	tab, err := m.Find("annex", sheets)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Convert("annex", tab); err == nil || !strings.Contains(err.Error(), "门槛") {
		t.Errorf("a column that is not there: %v", err)
	}
}

func TestTemplate(t *testing.T) {
	sheets, err := annex.Read("annex", []byte(table))
	if err != nil {
		t.Fatal(err)
	}
	var m annex.Mapping
	tab, err := m.Find("annex", sheets)
	if err != nil || tab.Line != 2 {
		t.Fatal(tab.Line, err)
	}
	want := map[annex.Field]string{annex.Scenario: "场景", annex.Subcategory: "子类", annex.NameZH: "数据项", annex.Pathway: "路径", annex.Threshold: "阈值"}
	if diff := cmp.Diff(want, tab.Propose()); diff != "" {
		t.Error(diff)
	}
	text, err := tab.Template()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := annex.ParseMapping("m", text); err == nil || !strings.Contains(err.Error(), "kind") {
		t.Errorf("a template passes as it is: %v", err)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, data := range map[string]string{"charset": "场景\xff\xff", "quote": "a,\"b\n", "zip": "PK\x03\x04nothing"} {
		if _, err := annex.Read("annex", []byte(data)); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDiff(t *testing.T) {
	m := parse(t, mapping)
	old := convert(t, m, []byte(table)).Items
	now := convert(t, m, []byte(strings.NewReplacer("100万人", "200万人", ",,订单,标准合同,", ",,昵称,免予,").Replace(table))).Items
	var got []string
	for _, c := range annex.Diff(old, now, itemkind.Standard()) {
		got = append(got, c.Kind+" "+c.Text.EN[strings.Index(c.Text.EN, "("):])
		if c.Text.ZH == "" {
			t.Errorf("%s has no Chinese", c.Item)
		}
	}
	want := []string{
		"removed (MEMBER / 偏好 / 订单) no longer on the list: data of it may leave freely in a listed scenario",
		"changed (MEMBER / 基本信息 / 联系方式): now assessment from 2000000 people, contract or certification from 100000 people; was assessment from 1000000 people, contract or certification from 100000 people",
		"added (MEMBER / 偏好 / 昵称) newly on the list: free",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if c := annex.Diff(now, now, itemkind.Standard()); len(c) != 0 {
		t.Errorf("%+v", c)
	}
}

// No bytes cause a panic. Every row that is not blank is in an item or in the
// list, and the items load.
func FuzzConvertCSV(f *testing.F) {
	f.Add([]byte(table))
	f.Add([]byte("场景,子类,数据项,路径,阈值\n会员管理,a,x,安全评估,大量\n"))
	m := parse(f, strings.Replace(mapping, "columns:", "header_row: 1\ncolumns:", 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		sheets, err := annex.Read("annex", data)
		if err != nil {
			return
		}
		tab, err := m.Find("annex", sheets)
		if err != nil {
			return
		}
		res, err := m.Convert("annex", tab)
		if err != nil || len(res.Items) == 0 {
			return
		}
		text, err := item.Write(res.Items)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := item.Parse("items.csv", text, itemkind.Standard()); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
	})
}

func TestMatch(t *testing.T) {
	email, id := dataspace.ElementID("email"), dataspace.ElementID("cn_resident_id")
	p := dataspace.Profile{Columns: []dataspace.ColumnProfile{
		{Name: "邮箱", Element: &email}, {Name: "sfz", Element: &id}, {Name: "房型偏好"}, {Name: "x"},
	}}
	items := []item.Item{
		{ID: "A", Scenario: "S1", Name: dataspace.Text{ZH: "联系方式"}, Elements: []dataspace.ElementID{"email"}, Headers: []string{"邮箱"}},
		{ID: "B", Scenario: "S1", Name: dataspace.Text{ZH: "会员房型偏好"}},
		{ID: "C", Scenario: "S1", Name: dataspace.Text{ZH: "证件"}, Description: "登记的居民身份证号码"},
		{ID: "D", Scenario: "S2", Name: dataspace.Text{ZH: "房型偏好"}},
		{ID: "E", Scenario: "S1", Name: dataspace.Text{ZH: "水文实测"}},
	}
	var got []string
	for _, c := range annex.Match(element.Builtin(), items, "S1", p) {
		got = append(got, c.Item.ID)
		if c.Score <= 0 || c.Score > 1 || len(c.Why) == 0 {
			t.Errorf("%+v", c)
		}
	}
	if diff := cmp.Diff([]string{"A", "B", "C"}, got); diff != "" {
		t.Error(diff)
	}
	if all := annex.Match(element.Builtin(), items, "", p); len(all) != 4 {
		t.Errorf("%d candidates over all scenarios", len(all))
	}
	if none := annex.Match(element.Builtin(), items, "S1", dataspace.Profile{Columns: []dataspace.ColumnProfile{{Name: "x"}}}); len(none) != 0 {
		t.Errorf("%+v", none)
	}
}

// crafted is an XLSX of one sheet with exactly the given rows.
func crafted(t testing.TB, sheet string) []byte {
	t.Helper()
	f := excelize.NewFile()
	var plain bytes.Buffer
	if err := f.Write(&plain); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(plain.Bytes()), int64(plain.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range z.File {
		if part.Name != "xl/worksheets/sheet1.xml" {
			if err := w.Copy(part); err != nil {
				t.Fatal(err)
			}
			continue
		}
		p, err := w.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(p, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`+sheet+`</worksheet>`); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestSmallFileStaysSmall: a short file must not expand to a long table.
func TestSmallFileStaysSmall(t *testing.T) {
	var far, wide, merged strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&far, `<row r="%d"><c r="XFD%d"><v>1</v></c></row>`, i+1, i+1)
		fmt.Fprintf(&merged, `<mergeCell ref="A1:GR%d"/>`, 20_000-i%7)
		fmt.Fprintf(&wide, `<row r="%d"><c r="A%d"><v>1</v></c></row>`, i+1, i+1)
	}
	for name, data := range map[string][]byte{
		"cells at the far end":      crafted(t, `<sheetData>`+far.String()+`</sheetData>`),
		"merged over and over":      crafted(t, `<sheetData>`+wide.String()+`</sheetData><mergeCells>`+merged.String()+`</mergeCells>`),
		"a row behind all the rest": crafted(t, `<sheetData><row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>`),
		"nothing but commas":        bytes.Repeat([]byte(","), 2_000_000),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := annex.Read("annex", data)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
		if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 1000 {
			t.Errorf("%s: %d bytes took %d MB", name, len(data), mb)
		}
	}
}
