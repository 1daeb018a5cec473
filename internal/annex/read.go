package annex

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"hutong/internal/dataspace"
)

// Limits of a file: an official annex has some hundred rows, and a small file
// must not expand to a huge one.
const (
	maxFile     = 64 << 20
	maxUnzipped = 64 << 20
	maxRows     = 200_000
	maxColumns  = 200
	maxCells    = 1_000_000 // of all sheets; a merged cell counts once for each cell that it fills
)

// Sheet is one table as it stands in the file.
type Sheet struct {
	Name string
	Rows []Row
	// Hidden is true where the file does not show the sheet, HiddenColumns are the
	// columns, from 0, that it does not show.
	Hidden        bool
	HiddenColumns map[int]bool
}

// Row is a line of a sheet. Each cell of a merged range has the text of the
// range.
type Row struct {
	Line  int // in the file, from 1
	Cells []string
	// Heading is true where one cell stretches over the whole row.
	Heading bool
	// Doubt says why the texts may not be what the annex says: they are hidden,
	// struck through or calculated. Empty: they are as they are shown.
	Doubt string
}

// Cell is the text of a column, from 0; empty beyond the last.
func (r Row) Cell(i int) string {
	if i < 0 || i >= len(r.Cells) {
		return ""
	}
	return r.Cells[i]
}

// sampleMark is a text in every sample of an annex.
const sampleMark = "SAMPLE – NOT LAW"

// IsSample reports whether an annex marks itself as a sample. A sample must not
// become a list on which real decisions are based.
func IsSample(sheets []Sheet) bool {
	for _, s := range sheets {
		for _, r := range s.Rows {
			for _, c := range r.Cells {
				if strings.Contains(c, sampleMark) {
					return true
				}
			}
		}
	}
	return false
}

func (r Row) blank() bool {
	for _, c := range r.Cells {
		if c != "" {
			return false
		}
	}
	return true
}

func problem(code, place, message, hint string) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: code, Place: place, Message: message, Hint: hint}
}

// Read reads an annex: XLSX, or CSV in UTF-8 or GB18030. It fails with
// ErrInvalid when the file is neither.
func Read(name string, data []byte) ([]Sheet, error) {
	if len(data) > maxFile {
		return nil, problem("annex.size", name, fmt.Sprintf("has more than %d bytes", maxFile), "")
	}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return readXLSX(name, data)
	}
	return readCSV(name, data)
}

func readXLSX(name string, data []byte) (sheets []Sheet, err error) {
	// The library panics on some files that no spreadsheet program wrote.
	defer func() {
		if r := recover(); r != nil {
			sheets, err = nil, problem("annex.xlsx", name, "cannot be read as XLSX", "save it again with a spreadsheet program, or as CSV")
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		return nil, problem("annex.xlsx", name, "cannot be read as XLSX", "save it again with a spreadsheet program, or as CSV")
	}
	defer func() { _ = f.Close() }() // only read
	shown, err := readMarks(data)
	if err != nil {
		return nil, problem("annex.xlsx", name, "cannot be read as XLSX", "save it again with a spreadsheet program, or as CSV")
	}
	left := maxCells
	for _, sheet := range f.GetSheetList() {
		out, err := readRows(f, sheet, &left)
		if err != nil {
			return nil, problem("annex.xlsx", name+"#"+sheet, "cannot be read, or is too large", "")
		}
		merged, err := f.GetMergeCells(sheet)
		if err != nil {
			return nil, problem("annex.xlsx", name+"#"+sheet, "merged cells cannot be read", "")
		}
		marks := shown[sheet]
		if marks == nil {
			return nil, problem("annex.xlsx", name+"#"+sheet, "cannot be read", "save the file again with a spreadsheet program, or as CSV")
		}
		for _, m := range merged {
			if err := fill(&out, m, &left); err != nil {
				return nil, problem("annex.xlsx", name+"#"+sheet, "merged cells cannot be read, or are too many", "")
			}
			marks.spread(m)
		}
		for i := range out {
			out[i].Doubt = marks.lines[out[i].Line]
		}
		sheets = append(sheets, Sheet{Name: sheet, Rows: out, Hidden: marks.hidden, HiddenColumns: marks.columns})
	}
	return sheets, nil
}

var errTooLarge = fmt.Errorf("too large: %w", dataspace.ErrInvalid)

// readRows reads a sheet row by row: the position given by a cell sets the
// length of its row, and a short file could have many long rows.
func readRows(f *excelize.File, sheet string, left *int) (out []Row, err error) {
	rows, err := f.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	full := 0 // the rows after it are empty
	for rows.Next() {
		cells, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		if *left -= len(cells) + 1; *left < 0 || len(out) == maxRows {
			return nil, errTooLarge
		}
		out = append(out, tidy(cells[:min(len(cells), maxColumns)], len(out)+1))
		if len(cells) > 0 {
			full = len(out)
		}
	}
	return out[:full], rows.Error()
}

// fill writes a merged cell's text into each of its cells.
func fill(rows *[]Row, m excelize.MergeCell, budget *int) error {
	left, top, err := excelize.CellNameToCoordinates(m.GetStartAxis())
	if err != nil {
		return err
	}
	right, bottom, err := excelize.CellNameToCoordinates(m.GetEndAxis())
	if err != nil {
		return err
	}
	text, right := clean(m.GetCellValue()), min(right, maxColumns)
	width := 0
	for _, r := range *rows {
		width = max(width, len(r.Cells))
	}
	for y := top; y <= min(bottom, len(*rows)); y++ {
		if *budget -= max(right, 1); *budget < 0 {
			return errTooLarge
		}
		row := &(*rows)[y-1]
		for len(row.Cells) < right {
			row.Cells = append(row.Cells, "")
		}
		for x := left; x <= right; x++ {
			row.Cells[x-1] = text
		}
		row.Heading = row.Heading || left == 1 && right > 1 && right >= width
	}
	return nil
}

func readCSV(name string, data []byte) ([]Sheet, error) {
	if bytes.Count(data, []byte(",")) > maxCells {
		return nil, problem("annex.csv", name, "is too large", "")
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
			return nil, problem("annex.charset", name, "is neither XLSX nor CSV in UTF-8 or GB18030", "save it as XLSX, or as CSV in UTF-8")
		}
		data = decoded
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	var rows []Row
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return []Sheet{{Rows: rows}}, nil
		}
		var at *csv.ParseError
		if errors.As(err, &at) {
			return nil, problem("annex.csv", fmt.Sprintf("%s:%d:%d", name, at.Line, at.Column), at.Err.Error(), "")
		}
		if err != nil || len(rows) == maxRows {
			return nil, problem("annex.csv", name, "cannot be read as CSV, or is too large", "")
		}
		line, _ := r.FieldPos(0)
		rows = append(rows, tidy(record[:min(len(record), maxColumns)], line))
	}
}

func tidy(cells []string, line int) Row {
	row := Row{Line: line, Cells: make([]string, len(cells))}
	for i, c := range cells {
		row.Cells[i] = clean(c)
	}
	return row
}

// clean makes the text of a cell one line: ideographic and no-break spaces, and
// line breaks added for layout, become blanks.
func clean(s string) string { return strings.Join(strings.Fields(s), " ") }
