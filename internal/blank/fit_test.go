package blank_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"hutong/internal/blank"
	"hutong/internal/dataspace"
)

// Each answer goes into a blank of its form, and into no other.
func TestFit(t *testing.T) {
	dropDown := func(kind string) string {
		return `<w:p><w:r><w:t>方式：</w:t></w:r><w:sdt><w:sdtPr><w:` + kind + `><w:listItem w:displayText="甲法" w:value="1"/><w:listItem w:value="乙法"/></w:` + kind + `><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>选择</w:t></w:r></w:sdtContent></w:sdt></w:p>`
	}
	day := blank.Answer{Path: "a.day", Text: "2026年6月1日", Day: "2026-06-01"}
	yes, no := blank.Answer{Path: "a.yes", Text: "是", Says: []string{"是", "yes"}, Switch: true, On: true}, blank.Answer{Path: "a.yes", Text: "否", Says: []string{"否", "no"}, Switch: true}
	for name, c := range map[string]struct {
		body   string
		answer blank.Answer
		want   blank.Value
		ok     bool
		none   bool
		code   string
	}{
		"text":          {line("名称：____"), blank.Answer{Text: "甲"}, blank.Value{Text: "甲"}, true, false, ""},
		"yes-in-text":   {line("名称：____"), yes, blank.Value{}, false, false, ""},
		"ten-thousands": {line("规模：____万人"), blank.Answer{Text: "520000", Number: true}, blank.Value{Text: "52"}, true, false, ""},
		"fraction":      {line("规模：____万人，"), blank.Answer{Text: "1230", Number: true}, blank.Value{Text: "0.123"}, true, false, ""},
		"text-in-unit":  {line("规模：____万"), blank.Answer{Text: "约五十"}, blank.Value{}, false, false, ""},
		"one-by-one":    {line("规模：____人"), blank.Answer{Text: "520000", Number: true}, blank.Value{Text: "520000"}, true, false, ""},
		"no-unit":       {line("名称：____百货公司"), blank.Answer{Text: "甲"}, blank.Value{Text: "甲"}, true, false, ""},
		"day":           {line("于__年__月__日"), day, blank.Value{Day: []string{"2026", "6", "1"}}, true, false, ""},
		"text-in-day":   {line("于__年__月__日"), blank.Answer{Text: "甲"}, blank.Value{}, false, false, ""},
		"day-in-text":   {line("于____"), day, blank.Value{Text: "2026年6月1日"}, true, false, ""},
		"box":           {line("是否：□是 □否"), no, blank.Value{Option: 1}, true, false, ""},
		"ring":          {line("是否：○ 是 ○ 否"), yes, blank.Value{Option: 0}, true, false, ""},
		"no-box":        {line("是否：□有 □无"), yes, blank.Value{Option: -1}, false, false, ""},
		"only-box-no":   {line("□无法定代表人"), no, blank.Value{}, false, true, ""},
		"only-box-yes":  {line("□ 没有"), blank.Answer{Says: []string{"没有"}, Switch: true, On: true}, blank.Value{Option: 0}, true, false, ""},
		"two-boxes":     {line("是否：□是 □是"), yes, blank.Value{}, false, false, "form.twoboxes"},
		"ticked":        {line("是否：□是 ☑否"), yes, blank.Value{}, false, false, "form.ticked"},
		"ticked-same":   {line("是否：☑是 □否"), yes, blank.Value{Option: 0}, true, false, ""},
		"list":          {dropDown("dropDownList"), blank.Answer{Text: "甲法"}, blank.Value{Text: "甲法"}, true, false, ""},
		"list-value":    {dropDown("dropDownList"), blank.Answer{Text: "乙法"}, blank.Value{Text: "乙法"}, true, false, ""},
		"list-no-other": {dropDown("dropDownList"), blank.Answer{Text: "丙法"}, blank.Value{Text: "丙法"}, false, false, ""},
		"list-other":    {dropDown("comboBox"), blank.Answer{Text: "丙法"}, blank.Value{Text: "丙法"}, true, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := open(t, form(c.body))
			if len(f.Blanks) != 1 {
				t.Fatalf("%v", labelsOf(f))
			}
			v, ok, none, err := f.Blanks[0].Fit(c.answer)
			var p *dataspace.Problem
			if c.code != "" {
				if !errors.As(err, &p) || p.Code != c.code || !strings.Contains(p.Place, "document, paragraph 1 (b1, 是否)") {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || ok != c.ok || none != c.none || ok && (v.Text != c.want.Text || v.Option != c.want.Option || !slices.Equal(v.Day, c.want.Day)) {
				t.Errorf("%+v, %v, %v, %v", v, ok, none, err)
			}
		})
	}
}

// Each rule for the words can fail.
func TestCheck(t *testing.T) {
	asked := func(path, option string) bool {
		return strings.HasPrefix(path, "a.") && (option == "" || option == "x")
	}
	good := func() *blank.Words {
		return &blank.Words{
			Contexts: []blank.Context{{ID: "c", Words: []string{"甲"}}, {ID: "d", Words: []string{"乙"}, Within: "c"}},
			Labels:   []blank.Entry{{Answer: "a.b", To: "a.c", In: []string{"d"}, ZH: []string{"丙"}, Options: map[string][]string{"x": {"丁"}}}},
		}
	}
	if err := good().Check(asked); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*blank.Words){
		"no-words":   func(w *blank.Words) { w.Contexts[0].Words = nil },
		"within":     func(w *blank.Words) { w.Contexts[1].Within = "e" },
		"answer":     func(w *blank.Words) { w.Labels[0].Answer = "b.b" },
		"to":         func(w *blank.Words) { w.Labels[0].To = "b.b" },
		"no-answer":  func(w *blank.Words) { w.Labels[0].Answer, w.Labels[0].Options = "", nil },
		"no-label":   func(w *blank.Words) { w.Labels[0].ZH = nil },
		"no-context": func(w *blank.Words) { w.Labels[0].In = []string{"e"} },
		"no-option":  func(w *blank.Words) { w.Labels[0].Options = map[string][]string{"y": {"丁"}} },
	} {
		w := good()
		change(w)
		if w.Check(asked) == nil {
			t.Errorf("%s: it is taken", name)
		}
	}
}

// The second day of a period is known by the word before it.
func TestEnds(t *testing.T) {
	var got []bool
	for _, b := range open(t, form(line("自__年__月__日至__年__月__日，传真：____"))).Blanks {
		got = append(got, words.Ends(b))
	}
	if !slices.Equal(got, []bool{false, true, false}) {
		t.Errorf("%v", got)
	}
}

// Signs of fonts of pictures, looks with tracked changes, and odd tables do no harm.
func TestOddForms(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"wingdings-2": {`<w:p><w:r><w:sym w:font="Wingdings 2" w:char="0052"/><w:t>是 </w:t><w:sym w:font="Wingdings 2" w:char="F0A3"/><w:t>否</w:t></w:r></w:p>`, []string{"boxes - 是|否"}},
		"other-font":  {`<w:p><w:r><w:sym w:font="Symbol" w:char="F0A8"/><w:sym w:font="Wingdings" w:char="zz"/><w:t>名称</w:t></w:r></w:p>`, nil},
		"no-row":      {`<w:tc><w:p/></w:tc><w:gridBefore w:val="2"/>`, nil},
		"wide":        {`<w:tbl><w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr><w:tc><w:tcPr><w:gridSpan w:val="900"/></w:tcPr>` + line("名称") + `</w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>`, []string{"text 名称"}},
		"merged":      {`<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>` + line("名称") + `</w:tc><w:tc><w:p/></w:tc></w:tr><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>`, []string{"text 名称", "text 名称"}},
		"tracked":     {`<w:tbl><w:tr><w:tc>` + line("名称") + `</w:tc><w:tc><w:p><w:pPr><w:rPr><w:ins w:id="1"/></w:rPr></w:pPr></w:p></w:tc></w:tr></w:tbl>`, []string{"text 名称"}},
		"look":        {`<w:tbl><w:tr><w:tc>` + line("名称") + `</w:tc><w:tc><w:p><w:pPr><w:rPr><w:b/></w:rPr></w:pPr></w:p></w:tc></w:tr></w:tbl>`, []string{"text 名称"}},
		"spaces":      {`<w:tbl><w:tr><w:tc>` + line("名称") + `</w:tc><w:tc>` + line("  ") + `</w:tc></w:tr></w:tbl>`, []string{"text 名称"}},
		"breaks":      {`<w:p><w:r><w:t>名称：____</w:t><w:br/><w:t>电话</w:t><w:noBreakHyphen/><w:t>1：____</w:t></w:r></w:p>`, []string{"text 名称", "text 电话-1"}},
		"whole-block": {`<w:sdt><w:sdtPr><w:tag w:val="a.name"/><w:showingPlcHdr/></w:sdtPr><w:sdtContent>` + line("点击输入") + line("第二段") + `</w:sdtContent></w:sdt>`, []string{"text a.name", "text a.name"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := open(t, form(c.body))
			if got := labelsOf(f); !slices.Equal(got, c.want) {
				t.Fatalf("%q", got)
			}
			values := map[string]blank.Value{}
			for _, b := range f.Blanks {
				values[b.ID] = blank.Value{Text: "甲"}
			}
			filled, err := f.Fill(values)
			if err != nil {
				t.Fatal(err)
			}
			doc := unzip(t, filled.Data)["word/document.xml"]
			if name == "look" != strings.Contains(doc, `<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">甲</w:t></w:r>`) {
				t.Error("the value has not the look of its place")
			}
		})
	}
}

// A blank behind the text of a box belongs to that box, and the next question does
// not.
func TestWithin(t *testing.T) {
	for body, want := range map[string][]int{
		line("方式：□一 □其他：____"):           {1},
		line("方式：□是（名称：____） □否"):        {0},
		line("方式：□是，于__年__月__日 □否"):      {0},
		line("方式：□一 □二    名称：____"):      {-1},
		line("方式：□一 □二；名称：____ 地址：____"): {-1, -1},
		line("方式：____ □一 □二"):            {-1},
		line("甲方【□已／□约定】于__年__月__日"):     {-1},
	} {
		var got []int
		for _, b := range open(t, form(body)).Blanks {
			switch {
			case b.Kind == blank.Boxes:
			case b.Within == nil:
				got = append(got, -1)
			default:
				got = append(got, b.Option)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", body, got, want)
		}
	}
}

// The squares of a code take one character each, and only a code of their number.
func TestSquares(t *testing.T) {
	squares := `<w:tbl><w:tr><w:tc>` + line("代码") + `</w:tc><w:tc><w:tbl>` + cells("", "", "", "", "", "") + `</w:tbl><w:p/></w:tc></w:tr></w:tbl>`
	f := open(t, form(squares))
	if got := labelsOf(f); !slices.Equal(got, []string{"text 代码"}) {
		t.Fatalf("%q", got)
	}
	if _, ok, _, _ := f.Blanks[0].Fit(blank.Answer{Text: "12345"}); ok {
		t.Error("a code of five is put into six squares")
	}
	v, ok, _, err := f.Blanks[0].Fit(blank.Answer{Text: "12 3X5Z"})
	if err != nil || !ok {
		t.Fatalf("%v, %v", ok, err)
	}
	filled, err := f.Fill(map[string]blank.Value{"b1": v})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(strings.Fields(shown(t, filled.Data)), "|"); got != "代码|1|2|3|X|5|Z" || filled.Before != filled.After {
		t.Errorf("%s", got)
	}
}

// A label may ask only with certain words, units or heads of rows.
func TestSuits(t *testing.T) {
	w := blank.Words{Labels: []blank.Entry{
		{Answer: "a", ZH: []string{"甲"}, Ends: []string{"于"}, With: []string{"商业行为"}},
		{Answer: "b", ZH: []string{"涉及"}, Units: []string{"人"}},
		{Answer: "c", ZH: []string{"种类"}}, {Answer: "d", ZH: []string{"种类"}, Rows: []string{"敏感"}},
		{Answer: "e", ZH: []string{"英文名称"}, English: true},
	}}
	w.Prepare()
	for body, want := range map[string][]string{
		line("与此相关的商业行为，双方于____"): {"a"},
		line("商业行为。双方于____"):      {""},
		line("涉及____人，"):          {"b"},
		line("涉及____人员"):          {""},
		line("（英文名称）____"):        {"e/en"},
		`<w:tbl>` + cells("类别", "种类") + cells("敏感", "") + cells("一般", "") + `</w:tbl>`: {"d", ""},
		`<w:tbl>` + cells("", "种类") + cells("", "") + `</w:tbl>`:                       {"c"},
	} {
		var got []string
		for _, b := range open(t, form(body)).Blanks {
			one := ""
			for _, f := range w.Find(b) {
				one += f.Answer
				if f.English {
					one += "/en"
				}
			}
			got = append(got, one)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}
