package csv

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"hutong/internal/dataspace"
	"hutong/internal/table/block"
	"hutong/internal/table/heading"
)

// Header says whether a table begins with the names of its columns.
type Header string

// The headers.
const (
	Detect     Header = ""
	WithHeader Header = "yes"
	NoHeader   Header = "no" // the columns are called column_1, column_2, ...
)

// Layout is how a table lies in its file.
type Layout struct {
	Delimiter byte
	Header    Header // WithHeader or NoHeader
	Skip      int    // lines above the header or the first row
	// Sure says that the layout was given, or that something speaks for it and
	// not only nothing against it.
	Sure bool
}

// Layout is the layout given or found.
func (r *Reader) Layout() Layout { return r.layout }

const (
	// sniffRecords is the number of records by which the layout is detected.
	sniffRecords = 100
	// delimiters are the candidates, most likely first.
	delimiters = ",;\t|"
)

// arrange finds the layout, as far as it is not given, and moves the buffer to
// the header or the first row.
func (r *Reader) arrange(opt Options) error {
	r.line = lineEnd(r.buf.Input())
	if r.line != '\n' {
		r.buf.EndLines(r.line)
	}
	l := &r.layout
	*l = Layout{Delimiter: opt.Delimiter, Header: opt.Header, Sure: opt.Header != Detect}
	if err := r.skip(opt.Skip); err != nil {
		return err
	}
	if opt.Skip == 0 {
		if d, next := marked(r.buf.Data[r.buf.Pos:r.buf.End], r.line); next > 0 {
			if l.Delimiter == 0 {
				l.Delimiter = d
			}
			r.buf.Pos += next
			l.Skip = 1
		}
	}
	if err := r.wholeRecords(); err != nil {
		return err
	}
	sample := r.buf.Data[r.buf.Pos:r.buf.End]
	if l.Delimiter == 0 {
		l.Delimiter = sniff(sample, r.line)
	}
	r.delim = l.Delimiter
	if !opt.Quotes && apostrophes(sample, r.delim, r.line) {
		return &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "csv.quote.unsure", Place: r.src.Name, Message: "every cell is between apostrophes, which can be quotes or a part of it",
			Hint: "say --dialect quote=single if they are quotes (with escape=backslash if a backslash escapes), or --dialect quote=double if they are a part of the cells",
		}
	}
	if l.Header != Detect {
		return nil
	}
	records, ends, _ := split(sample, r.delim, r.line) // what is broken is reported where it is read
	if len(records) > 0 && (len(records[0]) == 1 && prose(records[0][0]) || sentence(records[0])) {
		return &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "csv.prose", Place: r.src.Name + ":header",
			Message: "the file looks like plain text: its first line is a sentence, and no names of columns",
			Hint:    "if it is a table of one column, say --header or --no-header; if text stands above the table, --skip N; otherwise name what separates the cells with --delimiter, or export a table",
		}
	}
	v := heading.Judge(records)
	l.Header, l.Sure = WithHeader, v.Sure
	switch v.Kind {
	case heading.Row:
		l.Header = NoHeader
	case heading.Unsure:
		return r.unsure("the first line can be the names of the columns, a title or the first row")
	case heading.Persons:
		return r.unsure(fmt.Sprintf("column %d has a person's identifier in the place of its name", v.Column+1))
	}
	if v.Titles > 0 {
		if opt.Skip > 0 {
			return r.unsure("there are more lines above the names of the columns")
		}
		l.Skip += bytes.Count(sample[:ends[v.Titles-1]], []byte{r.line})
		r.buf.Pos += ends[v.Titles-1]
	}
	return nil
}

// apostrophes reports whether all cells of the first records that are not empty
// or numbers stand between apostrophes.
func apostrophes(sample []byte, delim, line byte) bool {
	const fewest = 4
	records, _, _ := split(sample, delim, line) // what is broken is reported where it is read
	n := 0
	for i, rec := range records {
		if i == 0 && len(records) > 2 {
			continue // names may stand without quotes
		}
		for _, cell := range rec {
			switch {
			case len(cell) > 1 && cell[0] == '\'' && cell[len(cell)-1] == '\'':
				n++
			case strings.Trim(cell, "0123456789.-+ ") != "":
				return false
			}
		}
	}
	return n >= fewest
}

// prose reports whether the only cell of a line is a sentence, as no column is
// called.
func prose(cell string) bool {
	const (
		words  = 10
		letter = 40
	)
	cell = strings.TrimSpace(cell)
	if strings.HasSuffix(cell, "。") || len(strings.Fields(cell)) >= words {
		return true
	}
	return utf8.RuneCountInString(cell) > letter && strings.ContainsAny(cell, "。，、；！？")
}

// sentence reports whether the cells of a line are one sentence with commas, as
// "Dear customer, thank you for your order." is.
func sentence(cells []string) bool {
	const (
		words = 6 // in the line
		each  = 2 // in a cell, on average
	)
	last := strings.TrimSpace(cells[len(cells)-1])
	n := 0
	for i, cell := range cells {
		if i > 0 && !strings.HasPrefix(cell, " ") || strings.ContainsAny(cell, "0123456789@_") {
			return false
		}
		n += len(strings.Fields(cell))
	}
	return len(last) > 0 && strings.ContainsAny(last[len(last)-1:], ".!?") && n >= words && n >= each*len(cells)
}

// Unsure reports whether err says that the layout must be given.
func Unsure(err error) bool {
	var p *dataspace.Problem
	return errors.As(err, &p) && p.Code == "csv.header.unsure"
}

// unsure never shows what the line holds: it could be a person's.
func (r *Reader) unsure(message string) error {
	return &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: "csv.header.unsure", Place: r.src.Name + ":header", Message: message,
		Hint: "say what it is: --header (names of the columns), --no-header (the first row), or --skip N (N lines of titles above the names)",
	}
}

// skip moves the buffer over n lines.
func (r *Reader) skip(n int) error {
	for r.layout.Skip < n {
		k := bytes.IndexByte(r.buf.Data[r.buf.Pos:r.buf.End], r.line)
		if k >= 0 {
			r.buf.Pos += k + 1
			r.layout.Skip++
			continue
		}
		if r.buf.EOF {
			return &dataspace.Problem{
				Kind: dataspace.ErrInvalid, Code: "csv.skip", Place: r.src.Name,
				Message: fmt.Sprintf("the file has %d lines, and %d were to be skipped", r.layout.Skip, n),
				Hint:    "give --skip the number of lines above the names of the columns",
			}
		}
		if err := r.more(); err != nil {
			return err
		}
	}
	return nil
}

// more reads on where no row was given yet.
func (r *Reader) more() error {
	if err := r.buf.More(); err != nil {
		return r.src.Problem(err, r.src.Name+":header", "csv")
	}
	return nil
}

// wholeRecords reads on until the buffer has two lines, so that there is
// something to compare a header with, however long it is.
func (r *Reader) wholeRecords() error {
	for !r.buf.EOF && bytes.Count(r.buf.Data[r.buf.Pos:r.buf.End], []byte{r.line}) < 2 {
		if err := r.buf.More(); errors.Is(err, block.ErrRowTooLong) {
			return nil // the header says so
		} else if err != nil {
			return r.src.Problem(err, r.src.Name, "csv")
		}
	}
	return nil
}

// lineEnd finds what ends lines: LF, or CR where outside of quotes there is no
// LF.
func lineEnd(sample []byte) byte {
	if bytes.IndexByte(sample, '\r') < 0 {
		return '\n'
	}
	quoted, returns, feeds := false, 0, 0
	for i, c := range sample {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			feeds++
		case c == '\r' && i+1 < len(sample):
			returns++
		}
	}
	if feeds == 0 && returns > 0 {
		return '\r'
	}
	return '\n'
}

// marked reads the line sep=; with which spreadsheets name the delimiter, and
// returns where the next line begins; 0 without such a line.
func marked(data []byte, end byte) (delim byte, next int) {
	line, _, found := bytes.Cut(data, []byte{end})
	if !found || len(line) > 16 {
		return 0, 0
	}
	next = len(line) + 1
	line = bytes.TrimSuffix(line, []byte{'\r'})
	if n := len(line); n > 1 && line[0] == '"' && line[n-1] == '"' {
		line = line[1 : n-1]
	}
	if len(line) != 5 || !bytes.EqualFold(line[:4], []byte("sep=")) || !Delimits(line[4]) {
		return 0, 0
	}
	return line[4], next
}

// Delimits reports whether c can stand between cells.
func Delimits(c byte) bool {
	return c < 0x80 && c != '"' && c != '\r' && c != '\n' && c != 0
}

// split returns the first records that are not blank, and where each ends. It
// stops at one that is cut off or not valid.
func split(sample []byte, delim, line byte) (records [][]string, ends []int, err error) {
	for at := 0; at < len(sample) && len(records) < sniffRecords; {
		rec, next, err := record(sample[at:], delim, line)
		if err != nil {
			return records, ends, err
		}
		at += next
		if len(rec) == 1 && rec[0] == "" {
			continue
		}
		records, ends = append(records, rec), append(ends, at)
	}
	return records, ends, nil
}

// sniff chooses the delimiter for which the header and the records after it
// have the same number of fields, and the most fields. If there is none, it
// chooses the one for which most records agree with the header. If nothing
// separates the first record, it may be a title: then the records below it must
// all agree. A table of one column has no delimiter: it gets the comma, or the
// one between whose cells quotes are broken, so that this is an error.
func sniff(sample []byte, line byte) byte {
	best, bestAgree, bestFields := delimiters[0], 0.0, 1
	broken := byte(0) // quotes are broken between cells, and so there are cells
	var below [len(delimiters)][][]string
	for i := range len(delimiters) {
		records, _, err := split(sample, delimiters[i], line)
		if len(records) == 0 && errors.Is(err, errStray) && broken == 0 {
			broken = delimiters[i]
		}
		agree, fields := agreement(records)
		if fields > 1 && (agree > bestAgree || agree == bestAgree && fields > bestFields) {
			best, bestAgree, bestFields = delimiters[i], agree, fields
		}
		for len(records) > 0 && len(records[0]) == 1 {
			records = records[1:]
		}
		below[i] = records
	}
	if bestFields > 1 {
		return best
	}
	if broken != 0 {
		return broken
	}
	for i, records := range below {
		if agree, fields := agreement(records); agree == 1 && fields > bestFields && len(records) > 1 {
			best, bestFields = delimiters[i], fields
		}
	}
	return best
}

// agreement returns the number of fields of the first record, and the share of
// the records with the same number.
func agreement(records [][]string) (agree float64, fields int) {
	if len(records) == 0 {
		return 0, 0
	}
	same := 0
	fields = len(records[0])
	for _, rec := range records {
		if len(rec) == fields {
			same++
		}
	}
	return float64(same) / float64(len(records)), fields
}
