package office

import (
	"fmt"
	"strings"
)

// Sheet is a workbook of one sheet: a fixed head and rows of text. Cells are
// always text, so that no program reads one as a formula or a number and shows
// it differently.
type Sheet struct {
	Name   string // at most 31 characters, none of []:*?/\
	Draft  string // above the head, on the printed page too; empty when final
	Notes  []string
	Head   []string
	Widths []int // of the columns, in characters
	Rows   [][]string
}

// Bytes is the sheet as an .xlsx file.
func (s *Sheet) Bytes() ([]byte, error) {
	const main = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	parts := []part{
		{"[Content_Types].xml", xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
			`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
			`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`},
		{"_rels/.rels", xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + relBase + `officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/_rels/workbook.xml.rels", xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + relBase + `worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="` + relBase + `styles" Target="styles.xml"/></Relationships>`},
		{"xl/styles.xml", xmlHead + `<styleSheet ` + main + `><fonts count="3"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="11"/><name val="宋体"/></font><font><b/><sz val="11"/><color rgb="FFC00000"/><name val="宋体"/></font></fonts>` +
			`<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFEDEDED"/></patternFill></fill></fills>` +
			`<borders count="2"><border/><border><left style="thin"/><right style="thin"/><top style="thin"/><bottom style="thin"/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>` +
			`<cellXfs count="4"><xf/><xf fontId="0" borderId="1" applyBorder="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>` +
			`<xf fontId="1" fillId="2" borderId="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf fontId="2" applyFont="1"/></cellXfs></styleSheet>`},
		{"xl/workbook.xml", xmlHead + `<workbook ` + main + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="` + escape(s.Name) + `" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/worksheets/sheet1.xml", xmlHead + `<worksheet ` + main + `>` + s.content() + `</worksheet>`},
	}
	if err := clean(parts); err != nil {
		return nil, err
	}
	return pack(parts)
}

// The styles of cells, by their index in styles.xml.
const (
	textCell = 1
	headCell = 2
	redCell  = 3
)

func (s *Sheet) content() string {
	var rows strings.Builder
	n := 0
	row := func(style int, cells []string) {
		n++
		height := ""
		if style != 0 && style != redCell {
			height = fmt.Sprintf(` ht="%d" customHeight="1"`, s.height(cells))
		}
		fmt.Fprintf(&rows, `<row r="%d"%s>`, n, height)
		for i, c := range cells {
			fmt.Fprintf(&rows, `<c r="%s%d" s="%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, column(i), n, style, escape(c))
		}
		rows.WriteString(`</row>`)
	}
	if s.Draft != "" {
		row(redCell, []string{s.Draft})
	}
	for _, note := range s.Notes {
		row(0, []string{note})
	}
	row(headCell, s.Head)
	head := n
	for _, r := range s.Rows {
		row(textCell, r)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0"><pane ySplit="%d" topLeftCell="A%d" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`, head, head+1)
	for i, width := range s.Widths {
		fmt.Fprintf(&b, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, width)
	}
	b.WriteString(`</cols><sheetData>` + rows.String() + `</sheetData><pageMargins left="0.5" right="0.5" top="0.8" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>`)
	b.WriteString(`<headerFooter><oddHeader>` + escape("&C"+strings.ReplaceAll(s.Draft, "&", "&&")) + `</oddHeader><oddFooter>` + escape("&C&P / &N") + `</oddFooter></headerFooter>`)
	return b.String()
}

// height is the needed height of a row, in points: not every program computes
// it from the text.
func (s *Sheet) height(cells []string) int {
	lines := 1
	for i, c := range cells {
		if i >= len(s.Widths) || s.Widths[i] <= 1 {
			continue
		}
		n := 0
		for line := range strings.SplitSeq(c, "\n") {
			width := 0
			for _, r := range line {
				width++
				if r >= 0x2E80 { // East Asian characters are twice as wide
					width++
				}
			}
			n += 1 + width/(s.Widths[i]-1)
		}
		lines = max(lines, n)
	}
	return min(15*lines+3, 400) // sheets allow 409 at most
}

// column is the name of a column from 0: A, B, ..., Z, AA.
func column(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}
