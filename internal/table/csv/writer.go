package csv

import (
	"bytes"
	"fmt"
	"io"

	"hutong/internal/dataspace"
	"hutong/internal/table"
)

// flushAt is how much is collected before a write.
const flushAt = 64 << 10

// Writer writes a table with commas, LF line ends and as few quotes as the
// Reader needs to read the same cells: the same rows give the same bytes. Null
// is empty, the empty string is ""; in a table of one column both are "",
// because most readers skip a blank line. It ignores kinds.
type Writer struct {
	w   io.Writer
	n   int
	buf []byte
}

var _ table.Writer = (*Writer)(nil)

// NewWriter makes a writer; the header goes out with the first rows or Close.
func NewWriter(w io.Writer, s table.Schema) (*Writer, error) {
	if len(s.Fields) == 0 {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "csv.columns", Message: "a table needs at least one column"}
	}
	c := &Writer{w: w, n: len(s.Fields), buf: make([]byte, 0, flushAt+4096)}
	for i, f := range s.Fields {
		if i > 0 {
			c.buf = append(c.buf, ',')
		}
		if i == 0 && bytes.HasPrefix([]byte(f.Name), bom) {
			c.quote([]byte(f.Name)) // otherwise it would be read as the mark of the file
			continue
		}
		c.cell([]byte(f.Name))
	}
	c.buf = append(c.buf, '\n')
	return c, nil
}

var bom = []byte("\uFEFF")

// Write appends the rows of b.
func (w *Writer) Write(b *table.Batch) error {
	if len(b.Columns) != w.n {
		return fmt.Errorf("write csv: batch has %d columns, schema %d: %w", len(b.Columns), w.n, dataspace.ErrInvalid)
	}
	for row := range b.Rows {
		for i := range b.Columns {
			if i > 0 {
				w.buf = append(w.buf, ',')
			}
			if c := &b.Columns[i]; !c.IsNull(row) {
				w.cell(c.Cell(row))
			} else if w.n == 1 {
				w.cell(nil) // most readers take a blank line for no row
			}
		}
		w.buf = append(w.buf, '\n')
		if len(w.buf) >= flushAt {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close writes the remaining bytes.
func (w *Writer) Close() error { return w.flush() }

func (w *Writer) flush() error {
	_, err := w.w.Write(w.buf)
	w.buf = w.buf[:0]
	if err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	return nil
}

// special marks the bytes because of which a cell is quoted.
var special = [256]bool{',': true, '"': true, '\n': true, '\r': true}

func (w *Writer) cell(c []byte) {
	if len(c) == 0 {
		w.buf = append(w.buf, '"', '"')
		return
	}
	for _, x := range c {
		if special[x] {
			w.quote(c)
			return
		}
	}
	w.buf = append(w.buf, c...)
}

func (w *Writer) quote(c []byte) {
	w.buf = append(w.buf, '"')
	for {
		k := bytes.IndexByte(c, '"')
		if k < 0 {
			break
		}
		w.buf = append(w.buf, c[:k+1]...)
		w.buf = append(w.buf, '"')
		c = c[k+1:]
	}
	w.buf = append(w.buf, c...)
	w.buf = append(w.buf, '"')
}
