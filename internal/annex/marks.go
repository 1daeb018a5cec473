package annex

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// marks are what a spreadsheet program shows of a sheet beside its texts. Text
// that is struck through or hidden may no longer be law, and the stored result
// of a formula may be old.
type marks struct {
	hidden  bool            // the sheet
	lines   map[int]string  // why the row of a line is in doubt
	columns map[int]bool    // hidden ones, from 0
	struck  map[string]bool // cells whose text is struck through, in whole or in part
}

// The doubts about a row.
const (
	hiddenRow  = "the row is hidden in the file"
	struckRow  = "a text of the row is struck through"
	formulaRow = "a cell of the row is a formula, whose result may be old"
)

// doubt keeps the first doubt about a line.
func (m *marks) doubt(line int, why string) {
	if m.lines[line] == "" {
		m.lines[line] = why
	}
}

// spread doubts each line of a merged cell whose text is struck through.
func (m *marks) spread(c excelize.MergeCell) {
	_, top, err := excelize.CellNameToCoordinates(c.GetStartAxis())
	_, bottom, err2 := excelize.CellNameToCoordinates(c.GetEndAxis())
	if err != nil || err2 != nil || !m.struck[c.GetStartAxis()] {
		return
	}
	for line := top; line <= min(bottom, maxRows); line++ {
		m.doubt(line, struckRow)
	}
}

// markReader reads the marks of a workbook. The library that reads the texts
// offers them only cell by cell, each time with a search from the first row.
type markReader struct {
	parts  map[string]*zip.File
	struck map[int]bool // styles of cells whose text is struck through
	shared map[int]bool // shared texts of which a part is struck through
}

// readMarks returns the marks of each sheet by its name.
func readMarks(data []byte) (map[string]*marks, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	r := &markReader{parts: map[string]*zip.File{}, struck: map[int]bool{}, shared: map[int]bool{}}
	for _, f := range z.File {
		r.parts[strings.TrimPrefix(f.Name, "/")] = f
	}
	targets := map[string]string{}
	err = errors.Join(r.styles(), r.texts(), r.each("xl/_rels/workbook.xml.rels", func(_ *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local == "Relationship" {
			targets[attr(e, "Id")] = partOf(attr(e, "Target"))
		}
		return nil
	}))
	if err != nil {
		return nil, err
	}
	out := map[string]*marks{}
	err = r.each("xl/workbook.xml", func(_ *xml.Decoder, e xml.StartElement) (err error) {
		if e.Name.Local == "sheet" {
			var m *marks
			if m, err = r.sheet(targets[attr(e, "id")]); err == nil {
				m.hidden = attr(e, "state") != "" && attr(e, "state") != "visible"
				out[attr(e, "name")] = m
			}
		}
		return err
	})
	return out, err
}

// partOf is the name of a part that the workbook refers to.
func partOf(target string) string {
	if rest, ok := strings.CutPrefix(target, "/"); ok {
		return path.Clean(rest)
	}
	return path.Join("xl", target)
}

// each calls fn for each element of a part; a missing part has none.
func (r *markReader) each(part string, fn func(d *xml.Decoder, e xml.StartElement) error) error {
	f := r.parts[part]
	if f == nil {
		return nil
	}
	body, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // only read
	d := xml.NewDecoder(io.LimitReader(body, maxUnzipped))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := token.(xml.StartElement); ok {
			if err := fn(d, e); err != nil {
				return err
			}
		}
	}
}

// styles finds the styles of cells whose font is struck through.
func (r *markReader) styles() error {
	fonts, cells, font, style := map[int]bool{}, false, -1, 0
	return r.each("xl/styles.xml", func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "font":
			font++
		case "strike":
			fonts[font] = fonts[font] || yes(e)
		case "cellXfs":
			cells = true
		case "cellStyles", "dxfs":
			cells = false
		case "xf":
			if cells {
				r.struck[style] = fonts[whole(attr(e, "fontId"))]
				style++
			}
		}
		return nil
	})
}

// texts finds the shared texts of which a part is struck through.
func (r *markReader) texts() error {
	text := -1
	return r.each("xl/sharedStrings.xml", func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "si":
			text++
		case "strike":
			r.shared[text] = r.shared[text] || yes(e)
		}
		return nil
	})
}

func (r *markReader) sheet(part string) (*marks, error) {
	m := &marks{lines: map[int]string{}, columns: map[int]bool{}, struck: map[string]bool{}}
	var line int
	var cell xml.StartElement
	strike := func() {
		m.struck[attr(cell, "r")] = true
		m.doubt(line, struckRow)
	}
	err := r.each(part, func(d *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "col":
			if set(attr(e, "hidden")) {
				for at := max(whole(attr(e, "min")), 1); at <= min(whole(attr(e, "max")), maxColumns); at++ {
					m.columns[at-1] = true
				}
			}
		case "row":
			if line++; attr(e, "r") != "" {
				line = whole(attr(e, "r"))
			}
			if set(attr(e, "hidden")) {
				m.doubt(line, hiddenRow)
			}
		case "c":
			cell = e.Copy()
		case "strike":
			if yes(e) {
				strike()
			}
		case "f":
			m.doubt(line, formulaRow)
		case "v", "t":
			var text string
			if err := d.DecodeElement(&text, &e); err != nil {
				return err
			}
			shared := attr(cell, "t") == "s" && r.shared[whole(text)]
			if text != "" && (shared || r.struck[max(whole(attr(cell, "s")), 0)]) {
				strike()
			}
		}
		return nil
	})
	return m, err
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// whole is the value of a number that a spreadsheet program writes; -1 for
// another text.
func whole(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return -1
	}
	return n
}

// set reports whether a switch is on.
func set(s string) bool { return s == "1" || s == "true" }

// yes reports whether a mark such as <strike/> is on: it is, unless it says no.
func yes(e xml.StartElement) bool { return attr(e, "val") == "" || set(attr(e, "val")) }
