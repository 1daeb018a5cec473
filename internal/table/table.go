// Package table defines the record batch that readers pass to profile and plan
// and on to writers: some thousand rows as columns of byte ranges.
//
// No cell becomes a Go string on the way and no row allocates. The package does
// no I/O; readers and writers for each format are in the packages below it and
// work on io.Reader and io.Writer.
package table

import "io"

// Field names a column.
type Field struct {
	Name string
	Kind Kind
	// Comment is what the source says the column is, empty for most. It may hold
	// anything, so it is never stored or sent.
	Comment string
}

// Schema is the columns of a table, in order. Names are unique.
type Schema struct{ Fields []Field }

// Index returns the position of the named column, or -1.
func (s Schema) Index(name string) int {
	for i, f := range s.Fields {
		if f.Name == name {
			return i
		}
	}
	return -1
}

// Column is the cells of one column of a batch. Cell i is
// Data[Start[i]:End[i]]. Several columns may share Data. Cells are UTF-8.
type Column struct {
	Data       []byte
	Start, End []uint32
	// Null has bit i set where row i has no value, which is not the same as
	// an empty one. Nil means no nulls.
	Null []uint64
	// Literal has bit i set where the cell is a JSON literal (number, boolean,
	// array, object) rather than text. Only JSON sources set it.
	Literal []uint64
	// Dict, if it is not nil, has the values of most cells, and Codes the place
	// of each cell's value in it, or -1. Only sources that store dictionaries set
	// it: who looks at each value once saves work, and others need not ask.
	Dict  *Dictionary
	Codes []int32
}

// Dictionary is the values that cells repeat. Neither it nor its values change as
// long as batches have it, and until the reader is asked for another batch after
// the first one whose column has another dictionary, or none: then its memory may
// be used again. A value may be in it more than once.
type Dictionary struct {
	Data  []byte
	Spans []Span
}

// Span is where a value is in Data.
type Span struct{ Start, End uint32 }

// Value returns the bytes of a value.
func (d *Dictionary) Value(code int) []byte { return d.Data[d.Spans[code].Start:d.Spans[code].End] }

// Cell returns the bytes of row i. They are shared: do not change or keep.
func (c *Column) Cell(i int) []byte { return c.Data[c.Start[i]:c.End[i]] }

// IsNull reports whether row i has no value.
func (c *Column) IsNull(i int) bool { return bit(c.Null, i) }

// IsLiteral reports whether row i is a JSON literal rather than text.
func (c *Column) IsLiteral(i int) bool { return bit(c.Literal, i) }

func bit(set []uint64, i int) bool {
	return i>>6 < len(set) && set[i>>6]&(1<<(i&63)) != 0
}

// SetBit returns set with bit i set, grown as needed.
func SetBit(set []uint64, i int) []uint64 {
	for i>>6 >= len(set) {
		set = append(set, 0)
	}
	set[i>>6] |= 1 << (i & 63)
	return set
}

// Reset empties the column and keeps its memory, except Data, which may be
// shared and is dropped.
func (c *Column) Reset() {
	c.Data = nil
	c.Start, c.End = c.Start[:0], c.End[:0]
	c.Null, c.Literal = c.Null[:0], c.Literal[:0]
	c.Dict, c.Codes = nil, c.Codes[:0]
}

// Batch is some thousand rows. A column that was not requested has no cells
// (len(Start) == 0).
type Batch struct {
	Rows    int
	First   int64 // number of the first row in the table, from 0
	Columns []Column
}

// Reset empties the batch for n columns and keeps its memory.
func (b *Batch) Reset(n int) {
	b.Rows, b.First = 0, 0
	for len(b.Columns) < n {
		b.Columns = append(b.Columns, Column{})
	}
	b.Columns = b.Columns[:n]
	for i := range b.Columns {
		b.Columns[i].Reset()
	}
}

// Reader gives a table batch by batch, in the order of its rows.
type Reader interface {
	Schema() Schema
	// Next fills b. The cells are valid until the next call. At the end it
	// returns io.EOF with an empty batch. Any other error is a
	// *dataspace.Problem whose Place names file, row and column; after an error
	// the reader cannot be used any more.
	Next(b *Batch) error
	// Offset is how many bytes of input have been consumed so far.
	Offset() int64
	io.Closer
}

// Chooser is a Reader that can leave out columns, if it gains by it.
type Chooser interface {
	// Only says, before the first batch, which columns are wanted. Others may
	// have no cells.
	Only(columns []int)
}

// Writer takes batches in order.
type Writer interface {
	// Write appends the batch. It keeps no reference to it.
	Write(b *Batch) error
	// Close writes the end of the format. It does not close the underlying
	// io.Writer. Without Close the output is not complete.
	Close() error
}
