package office

import (
	"fmt"
	"strings"
)

const namespaces = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"`

const contentTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
	`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
	`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>` +
	`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
	`<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>` +
	`<Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/>` +
	`<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>` +
	`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>`

const relBase = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`

const packageRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="` + relBase + `officeDocument" Target="word/document.xml"/>` +
	`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`

const documentRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="` + relBase + `styles" Target="styles.xml"/>` +
	`<Relationship Id="rId2" Type="` + relBase + `settings" Target="settings.xml"/>` +
	`<Relationship Id="rId3" Type="` + relBase + `header" Target="header1.xml"/>` +
	`<Relationship Id="rId4" Type="` + relBase + `footer" Target="footer1.xml"/></Relationships>`

// look is one paragraph style. Sizes are in half points, spacing in
// twentieths of a point; indent is in characters.
type look struct {
	id, name string
	font     string // of East Asian text
	size     int
	bold     bool
	line     int // exact
	before   int
	after    int
	indent   int
	align    string
	keep     bool // with the next paragraph
	level    int  // of a heading, from 1
	more     string
}

// The fonts by the names under which word processors have them.
const (
	fangSong = "仿宋"
	heiTi    = "黑体"
	kaiTi    = "楷体"
)

// size4 is 四号, 14 pt; line26 the prescribed line spacing of 26 pt.
const (
	size4  = 28
	line26 = 520
)

var looks = []look{
	{id: "Body", name: "Body Text", font: fangSong, size: size4, line: line26, indent: 2},
	{id: "Plain", name: "Plain", font: fangSong, size: size4, line: line26},
	{id: "Title", name: "Title", font: heiTi, size: 44, line: 720, before: 2400, after: 480, align: "center"},
	{id: "Subtitle", name: "Subtitle", font: fangSong, size: size4, line: line26, after: 120, align: "center"},
	{id: "Heading1", name: "heading 1", font: heiTi, size: size4, line: line26, before: 240, after: 60, indent: 2, keep: true, level: 1},
	{id: "Heading2", name: "heading 2", font: kaiTi, size: size4, line: line26, before: 120, indent: 2, keep: true, level: 2},
	{id: "Heading3", name: "heading 3", font: fangSong, size: size4, bold: true, line: line26, before: 60, indent: 2, keep: true, level: 3},
	{id: "Note", name: "Note", font: kaiTi, size: 21, line: 340, before: 60, after: 60, more: `<w:pBdr>` + noteBorder("top") + noteBorder("left") + noteBorder("bottom") + noteBorder("right") + `</w:pBdr><w:shd w:val="clear" w:color="auto" w:fill="FFF8E1"/>`},
	{id: "Cell", name: "Table Text", font: fangSong, size: 21, line: 320},
	{id: "Gap", name: "Table Gap", font: fangSong, size: 10, line: 160},
	{id: "Header", name: "header", font: heiTi, size: 18, line: 240, align: "center"},
	{id: "Footer", name: "footer", font: fangSong, size: 21, line: 280, align: "center"},
}

func noteBorder(side string) string {
	return `<w:` + side + ` w:val="single" w:sz="6" w:space="4" w:color="BF9000"/>`
}

func fonts(eastAsia string) string {
	return `<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="` + eastAsia + `"/>`
}

func stylesOf(language string, version int) string {
	var b strings.Builder
	east := "zh-CN"
	latin := language
	if strings.HasPrefix(language, "zh") {
		east, latin = language, "en-US"
	}
	b.WriteString(xmlHead + `<w:styles ` + namespaces + `><w:docDefaults><w:rPrDefault><w:rPr>` + fonts(fangSong) +
		fmt.Sprintf(`<w:sz w:val="%d"/><w:szCs w:val="%d"/><w:lang w:val="%s" w:eastAsia="%s"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>`, size4, size4, escape(latin), escape(east)) +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>`)
	for _, l := range looks {
		l.bold = l.bold || l.level == 2 && version > 0
		b.WriteString(l.xml())
	}
	b.WriteString(`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="30" w:type="dxa"/><w:left w:w="85" w:type="dxa"/><w:bottom w:w="30" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>` +
		`<w:style w:type="table" w:styleId="Grid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		b.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="auto"/>`)
	}
	b.WriteString(`</w:tblBorders></w:tblPr></w:style></w:styles>`)
	return b.String()
}

// xml writes the style. The order of elements follows the schema: word
// processors reject any other order.
func (l look) xml() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>`, l.id, l.name)
	if l.keep {
		b.WriteString(`<w:keepNext/>`)
	}
	b.WriteString(l.more)
	// East Asian text may break anywhere; the page grid must not change the
	// exact spacing.
	fmt.Fprintf(&b, `<w:snapToGrid w:val="0"/><w:spacing w:before="%d" w:after="%d" w:line="%d" w:lineRule="exact"/>`, l.before, l.after, l.line)
	if l.indent > 0 {
		fmt.Fprintf(&b, `<w:ind w:firstLineChars="%d" w:firstLine="%d"/>`, l.indent*100, l.indent*l.size*10)
	}
	if l.align != "" {
		b.WriteString(`<w:jc w:val="` + l.align + `"/>`)
	}
	if l.level > 0 {
		fmt.Fprintf(&b, `<w:outlineLvl w:val="%d"/>`, l.level-1)
	}
	b.WriteString(`</w:pPr><w:rPr>` + fonts(l.font))
	if l.bold {
		b.WriteString(`<w:b/>`)
	}
	fmt.Fprintf(&b, `<w:sz w:val="%d"/><w:szCs w:val="%d"/></w:rPr></w:style>`, l.size, l.size)
	return b.String()
}
