// Package csv reads and writes RFC 4180 tables as batches, without an
// allocation for a row or a cell.
//
// The first record is the header, unless Options or the records themselves say
// that it is a row or a title. A cell that is empty and unquoted is null; a
// quoted one ("") is the empty string. Beyond RFC 4180 it accepts other
// delimiters, lines that end with LF or with CR alone, and a quote inside an unquoted cell as an ordinary
// character. Every other violation is an error that names the row: the reader
// guesses and skips nothing. Bytes are UTF-8; the opener of the file decodes
// other charsets.
package csv

import (
	"bytes"
	"fmt"
	"io"

	"hutong/internal/dataspace"
	"hutong/internal/table"
	"hutong/internal/table/block"
)

const (
	maxBatchRows  = 4096
	maxBatchCells = 1 << 16
)

// Options says how to read. The zero value detects the delimiter.
type Options struct {
	Name      string // the name of the input in errors: last part of its path
	Delimiter byte   // 0: detect one of , ; tab |
	// Charset is the charset from which the input was decoded; empty for UTF-8.
	// If set, U+FFFD counts as an invalid byte.
	Charset string
	Header  Header // of the first line after Skip
	Skip    int    // lines above the header; with it no title is looked for
	Quotes  bool   // somebody said how cells are quoted
	// Schema is the columns, if they are known already: the input is what Writer
	// writes, without the line of their names. Then nothing is detected.
	Schema table.Schema
}

// Reader reads a table. It is not safe for concurrent use.
type Reader struct {
	src    block.Source
	buf    *block.Buffer
	delim  byte
	line   byte // ends a line: LF, also after CR, or CR alone
	layout Layout
	schema table.Schema
	max    int   // rows in a batch
	row    int64 // rows given so far
	err    error

	// These describe the batch.
	quotes  []cell // cells with doubled quotes
	returns int    // lines that end with CR and LF
}

type cell struct{ row, col int }

var _ table.Reader = (*Reader)(nil)

// NewReader reads the header from r, which it does not close. Where the first
// records do not show whether there is one, it fails.
func NewReader(r io.Reader, opt Options) (*Reader, error) {
	c := &Reader{
		src: block.Source{Name: opt.Name, Charset: opt.Charset}, buf: block.NewBuffer(r),
	}
	if err := c.buf.More(); err != nil {
		return nil, c.src.Problem(err, c.src.Name, "csv")
	}
	if c.schema = opt.Schema; len(c.schema.Fields) > 0 {
		c.delim, c.line = ',', '\n'
	} else if err := c.detect(opt); err != nil {
		return nil, err
	}
	c.max = min(maxBatchRows, max(64, maxBatchCells/len(c.schema.Fields)))
	return c, nil
}

// detect finds how the table lies in the input, and its columns.
func (r *Reader) detect(opt Options) error {
	r.buf.SkipBOM()
	if err := r.arrange(opt); err != nil {
		return err
	}
	return r.header()
}

// Schema is the columns of the header; without one, they are called column_1,
// column_2, .... All kinds are Unknown.
func (r *Reader) Schema() table.Schema { return r.schema }

// Offset is the number of (decoded) input bytes of the rows given so far.
func (r *Reader) Offset() int64 { return r.buf.Offset() }

// Close does nothing: the caller owns the input.
func (r *Reader) Close() error { return nil }

// Next fills b with up to some thousand rows.
func (r *Reader) Next(b *table.Batch) error {
	b.Reset(len(r.schema.Fields))
	if r.err != nil {
		return r.err
	}
	rows, err := r.fill(b)
	if err != nil {
		r.err = err
		b.Reset(len(r.schema.Fields))
		return err
	}
	b.Rows, b.First = rows, r.row
	r.row += int64(rows)
	return nil
}

// fill scans until it has at least one row.
func (r *Reader) fill(b *table.Batch) (int, error) {
	for {
		r.prepare(b)
		start := r.buf.Pos
		rows, fault := r.scan(b)
		if fault != nil {
			return 0, r.broken(*fault)
		}
		if rows > 0 {
			return rows, r.finish(b, start, rows)
		}
		if !r.buf.EOF {
			if err := r.buf.More(); err != nil {
				return 0, r.src.Problem(err, r.src.Row(r.row+1, ""), "csv")
			}
			continue
		}
		if r.buf.Pos < r.buf.End { // the newline at the end was inside a quote
			return 0, r.broken(fault0(codeOpen))
		}
		return 0, io.EOF
	}
}

// prepare gives every column memory for a whole batch, so that scan only
// stores.
func (r *Reader) prepare(b *table.Batch) {
	words := (r.max + 63) / 64
	for i := range b.Columns {
		c := &b.Columns[i]
		if cap(c.Start) < r.max || cap(c.End) < r.max || cap(c.Null) < words {
			c.Start, c.End, c.Null = make([]uint32, r.max), make([]uint32, r.max), make([]uint64, words)
		}
		c.Start, c.End, c.Null = c.Start[:r.max], c.End[:r.max], c.Null[:words]
		clear(c.Null)
	}
	r.quotes, r.returns = r.quotes[:0], 0
}

// finish checks the bytes of the rows, removes doubled quotes in place and cuts
// the columns to size. It comes after the whole scan because unquoting changes
// the block, and a second scan of an incomplete row needs the original.
func (r *Reader) finish(b *table.Batch, start, rows int) error {
	data := r.buf.Data[:r.buf.Pos]
	if at := block.Invalid(data[start:], r.src.Charset != ""); at >= 0 {
		row, col := locate(b, rows, uint32(start+at))
		return r.src.BadText(r.src.Row(r.row+int64(row)+1, fmt.Sprintf("column %d", col+1)), "csv")
	}
	if at := r.endsWithin(b, start, rows); at >= 0 {
		row, col := locate(b, rows, uint32(at))
		return r.broken(fault{row, col, codeLines})
	}
	for _, q := range r.quotes {
		c := &b.Columns[q.col]
		c.End[q.row] = c.Start[q.row] + unquote(data[c.Start[q.row]:c.End[q.row]])
	}
	for i := range b.Columns {
		c := &b.Columns[i]
		c.Data, c.Start, c.End = data, c.Start[:rows], c.End[:rows]
		c.Null = c.Null[:(rows+63)/64]
	}
	return nil
}

// unquote turns "" into " within cell and returns the new length.
func unquote(cell []byte) uint32 {
	n := 0
	for i := 0; i < len(cell); {
		k := bytes.IndexByte(cell[i:], '"')
		if k < 0 {
			n += copy(cell[n:], cell[i:])
			break
		}
		n += copy(cell[n:], cell[i:i+k+1])
		i += k + 2
	}
	return uint32(n)
}

// locate finds the cell that holds byte at.
func locate(b *table.Batch, rows int, at uint32) (row, col int) {
	for row = rows - 1; row > 0 && b.Columns[0].Start[row] > at; row-- {
	}
	for col = len(b.Columns) - 1; col > 0 && b.Columns[col].Start[row] > at; col-- {
	}
	return row, col
}

// fault is an error in a row of the batch being scanned.
type fault struct {
	row, col int
	code     string
}

// The codes of errors in a row.
const (
	codeFields = "csv.row.fields"
	codeOpen   = "csv.quote.open"
	codeStray  = "csv.quote.stray"
	codeLines  = "csv.lines"
)

const (
	lineEnds     = "the lines of the file end in different ways: one character of a line end is inside an unquoted cell"
	lineEndsHint = "save the file with one kind of line ends, LF or CRLF, or put the cell into quotes; rows are counted from 1 after the header"
)

// quoteHint says what to do about a quote that is wrong.
const quoteHint = "a quote inside a quoted cell is written twice; if the file escapes it otherwise, say --dialect escape=backslash, and if quotes mean nothing, --dialect quote=none"

func fault0(code string) fault { return fault{col: -1, code: code} }

func (r *Reader) broken(f fault) error {
	at := ""
	if f.col >= 0 {
		at = fmt.Sprintf("column %d", f.col+1)
	}
	p := &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: f.code,
		Place: r.src.Row(r.row+int64(f.row)+1, at),
	}
	switch f.code {
	case codeFields:
		n := len(r.schema.Fields)
		p.Message = fmt.Sprintf("the row ends after %d of %d fields", f.col+1, n)
		if f.col >= n {
			p.Message = fmt.Sprintf("the row has more than the %d fields of the header", n)
		}
		p.Hint = fmt.Sprintf("rows are counted from 1 after the header; look for an unquoted %s or line end in a cell, or name the delimiter with --delimiter, or how cells are quoted and escaped with --dialect", delimName(r.delim))
	case codeLines:
		p.Message, p.Hint = lineEnds, lineEndsHint
	case codeOpen:
		p.Message = "a quote is never closed"
		p.Hint = "rows are counted from 1 after the header; " + quoteHint
	case codeStray:
		p.Message = "text follows a closing quote"
		p.Hint = "rows are counted from 1 after the header; " + quoteHint
	}
	return p
}
