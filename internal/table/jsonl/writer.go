package jsonl

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"hutong/internal/dataspace"
	"hutong/internal/table"
)

// flushAt is how much is collected before a write.
const flushAt = 64 << 10

// Writer writes a table with one object a row, every column in the order of the
// schema, null as null: the same rows give the same bytes. A literal cell, or a
// cell of a column with a JSON kind, is written unquoted if it is valid JSON,
// otherwise as a string (a masked number is a string).
type Writer struct {
	w    io.Writer
	keys [][]byte // `{"a":`, `,"b":`
	bare []bool   // the kind of the column is one of JSON
	buf  []byte
	tidy bytes.Buffer
}

var _ table.Writer = (*Writer)(nil)

// NewWriter makes a writer.
func NewWriter(w io.Writer, s table.Schema) (*Writer, error) {
	if len(s.Fields) == 0 {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "jsonl.columns", Message: "a table needs at least one column"}
	}
	j := &Writer{w: w, buf: make([]byte, 0, flushAt+4096)}
	for i, f := range s.Fields {
		key := []byte{','}
		if i == 0 {
			key[0] = '{'
		}
		j.keys = append(j.keys, append(appendString(key, []byte(f.Name)), ':'))
		switch f.Kind.Base() {
		case table.Integer, table.Number, table.Boolean, table.JSON:
			j.bare = append(j.bare, true)
		default:
			j.bare = append(j.bare, false)
		}
	}
	return j, nil
}

// Write appends the rows of b.
func (w *Writer) Write(b *table.Batch) error {
	if len(b.Columns) != len(w.keys) {
		return fmt.Errorf("write jsonl: batch has %d columns, schema %d: %w", len(b.Columns), len(w.keys), dataspace.ErrInvalid)
	}
	for row := range b.Rows {
		for i := range b.Columns {
			w.buf = append(w.buf, w.keys[i]...)
			c := &b.Columns[i]
			switch {
			case c.IsNull(row):
				w.buf = append(w.buf, "null"...)
			case c.IsLiteral(row) || w.bare[i]:
				w.literal(c.Cell(row))
			default:
				w.buf = appendString(w.buf, c.Cell(row))
			}
		}
		w.buf = append(w.buf, '}', '\n')
		if len(w.buf) >= flushAt {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// literal appends a cell unquoted if it is valid JSON. It removes line ends,
// which occur only in white space between tokens.
func (w *Writer) literal(c []byte) {
	switch {
	case isScalar(c):
		w.buf = append(w.buf, c...)
	case len(c) == 0 || c[0] != '{' && c[0] != '[' || !json.Valid(c):
		w.buf = appendString(w.buf, c)
	case bytes.ContainsAny(c, "\r\n"):
		w.tidy.Reset()
		if json.Compact(&w.tidy, c) == nil { // it is valid
			w.buf = append(w.buf, w.tidy.Bytes()...)
		}
	default:
		w.buf = append(w.buf, c...)
	}
}

// isScalar reports whether c is a JSON number or boolean.
func isScalar(c []byte) bool {
	return string(c) == "true" || string(c) == "false" || len(c) > 0 && number(c, 0, len(c)) == len(c)
}

// Close writes the remaining bytes.
func (w *Writer) Close() error { return w.flush() }

func (w *Writer) flush() error {
	_, err := w.w.Write(w.buf)
	w.buf = w.buf[:0]
	if err != nil {
		return fmt.Errorf("write jsonl: %w", err)
	}
	return nil
}

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string with the fewest escapes: quote,
// backslash and control characters.
func appendString(dst, s []byte) []byte {
	dst = append(dst, '"')
	from := 0
	for i, c := range s {
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}
