package blank_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/blank"
	"hutong/internal/dataspace"
)

// form makes a document of the XML of its body.
func init() { words.Prepare() }

func form(body string) []byte {
	return partsOf(`<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>`+body+`</w:body></w:document>`, `<w:p/>`, `<w:p/>`, "仿宋")
}

// line is a paragraph of one run.
func line(text string) string {
	return `<w:p><w:r><w:t xml:space="preserve">` + text + `</w:t></w:r></w:p>`
}

func cells(texts ...string) string {
	out := `<w:tr>`
	for _, t := range texts {
		out += `<w:tc>` + line(t) + `</w:tc>`
	}
	return strings.ReplaceAll(out, `<w:r><w:t xml:space="preserve"></w:t></w:r>`, "") + `</w:tr>`
}

func open(t testing.TB, data []byte) *blank.Form {
	t.Helper()
	f, err := blank.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func unzip(t testing.TB, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(text)
	}
	return out
}

var (
	tags  = regexp.MustCompile(`<[^>]*>`)
	lines = regexp.MustCompile(`</[a-z]+:p>|<[a-z]+:br/>|<[a-z]+:p/>`)
)

// shown is the text of a document, a line for each paragraph.
func shown(t testing.TB, data []byte) string {
	t.Helper()
	return tags.ReplaceAllString(lines.ReplaceAllString(unzip(t, data)["word/document.xml"], "\n"), "")
}

func labelsOf(f *blank.Form) []string {
	var out []string
	for _, b := range f.Blanks {
		label := "-"
		if len(b.Labels) > 0 {
			label = b.Labels[0].Text
		}
		one := string(b.Kind) + " " + label
		if b.Faint {
			one += " faint"
		}
		if len(b.Options) > 0 {
			one += " " + strings.Join(b.Options, "|")
		}
		out = append(out, one)
	}
	return out
}

// Each way in which forms leave a blank is found, with its label, and filled.
func TestBlanks(t *testing.T) {
	const u = `<w:rPr><w:u w:val="single"/></w:rPr>`
	for name, c := range map[string]struct {
		body string
		want []string
		text string // after b1 is filled with 甲
	}{
		"underscores":      {line("名称：____"), []string{"text 名称"}, "名称：甲"},
		"wide-underscores": {line("名称：＿＿ 号"), []string{"text 名称"}, "名称：甲 号"},
		"split":            {`<w:p><w:r><w:t>名</w:t></w:r><w:r><w:t>称：__</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:t>__</w:t></w:r><w:bookmarkStart w:id="1" w:name="a"/><w:r><w:t>_。</w:t></w:r></w:p>`, []string{"text 名称"}, "名称：甲。"},
		"one-underscore":   {line("a_b 名称"), nil, "a_b 名称"},
		"underlined":       {`<w:p><w:r><w:t>名称：</w:t></w:r><w:r>` + u + `<w:t xml:space="preserve">    </w:t></w:r></w:p>`, []string{"text 名称"}, "名称： 甲 "},
		"underlined-tab":   {`<w:p><w:r><w:t>名称：</w:t></w:r><w:r>` + u + `<w:tab/><w:t xml:space="preserve"> </w:t><w:tab/></w:r></w:p>`, []string{"text 名称"}, "名称： 甲 "},
		"underlined-none":  {`<w:p><w:r><w:t>名称</w:t></w:r><w:r><w:rPr><w:u w:val="none"/></w:rPr><w:t xml:space="preserve">    </w:t></w:r></w:p>`, nil, "名称    "},
		"underlined-text":  {`<w:p><w:r><w:t>名称：</w:t></w:r><w:r>` + u + `<w:t xml:space="preserve">   乙公司   </w:t></w:r></w:p>`, nil, "名称：   乙公司   "},
		"brackets":         {line("名称（    ）"), []string{"text 名称"}, "名称（甲）"},
		"empty-brackets":   {line("名称（）"), []string{"text 名称"}, "名称（甲）"},
		"call":             {line("f() 和 []"), nil, "f() 和 []"},
		"after":            {line("由____（单位名称）提出"), []string{"text 由"}, "由甲（单位名称）提出"},
		"colon":            {line("名称："), []string{"text 名称 faint"}, "名称：甲"},
		"colon-room":       {line("名称：      电话："), []string{"text 名称 faint", "text 电话 faint"}, "名称： 甲 电话："},
		"colon-text":       {line("名称：乙公司"), nil, "名称：乙公司"},
		"title-marks":      {`<w:tbl>` + cells("名称", "《____》") + `</w:tbl>`, []string{"text 名称"}, "名称\n《甲》"},
		"unit-cell":        {`<w:tbl>` + cells("人数", "人") + `</w:tbl>`, []string{"text 人数"}, "人数\n甲人"},
		"word-cell":        {`<w:tbl>` + cells("人数", "姓名") + `</w:tbl>`, nil, "人数\n姓名"},
		"two-in-cell":      {`<w:tbl>` + cells("电话/邮箱", "____/____") + `</w:tbl>`, []string{"text 电话", "text 邮箱"}, "电话/邮箱\n甲/____"},
		"room-in-cell":     {`<w:tbl><w:tr><w:tc>` + line("名称：") + `<w:p/></w:tc></w:tr></w:tbl>`, []string{"text 名称 faint"}, "名称：\n甲"},
		"form-field":       {`<w:p><w:r><w:t>名称：</w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> FORMTEXT </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t xml:space="preserve">     </w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t xml:space="preserve">     乙</w:t></w:r></w:p>`, []string{"text 名称"}, "名称： FORMTEXT  甲      乙"},
		"month":            {line("完成：____年__月。"), []string{"date 完成"}, ""},
		"month-of-day":     {line("完成：____年__月1日"), []string{"text 完成", "text 年"}, "完成：甲年__月1日"},
		"boxes-bracketed":  {line("双方【□已／□约定】于__年__月__日"), []string{"boxes - 已|约定", "date 于"}, ""},
		"boxes-behind":     {line("性质：是□　否□"), []string{"boxes 性质 是|否"}, ""},
		"boxes-numbered":   {line("选择：") + line("□1.仲裁。提交") + line("□甲会") + line("□乙会") + line("照其规则；") + line("□2.诉讼。"), []string{"boxes 选择 1.仲裁|2.诉讼", "boxes - 甲会|乙会"}, ""},
		"above-table":      {line("方式：") + `<w:tbl>` + cells("甲", "") + `</w:tbl>`, []string{"text 甲"}, "方式：\n甲\n甲"},
		"next-line":        {line("下列措施：") + line("____"), []string{"text 下列措施"}, "下列措施：\n甲"},
		"date":             {line("签于    年  月  日"), []string{"date 签于"}, ""},
		"date-alone":       {line("____年__月__日"), []string{"date 年月日"}, ""},
		"boxes":            {line("性质：□是 □否"), []string{"boxes 性质 是|否"}, ""},
		"boxes-below":      {line("机构：") + line("☐ 甲会") + line("☐ 乙会"), []string{"boxes 机构 甲会|乙会"}, ""},
		"brackets-near":    {line("性质：（ ）国有（ ）民营"), []string{"boxes 性质 国有|民营"}, ""},
		"brackets-boxes":   {line("性质：（ ）国有 （ ）民营"), []string{"boxes 性质 国有|民营"}, ""},
		"two-questions":    {line("性质：□是 □否；行业：□一 □二"), []string{"boxes 性质 是|否", "boxes 行业 一|二"}, ""},
		"left":             {`<w:tbl>` + cells("名称", "") + `</w:tbl>`, []string{"text 名称"}, "名称\n甲"},
		"above":            {`<w:tbl>` + cells("序号", "名称") + cells("1", "") + `</w:tbl>`, []string{"text 名称"}, "序号\n名称\n1\n甲"},
		"paragraph-only":   {`<w:tbl><w:tr><w:tc>` + line("名称") + `</w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>`, []string{"text 名称"}, "名称\n甲"},
		"held":             {`<w:p><w:r><w:t>名称：</w:t></w:r><w:sdt><w:sdtPr><w:alias w:val="名称"/><w:showingPlcHdr/><w:dataBinding w:xpath="/a"/></w:sdtPr><w:sdtContent><w:r><w:t>点击输入</w:t></w:r></w:sdtContent></w:sdt></w:p>`, []string{"text 名称"}, "名称：甲"},
		"said":             {`<w:p><w:r><w:t>名称：</w:t></w:r><w:sdt><w:sdtPr><w:alias w:val="名称"/></w:sdtPr><w:sdtContent><w:r><w:t>乙公司</w:t></w:r></w:sdtContent></w:sdt></w:p>`, nil, "名称：乙公司"},
		"text-box":         {`<w:p><w:r><w:pict><w:txbxContent>` + line("编号：____") + `</w:txbxContent></w:pict></w:r></w:p>`, []string{"text 编号"}, "编号：甲\n"},
		"hidden":           {`<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>证件：____</w:t></w:r><w:r><w:t>名称：____</w:t></w:r></w:p>`, []string{"text 名称"}, "证件：____名称：甲"},
		"entity":           {line("A&amp;B 名称：__&#95;_ &lt;"), []string{"text A&B 名称"}, "A&amp;B 名称：甲 &lt;"},
	} {
		t.Run(name, func(t *testing.T) {
			data := form(c.body)
			f := open(t, data)
			if diff := cmp.Diff(c.want, labelsOf(f)); diff != "" {
				t.Fatal(diff)
			}
			if len(f.Blanks) == 0 || f.Blanks[0].Kind != blank.Text {
				return
			}
			filled, err := f.Fill(map[string]blank.Value{"b1": {Text: "甲"}})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimSpace(shown(t, filled.Data)); got != strings.TrimSpace(c.text) {
				t.Errorf("%q, want %q", got, c.text)
			}
			if filled.Before != filled.After || filled.Before != f.Fixed() {
				t.Error("the fixed text has another digest")
			}
			if strings.Contains(unzip(t, filled.Data)["word/document.xml"], "showingPlcHdr") {
				t.Error("the control still asks for a text")
			}
		})
	}
}

// A date gets its year, month and day; a box is ticked in its own way.
func TestDatesAndBoxes(t *testing.T) {
	box := func(label string) string {
		return `<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="0"/><w14:checkedState w14:val="00FE" w14:font="Wingdings"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:t>☐</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t>` + label + `</w:t></w:r>`
	}
	for name, c := range map[string]struct {
		body  string
		value blank.Value
		want  string
	}{
		"date":    {line("于__年_月__日"), blank.Value{Day: []string{"2026", "6", "1"}}, "于2026年6月1日"},
		"spaces":  {line("于    年  月  日"), blank.Value{Day: []string{"2026", "6", "1"}}, "于 2026 年 6 月 1 日"},
		"box":     {line("□是 □否"), blank.Value{Option: 1}, "□是 ☑否"},
		"bracket": {line("（ ）是 （）否"), blank.Value{Option: 1}, "（ ）是 （√）否"},
		"sign":    {`<w:p><w:r><w:sym w:font="Wingdings" w:char="F0A8"/><w:t>是 </w:t><w:sym w:font="Wingdings" w:char="F0A8"/><w:t>否</w:t></w:r></w:p>`, blank.Value{Option: 0}, "☑是 否"},
		"control": {`<w:p>` + box("是 ") + box("否") + `</w:p>`, blank.Value{Option: 0}, "\u00fe是 ☐否"},
		"ticked":  {line("☑是 □否"), blank.Value{Option: 0}, "☑是 □否"},
	} {
		t.Run(name, func(t *testing.T) {
			f := open(t, form(c.body))
			if len(f.Blanks) != 1 {
				t.Fatalf("%v", labelsOf(f))
			}
			filled, err := f.Fill(map[string]blank.Value{"b1": c.value})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimSpace(shown(t, filled.Data)); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if name == "control" && strings.Count(unzip(t, filled.Data)["word/document.xml"], `<w14:checked w14:val="1"/>`) != 1 {
				t.Error("the control is not ticked")
			}
		})
	}
	if f := open(t, form(line("☑是 □否"))); f.Blanks[0].Ticked() != 0 {
		t.Error("a box that is ticked is taken for an empty one")
	}
}

// Every part of the stand-ins that has no filled blank keeps its bytes, compressed
// as they are; the others differ in their blanks only.
func TestNothingElseChanges(t *testing.T) {
	for name, make := range standins {
		t.Run(name, func(t *testing.T) {
			data := make()
			f := open(t, data)
			values := map[string]blank.Value{}
			for i, b := range f.Blanks {
				values[b.ID] = blank.Value{Text: fmt.Sprintf("值&<%d>\n二", i), Day: []string{"2026", "6", "1"}}
			}
			filled, err := f.Fill(values)
			if err != nil {
				t.Fatal(err)
			}
			if len(f.Blanks) < 8 {
				t.Errorf("only %d blanks", len(f.Blanks))
			}
			if filled.Before != filled.After {
				t.Error("the fixed text changed")
			}
			again, err := f.Fill(values)
			if err != nil || !bytes.Equal(again.Data, filled.Data) {
				t.Errorf("the same values give other bytes: %v", err)
			}
			same := rawParts(t, data)
			for part, raw := range rawParts(t, filled.Data) {
				if part != "word/document.xml" && part != "word/footer1.xml" && !bytes.Equal(raw, same[part]) {
					t.Errorf("%s has other bytes", part)
				}
			}
			none, err := f.Fill(nil)
			if err != nil || !bytes.Equal(none.Data, data) {
				t.Errorf("with nothing to fill it is not the same file: %v", err)
			}
			for i := range f.Blanks {
				if f.Blanks[i].Kind == blank.Text && !strings.Contains(shown(t, filled.Data)+unzip(t, filled.Data)["word/footer1.xml"], fmt.Sprintf("值&amp;&lt;%d&gt;", i)) {
					t.Errorf("%s has no value", f.Blanks[i].Place)
				}
			}
		})
	}
}

// rawParts are the parts of a package as they are stored.
func rawParts(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestRefused(t *testing.T) {
	part := func(name, from, to string) []byte {
		var parts [][2]string
		all := unzip(t, form(line("名称：____")))
		for _, n := range []string{"[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/_rels/document.xml.rels", "word/header1.xml", "word/footer1.xml", "word/styles.xml"} {
			text := all[n]
			if n == name {
				if !strings.Contains(text, from) {
					t.Fatalf("%s has no %q", n, from)
				}
				text = strings.Replace(text, from, to, 1)
			}
			parts = append(parts, [2]string{n, text})
		}
		return docx(parts...)
	}
	for name, data := range map[string][]byte{
		"no-zip":       []byte("PK not"),
		"override":     form(line("名\u202e称：____")),
		"isolate":      form(line("名&#x2066;称：____")),
		"bdo":          form(`<w:p><w:bdo w:val="rtl"><w:r><w:t>名称：____</w:t></w:r></w:bdo></w:p>`),
		"dde":          form(`<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DDE</w:instrText></w:r><w:r><w:instrText>AUTO c:\\a.exe</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`),
		"include":      form(`<w:p><w:fldSimple w:instr=" INCLUDETEXT \\evil\a.docx "><w:r><w:t>a</w:t></w:r></w:fldSimple></w:p>`),
		"chunk":        form(`<w:altChunk r:id="rId9"/>`),
		"macro":        part("[Content_Types].xml", "document.main+xml", "document.macroEnabled.main+xml"),
		"external":     part("word/_rels/document.xml.rels", "</Relationships>", `<Relationship Id="r9" Type="http://x/image" Target="http://evil.example/a.png" TargetMode="External"/></Relationships>`),
		"chunk-part":   part("word/_rels/document.xml.rels", "</Relationships>", `<Relationship Id="r9" Type="http://x/aFChunk" Target="a.html"/></Relationships>`),
		"doctype":      part("word/document.xml", "<w:document", `<!DOCTYPE a [<!ENTITY b "c">]><w:document`),
		"entity-else":  part("word/styles.xml", "<w:styles", `<!DOCTYPE a [<!ENTITY b "c">]><w:styles`),
		"own-entity":   form(line("名称：____&b;")),
		"cdata":        form(line("名称：<![CDATA[____]]>")),
		"unclosed":     form(`<w:p>`),
		"deep":         form(strings.Repeat("<w:a>", 400) + strings.Repeat("</w:a>", 400)),
		"many":         form(line(strings.Repeat("____x", 2001))),
		"bomb":         part("word/document.xml", "<w:body>", "<w:body>"+strings.Repeat(line("名称：__"), 700_000)),
		"other-letter": part("word/document.xml", `encoding="UTF-8"`, `encoding="GB18030"`),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := blank.Open(data)
			var p *dataspace.Problem
			if !errors.As(err, &p) || !errors.Is(err, dataspace.ErrInvalid) || p.Place == "" || p.Hint == "" {
				t.Errorf("got %v", err)
			}
		})
	}
}

// An unseen character in a value is refused with the place of the blank.
func TestUnseenValue(t *testing.T) {
	f := open(t, form(line("名称：____")))
	for _, bad := range []string{"甲\u202e乙", "a\u2066b", "a\u200bb", "\ufeffa", "a\u00adb", "a\x07b", "a\u3164b"} {
		_, err := f.Fill(map[string]blank.Value{"b1": {Text: bad}})
		var p *dataspace.Problem
		if !errors.As(err, &p) || p.Code != "document.unseen" || p.Place != "document, paragraph 1" {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := f.Fill(map[string]blank.Value{"b1": {Text: "甲　乙\t丙\n丁"}}); err != nil {
		t.Error(err)
	}
}

var words = blank.Words{
	Contexts: []blank.Context{{ID: "a", Words: []string{"甲方", "Party A"}}, {ID: "b", Words: []string{"乙方"}}, {ID: "p", Words: []string{"代表"}, Within: "a"}, {ID: "o", Words: []string{"店主"}, Within: "a", Alone: true}, {ID: "m", Words: []string{"管事"}, Within: "a", Exact: true}, {ID: "n", Words: []string{"管事"}, Within: "b", Exact: true}, {ID: "s", Words: []string{"场景"}, Weak: true}, {ID: "z", Words: []string{"受理", "填写"}, Stop: true}},
	Hand:     []string{"签字"}, HandWhole: []string{"日期"}, Endings: []string{"基本情况", "填写"}, Attributes: []string{"传真"}, Qualifiers: []string{"万"}, Begins: []string{"自"}, Until: []string{"至"},
	Labels: []blank.Entry{
		{Answer: "a.name", ZH: []string{"甲方", "甲方名称"}, EN: []string{"Party A"}},
		{Answer: "a.address", In: []string{"a"}, ZH: []string{"地址"}, EN: []string{"Address"}},
		{Answer: "b.address", In: []string{"b"}, ZH: []string{"地址"}},
		{Answer: "post.b", ZH: []string{"乙方收件"}, Ends: []string{"送达：乙方"}},
		{Answer: "b.name", ZH: []string{"乙方"}, Ends: []string{"交给"}},
		{Answer: "c.way", ZH: []string{"方式"}, Options: map[string][]string{"x": {"仲裁"}, "y": {"诉讼"}}},
		{Answer: "p.name", ZH: []string{"代表"}}, {Answer: "p.tel", In: []string{"p"}, ZH: []string{"电话"}}, {Answer: "a.code", ZH: []string{"代码"}},
		{Answer: "o.tel", In: []string{"o"}, ZH: []string{"手机"}}, {Answer: "m.a", In: []string{"m"}, ZH: []string{"职务"}}, {Answer: "m.b", In: []string{"n"}, ZH: []string{"职务"}},
		{Answer: "d.one", ZH: []string{"编号"}}, {Answer: "d.two", ZH: []string{"编号"}},
	},
}

// A label counts under its own title only, and nothing is guessed.
func TestMatch(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want []string // for each blank
	}{
		"parties":        {line("甲方：____") + line("地址：____") + line("乙方：____") + line("地址：____"), []string{"a.name", "a.address", "b.name", "b.address"}},
		"one-line":       {line("甲方：____  地址：____"), []string{"a.name", "a.address"}},
		"no-title":       {line("地址：____"), []string{""}},
		"other-heading":  {line("甲方：____") + line("三、其他") + line("地址：____"), []string{"a.name", ""}},
		"bare-heading":   {line("甲方：____") + line("监管机构") + line("地址：____"), []string{"a.name", ""}},
		"stop":           {line("甲方：____") + line("受理：____") + line("地址：____"), []string{"a.name", "", ""}},
		"heading":        {line("一、甲方基本情况") + line("地址：____"), []string{"a.address"}},
		"row-title":      {`<w:tbl>` + cells("甲方", "地址", "", "电话", "") + cells("某处", "地址", "", "电话", "") + `</w:tbl>`, []string{"a.address", "", "", ""}},
		"two-asked":      {line("甲方：____") + line("名称、地址：____"), []string{"a.name", ""}},
		"left-unknown":   {line("甲方") + `<w:tbl>` + cells("项目", "地址") + cells("传真", "") + `</w:tbl>`, []string{""}},
		"number":         {line("甲方：____") + line("1. 地址（必填）：____"), []string{"a.name", "a.address"}},
		"bilingual":      {line("甲方：____") + line("地址 Address：____"), []string{"a.name", "a.address"}},
		"english":        {line("Party A: ____") + line("Address: ____"), []string{"a.name", "a.address/en"}},
		"sentence":       {line("现将文件交给____。"), []string{"b.name"}},
		"in-sentence":    {line("甲方：____") + line("由____（地址：____）负责"), []string{"a.name", "", ""}},
		"hand":           {line("甲方（签字）：____") + line("日期：____年__月__日"), []string{"hand", "hand"}},
		"ambiguous":      {line("编号：____"), []string{"d.one d.two"}},
		"options":        {line("□仲裁 □诉讼"), []string{"c.way"}},
		"other-options":  {line("□仲裁 □调解"), []string{""}},
		"control-by-tag": {`<w:p><w:sdt><w:sdtPr><w:tag w:val="d.one"/><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>点击</w:t></w:r></w:sdtContent></w:sdt></w:p>`, []string{"d.one"}},
		"within":         {line("甲方：____") + line("代表：____ 电话：____") + line("地址：____"), []string{"a.name", "p.name", "p.tel", "a.address"}},
		"other-party":    {line("甲方：____") + line("乙方：____") + line("代码：____ 代表：____"), []string{"a.name", "b.name", "", ""}},
		"part-of-other":  {line("甲方：____") + line("乙方：____") + line("代表") + line("地址：____"), []string{"a.name", "b.name", ""}},
		"weak":           {line("甲方：____") + line("场景：____ 方式：____") + line("地址：____"), []string{"a.name", "", "c.way", "a.address"}},
		"part-by-name":   {line("甲方：____") + line("代表：____"), []string{"a.name", "p.name"}},
		"no-party":       {line("代码：____"), []string{"a.code"}},
		"others-fill":    {line("甲方：____") + line("（以下由某处填写）") + line("代表：____ 代码：____"), []string{"a.name", "", ""}},
		"we-fill":        {line("以下由甲方填写") + line("地址：____"), []string{"a.address"}},
		"matrix":         {`<w:tbl>` + cells("", "甲方", "乙方") + cells("地址", "", "") + `</w:tbl>`, []string{"a.address", "b.address"}},
		"grid":           {line("甲方") + `<w:tbl>` + cells("人员", "姓名", "地址") + cells("某人", "", "") + cells("甲方", "", "") + `</w:tbl>`, []string{"", "", "a.name", "a.address"}},
		"unit":           {line("甲方：____") + line("地址（万）：____"), []string{"a.name", ""}},
		"attribute":      {line("甲方：____") + line("传真：____ 地址：____"), []string{"a.name", "", "a.address"}},
		"other-line":     {line("甲方：____") + line("填表人：____ 地址：____"), []string{"a.name", "", ""}},
		"title-of-form":  {line("甲方授权书") + line("地址：____"), []string{""}},
		"table-ends":     {`<w:tbl>` + cells("甲方", "地址", "") + `</w:tbl>` + line("地址：____"), []string{"a.address", ""}},
		"boxes-between":  {line("甲方") + `<w:tbl>` + cells("类型", "□一 □二", "地址", "") + `</w:tbl>`, []string{"", "a.address"}},
		"remark":         {line("现将文件交给____（姓名、职务）。"), []string{""}},
		"period":         {`<w:tbl>` + cells("方式", "自____年____月____日") + `</w:tbl>`, []string{"c.way"}},
		"after-party":    {line("甲方____（代码）与乙方____（地址）"), []string{"a.name a.code", "b.address"}},
		"line-is-over":   {line("甲方：____") + line("代表：____ 传真：____") + line("电话：____ 地址：____"), []string{"a.name", "p.name", "", "", "a.address"}},
		"next-line":      {line("甲方：____") + line("代表：____") + line("电话：____"), []string{"a.name", "p.name", "p.tel"}},
		"alone":          {line("甲方：____") + line("店主：____") + line("手机：____"), []string{"a.name", "", ""}},
		"lead":           {line("函件送达：甲方（    ）；乙方（    ）。"), []string{"", "post.b"}},
		"no-lead":        {line("联系方式：____；乙方____"), []string{"", "b.name"}},
		"one-of-party":   {`<w:tbl>` + cells("乙方", "管事", "", "职务", "") + cells("甲方", "管事", "", "职务", "") + `</w:tbl>`, []string{"", "m.b", "", "m.a"}},
		"after-long":     {line("交到____（电话：____，地址：____）"), []string{"", "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, b := range open(t, form(c.body)).Blanks {
				var found []string
				for _, f := range words.Find(b) {
					one := f.Answer
					if f.English && f.Answer != "a.name" {
						one += "/en"
					}
					found = append(found, one)
				}
				if words.ByHand(b) {
					found = []string{"hand"}
				}
				got = append(got, strings.Join(found, " "))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// No form causes a crash, and what is filled keeps its fixed text and can be
// opened again with no more blanks than before.
func FuzzForm(f *testing.F) {
	for _, body := range []string{line("名称：____"), line("（ ）是 （ ）否"), `<w:tbl>` + cells("名称", "") + `</w:tbl>`, line("于 年 月 日"), `<w:p><w:r><w:rPr><w:u w:val="single"/></w:rPr><w:tab/></w:r></w:p>`,
		`<w:p><w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>点击</w:t></w:r></w:sdtContent></w:sdt></w:p>`,
		`<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="9"/><w:vMerge/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>`} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		form, err := blank.Open(form(body))
		if err != nil {
			if !errors.Is(err, dataspace.ErrInvalid) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		values := map[string]blank.Value{}
		for _, b := range form.Blanks {
			values[b.ID] = blank.Value{Text: "甲", Day: []string{"2026", "6", "1"}}
			_ = words.Find(b)
			_ = words.ByHand(b)
		}
		filled, err := form.Fill(values)
		if err != nil {
			if !errors.Is(err, dataspace.ErrInvalid) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		if filled.Before != filled.After {
			t.Fatal("the fixed text changed")
		}
		if _, err := blank.Open(filled.Data); err != nil {
			t.Fatalf("the filled form cannot be opened: %v", err)
		}
	})
}

// The place of a blank is one that a person finds.
func TestPlaces(t *testing.T) {
	f := open(t, form(line("a")+line("名称：____")+`<w:tbl>`+cells("名称", "")+`</w:tbl>`))
	var got []string
	for _, b := range f.Blanks {
		got = append(got, b.ID+" "+b.Place.EN+" "+b.Place.ZH)
	}
	if want := []string{"b1 document, paragraph 2 正文第2段", "b2 document, table 1, row 1, column 2 正文表1第1行第2列"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
