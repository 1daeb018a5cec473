package office

import (
	"fmt"
	"strings"
)

// Document is a text document: A4, running heading, page numbers.
type Document struct {
	Title string
	// Language is a tag such as zh-CN or en-GB, for spelling and line breaks.
	Language string
	// Draft is shown on every page, in the heading and across the page; empty
	// when the document is final.
	Draft string
	// Heading is the running heading next to it; may be empty.
	Heading string
	Blocks  []Block
	// Look is the version of the styles; with 0, the second heading is not bold,
	// as in documents that were approved before.
	Look int
}

// Block is a Paragraph, a Table or a PageBreak.
type Block interface{ write(*writer) }

// Style is the look of a paragraph.
type Style string

// The styles.
const (
	Title    Style = "Title"
	Subtitle Style = "Subtitle"
	Heading1 Style = "Heading1"
	Heading2 Style = "Heading2"
	Heading3 Style = "Heading3"
	Body     Style = "Body" // indented by two characters
	Note     Style = "Note" // boxed, for what the reader must know about the document
	Plain    Style = "Plain"
)

// Run is text of one look.
type Run struct {
	Text string
	Mark bool // highlighted: a value is still missing
}

// Paragraph is one paragraph; a line break in a run starts a new line.
type Paragraph struct {
	// ID becomes a bookmark around the paragraph, so that the place in the
	// document can be found again; empty for none. Letters, digits and _.
	ID    string
	Style Style
	Runs  []Run
}

// Table is a grid whose head is repeated on every page.
type Table struct {
	ID     string
	Widths []int // relative
	Head   []string
	Rows   [][]Cell
}

// Cell is one cell of a table.
type Cell struct {
	ID   string // as of a paragraph
	Runs []Run
	Bold bool
}

// PageBreak starts a new page.
type PageBreak struct{}

// The page, in twentieths of a point: A4 with margins of 2.54 cm above and
// below and 3.18 cm at the sides.
const (
	pageWidth, pageHeight = 11906, 16838
	marginV, marginH      = 1440, 1803
	textWidth             = pageWidth - 2*marginH
)

// bookmarkMax is the longest name of a bookmark that word processors accept.
const bookmarkMax = 40

type writer struct {
	strings.Builder
	marks int
	named map[string]bool
}

// Bytes is the document as a .docx file.
func (d *Document) Bytes() ([]byte, error) {
	w := &writer{named: map[string]bool{}}
	for _, b := range d.Blocks {
		b.write(w)
	}
	body := w.String()
	sect := fmt.Sprintf(`<w:sectPr><w:headerReference w:type="default" r:id="rId3"/><w:footerReference w:type="default" r:id="rId4"/>`+
		`<w:pgSz w:w="%d" w:h="%d"/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>`,
		pageWidth, pageHeight, marginV, marginH, marginV, marginH)
	parts := []part{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRels},
		{"docProps/core.xml", xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>` + escape(d.Title) + `</dc:title><dc:language>` + escape(d.Language) + `</dc:language></cp:coreProperties>`},
		{"word/_rels/document.xml.rels", documentRels},
		{"word/document.xml", xmlHead + `<w:document ` + namespaces + `><w:body>` + body + sect + `</w:body></w:document>`},
		{"word/footer1.xml", xmlHead + `<w:ftr ` + namespaces + `><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr><w:r><w:t xml:space="preserve">— </w:t></w:r><w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple><w:r><w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>`},
		{"word/header1.xml", d.header()},
		{"word/settings.xml", xmlHead + `<w:settings ` + namespaces + `><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`},
		{"word/styles.xml", stylesOf(d.Language, d.Look)},
	}
	if err := clean(parts); err != nil {
		return nil, err
	}
	return pack(parts)
}

// header is the running heading: the draft mark as text, which every reader
// keeps, and across the page, where it is easy to see.
func (d *Document) header() string {
	var b strings.Builder
	b.WriteString(xmlHead + `<w:hdr ` + namespaces + `><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>`)
	if d.Draft != "" {
		b.WriteString(watermark(d.Draft))
		b.WriteString(`<w:r><w:rPr><w:b/><w:color w:val="C00000"/></w:rPr><w:t xml:space="preserve">` + escape(d.Draft) + `</w:t></w:r>`)
	}
	if d.Heading != "" {
		gap := ""
		if d.Draft != "" {
			gap = "    "
		}
		b.WriteString(`<w:r><w:t xml:space="preserve">` + gap + escape(d.Heading) + `</w:t></w:r>`)
	}
	b.WriteString(`</w:p></w:hdr>`)
	return b.String()
}

// watermark is text across the page, in the form that word processors write.
func watermark(text string) string {
	return `<w:r><w:pict><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">` +
		`<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>` +
		`<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/></v:shapetype>` +
		`<v:shape id="PowerPlusWaterMarkObject1" type="#_x0000_t136" style="position:absolute;margin-left:0;margin-top:0;width:400pt;height:120pt;rotation:315;z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin" o:allowincell="f" fillcolor="#d9d9d9" stroked="f">` +
		`<v:fill opacity=".4"/><v:textpath style="font-family:&quot;SimHei&quot;;font-size:1pt" string="` + escape(text) + `"/></v:shape></w:pict></w:r>`
}

func (w *writer) open(id string) (closing string) {
	if id == "" || len(id) > bookmarkMax || w.named[id] {
		return ""
	}
	w.named[id] = true
	w.marks++
	fmt.Fprintf(w, `<w:bookmarkStart w:id="%d" w:name="%s"/>`, w.marks, escape(id))
	return fmt.Sprintf(`<w:bookmarkEnd w:id="%d"/>`, w.marks)
}

func (w *writer) runs(runs []Run, bold bool) {
	for _, r := range runs {
		w.WriteString(`<w:r>`)
		if r.Mark || bold {
			w.WriteString(`<w:rPr>`)
			if bold {
				w.WriteString(`<w:b/>`)
			}
			if r.Mark {
				w.WriteString(`<w:highlight w:val="yellow"/>`)
			}
			w.WriteString(`</w:rPr>`)
		}
		for i, line := range strings.Split(r.Text, "\n") {
			if i > 0 {
				w.WriteString(`<w:br/>`)
			}
			w.WriteString(`<w:t xml:space="preserve">` + escape(line) + `</w:t>`)
		}
		w.WriteString(`</w:r>`)
	}
}

func (p Paragraph) write(w *writer) {
	style := p.Style
	if style == "" {
		style = Body
	}
	w.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + string(style) + `"/></w:pPr>`)
	closing := w.open(p.ID)
	w.runs(p.Runs, false)
	w.WriteString(closing + `</w:p>`)
}

func (PageBreak) write(w *writer) {
	w.WriteString(`<w:p><w:pPr><w:pStyle w:val="Plain"/></w:pPr><w:r><w:br w:type="page"/></w:r></w:p>`)
}

func (t Table) write(w *writer) {
	widths := t.columns()
	if len(widths) == 0 {
		return // a table without columns is no table
	}
	fmt.Fprintf(w, `<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/><w:tblW w:w="%d" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`, textWidth)
	for _, n := range widths {
		fmt.Fprintf(w, `<w:gridCol w:w="%d"/>`, n)
	}
	w.WriteString(`</w:tblGrid>`)
	if len(t.Head) > 0 {
		w.WriteString(`<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
		for i, n := range widths {
			c := Cell{Bold: true, Runs: []Run{{Text: t.Head[i]}}}
			if i == 0 {
				c.ID = t.ID
			}
			w.cell(n, c, `<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/>`)
		}
		w.WriteString(`</w:tr>`)
	}
	for _, row := range t.Rows {
		w.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for i, n := range widths {
			var c Cell
			if i < len(row) {
				c = row[i]
			}
			w.cell(n, c, "")
		}
		w.WriteString(`</w:tr>`)
	}
	// A paragraph must stand between two tables, or they become one.
	w.WriteString(`</w:tbl><w:p><w:pPr><w:pStyle w:val="Gap"/></w:pPr></w:p>`)
}

func (w *writer) cell(width int, c Cell, shade string) {
	fmt.Fprintf(w, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>%s</w:tcPr><w:p><w:pPr><w:pStyle w:val="Cell"/></w:pPr>`, width, shade)
	closing := w.open(c.ID)
	w.runs(c.Runs, c.Bold)
	w.WriteString(closing + `</w:p></w:tc>`)
}

// columns divides the width of the text among the columns.
func (t Table) columns() []int {
	n := len(t.Widths)
	if n == 0 || len(t.Head) > 0 && len(t.Head) < n {
		return nil
	}
	sum := 0
	for _, v := range t.Widths {
		sum += v
	}
	if sum <= 0 {
		return nil
	}
	out, left := make([]int, n), textWidth
	for i, v := range t.Widths[:n-1] {
		out[i] = textWidth * v / sum
		left -= out[i]
	}
	out[n-1] = left
	return out
}
