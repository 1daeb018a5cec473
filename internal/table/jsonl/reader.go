// Package jsonl reads and writes tables as JSON Lines: one object a line, its
// members the cells. A text cell is a JSON string; every other value (number,
// boolean, array, object) is a literal whose bytes stay unchanged.
//
// The columns are the keys of the first rows, in the order of their first
// appearance. A key that is missing from a row is null. A key that first
// appears later is an error, because such a column would leave without a
// profile. A JSON document over several lines is not read.
package jsonl

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/table"
	"hutong/internal/table/block"
	"hutong/internal/table/heading"
)

const (
	// inferRows and inferBytes limit how far the reader looks for keys.
	inferRows  = 1000
	inferBytes = 4 << 20

	maxBatchRows  = 4096
	maxBatchCells = 1 << 16
)

// Options says how to read.
type Options struct {
	Name string // the name of the input in errors: last part of its path
	// Charset is the charset from which the input was decoded; empty for UTF-8.
	Charset string
	// Schema is the columns, if they are known already. With it, keys may be
	// spread over several files.
	Schema table.Schema
	// Exact refuses a row that does not have all keys of Schema in their order,
	// as Writer writes them.
	Exact bool
}

// Reader reads a table. It is not safe for concurrent use.
type Reader struct {
	src    block.Source
	buf    *block.Buffer
	schema table.Schema
	index  map[string]int
	likely []string // the names between quotes; empty for those that need an escape
	seen   []int64  // number of the last row that has the column, from 1
	max    int
	row    int64 // rows given so far
	exact  bool
	next   int // with exact, the column whose key is next in the row
	err    error
}

var _ table.Reader = (*Reader)(nil)

// NewReader reads from r, which it does not close, the rows that give the
// columns.
func NewReader(r io.Reader, opt Options) (*Reader, error) {
	j := &Reader{
		src: block.Source{Name: opt.Name, Charset: opt.Charset}, buf: block.NewBuffer(r),
		schema: opt.Schema, index: map[string]int{}, exact: opt.Exact,
	}
	if err := j.buf.More(); err != nil {
		return nil, j.src.Problem(err, j.src.Name, "jsonl")
	}
	j.buf.SkipBOM()
	for i, f := range j.schema.Fields {
		j.index[f.Name] = i
	}
	if len(j.schema.Fields) == 0 {
		if err := j.infer(); err != nil {
			return nil, err
		}
	}
	j.seen = make([]int64, len(j.schema.Fields))
	for _, f := range j.schema.Fields {
		key := `"` + f.Name + `"`
		if strings.ContainsFunc(f.Name, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' }) {
			key = ""
		}
		j.likely = append(j.likely, key)
	}
	j.max = min(maxBatchRows, max(64, maxBatchCells/len(j.schema.Fields)))
	return j, nil
}

// Schema is the keys of the first rows. All kinds are Unknown: each cell says
// by itself whether it is a literal.
func (r *Reader) Schema() table.Schema { return r.schema }

// Offset is the number of (decoded) input bytes of the rows given so far.
func (r *Reader) Offset() int64 { return r.buf.Offset() }

// Close does nothing: the caller owns the input.
func (r *Reader) Close() error { return nil }

// infer collects the keys of the first rows, which stay in the buffer.
func (r *Reader) infer() error {
	rows, at := int64(0), r.buf.Pos
	for {
		for at < r.buf.End && rows < inferRows {
			k := bytes.IndexByte(r.buf.Data[at:r.buf.End], '\n')
			if k < 0 {
				break
			}
			if err := r.keys(at, at+k, &rows); err != nil {
				return err
			}
			at += k + 1
		}
		if r.buf.EOF || rows >= inferRows || rows > 0 && r.buf.End-r.buf.Pos >= inferBytes {
			break
		}
		at -= r.buf.Pos
		if err := r.buf.More(); err != nil {
			return r.src.Problem(err, r.src.Row(rows+1, ""), "jsonl")
		}
		at += r.buf.Pos
	}
	if len(r.schema.Fields) == 0 {
		return &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "jsonl.empty", Place: r.src.Name,
			Message: "the table is empty: no row tells its columns",
			Hint:    "write one JSON object a line",
		}
	}
	return nil
}

// keys adds the keys of one line to the schema.
func (r *Reader) keys(start, end int, rows *int64) error {
	data := r.buf.Data
	if space(data, start, end) == end {
		return nil
	}
	*rows++
	if block.Invalid(data[start:end], r.src.Charset != "") >= 0 {
		return r.src.BadText(r.src.Row(*rows, ""), "jsonl")
	}
	f := object(data, start, end, nil, func(_ int, key, _ value) (int, string) {
		name, ok := keyText(data[key.start:key.end], key.escaped)
		if !ok {
			return 0, codeEscape
		}
		if _, known := r.index[string(name)]; !known {
			r.index[string(name)] = len(r.schema.Fields)
			r.schema.Fields = append(r.schema.Fields, table.Field{Name: string(name)})
		}
		return 0, ""
	})
	if f != nil {
		return r.broken(*f, *rows, start)
	}
	return nil
}

// keyText is the key without its escapes. It copies before it changes.
func keyText(key []byte, escaped bool) ([]byte, bool) {
	if !escaped {
		return key, true
	}
	key = bytes.Clone(key)
	n := unescape(key)
	return key[:max(n, 0)], n >= 0
}

// Next fills b with up to some thousand rows.
func (r *Reader) Next(b *table.Batch) error {
	b.Reset(len(r.schema.Fields))
	if r.err != nil {
		return r.err
	}
	first := r.row
	if err := r.fill(b); err != nil {
		r.err = err
		b.Reset(len(r.schema.Fields))
		return err
	}
	b.First = first
	return nil
}

// fill parses as many whole lines as the buffer holds, and at least one.
func (r *Reader) fill(b *table.Batch) error {
	for i := range b.Columns { // so that a value is only stored
		c := &b.Columns[i]
		c.Start, c.End = slices.Grow(c.Start[:0], r.max)[:r.max], slices.Grow(c.End[:0], r.max)[:r.max]
	}
	for {
		for b.Rows < r.max {
			k := bytes.IndexByte(r.buf.Data[r.buf.Pos:r.buf.End], '\n')
			if k < 0 {
				break
			}
			if err := r.line(b, r.buf.Pos, r.buf.Pos+k); err != nil {
				return err
			}
			r.buf.Pos += k + 1
		}
		if b.Rows > 0 {
			for i := range b.Columns {
				c := &b.Columns[i]
				c.Data, c.Start, c.End = r.buf.Data[:r.buf.Pos], c.Start[:b.Rows], c.End[:b.Rows]
			}
			return nil
		}
		if r.buf.EOF {
			return io.EOF
		}
		if err := r.buf.More(); err != nil {
			return r.src.Problem(err, r.src.Row(r.row+1, ""), "jsonl")
		}
	}
}

// line appends the row in Data[start:end] to b.
func (r *Reader) line(b *table.Batch, start, end int) error {
	data := r.buf.Data
	if space(data, start, end) == end {
		return nil
	}
	if block.Invalid(data[start:end], r.src.Charset != "") >= 0 {
		return r.src.BadText(r.src.Row(r.row+1, ""), "jsonl")
	}
	row, number, found := b.Rows, r.row+1, 0
	f := object(data, start, end, r.likely, func(col int, key, val value) (int, string) {
		if col < 0 {
			var code string
			if col, code = r.column(data[key.start:key.end], key.escaped); code != "" && !r.exact {
				return 0, code
			} else if code != "" {
				col = -1
			}
		}
		if r.exact && col != found {
			return 0, CodeKeys
		}
		if r.seen[col] == number {
			return 0, codeDuplicate
		}
		r.seen[col] = number
		found++
		return col + 1, store(&b.Columns[col], row, data, val)
	})
	if r.next = found; f == nil && r.exact && found < len(b.Columns) {
		f = &flaw{end, CodeKeys}
	}
	if f != nil {
		return r.broken(*f, number, start)
	}
	if found < len(b.Columns) {
		for i := range b.Columns {
			if r.seen[i] != number {
				store(&b.Columns[i], row, data, value{})
			}
		}
	}
	b.Rows++
	r.row++
	return nil
}

// column finds the column of a key.
func (r *Reader) column(key []byte, escaped bool) (int, string) {
	key, ok := keyText(key, escaped)
	if !ok {
		return 0, codeEscape
	}
	col, ok := r.index[string(key)]
	if !ok {
		return 0, codeUnknown
	}
	return col, ""
}

// store puts a value into a row of a column.
func store(c *table.Column, row int, data []byte, v value) string {
	switch v.kind {
	case null:
		c.Null = table.SetBit(c.Null, row)
		v.start, v.end = 0, 0
	case literal:
		c.Literal = table.SetBit(c.Literal, row)
	}
	if v.escaped {
		n := unescape(data[v.start:v.end])
		if n < 0 {
			return codeEscape
		}
		v.end = v.start + n
	}
	c.Start[row], c.End[row] = uint32(v.start), uint32(v.end)
	return ""
}

// person reports whether a key identifies a person, so that it is not shown.
func person(key []byte) bool {
	found, _ := heading.Person(string(key))
	return found
}

// broken describes the error in a row. It shows the name of an unknown key,
// which is the name of a column, and no value.
func (r *Reader) broken(f flaw, row int64, start int) error {
	at := fmt.Sprintf("byte %d", f.at-start+1)
	p := &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: f.code, Place: r.src.Row(row, at)}
	switch f.code {
	case codeObject:
		p.Message = "the line is not a JSON object"
		p.Hint = "write one JSON object a line; for an array of objects: jq -c '.[]'"
	case codeSyntax:
		p.Message = "the line is not valid JSON"
		p.Hint = "write one JSON object a line, without comments or trailing commas"
	case codeEscape:
		p.Message = "an escape in a string is not valid"
		p.Hint = `\u escapes beyond U+FFFF come in pairs`
	case codeDuplicate:
		p.Message = "a key appears twice"
		p.Hint = "keep one of the two"
	case CodeKeys:
		p.Message = fmt.Sprintf("the row has more than the %d expected columns", len(r.schema.Fields))
		if r.next < len(r.schema.Fields) {
			p.Message = fmt.Sprintf("column %d is not %q, which was expected", r.next+1, r.schema.Fields[r.next].Name)
		}
		p.Hint = "give each row all columns, in their order, with null where it has no value"
	case codeUnknown:
		name := "a key"
		if key, next := quoted(r.buf.Data, f.at, r.buf.End); next > 0 && key.end-key.start <= 64 && !person(r.buf.Data[key.start:key.end]) {
			name = fmt.Sprintf("key %q", r.buf.Data[key.start:key.end])
		}
		p.Message = fmt.Sprintf("%s is not among the keys of the first %d rows", name, inferRows)
		p.Hint = "give the first row every key, with null where it has no value"
	}
	return p
}
