package alike

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"hutong/internal/look"
	"hutong/internal/table"
)

// Rows counts the rows of a table that have the same values in some columns.
// Space around a value is not part of it, and a cell without a value counts as an
// empty one. A nil Rows counts nothing.
type Rows struct {
	columns []int
	groups  *Groups
	seed    uint64
	text    []byte
}

// NewRows counts rows by columns, with hashes of a seed, in so many bytes of
// memory, and beyond that in a file of dir; nil for no columns.
func NewRows(columns []int, seed uint64, dir string, memory int) *Rows {
	if len(columns) == 0 {
		return nil
	}
	return &Rows{columns: columns, groups: New(dir, memory), seed: seed}
}

// Add adds the rows of a batch.
func (r *Rows) Add(b *table.Batch) error {
	if r == nil {
		return nil
	}
	for row := range b.Rows {
		r.text = r.text[:0]
		for _, i := range r.columns {
			col := &b.Columns[i]
			from := len(r.text)
			r.text = append(r.text, 0, 0, 0, 0)
			if row < len(col.Start) && !col.IsNull(row) {
				cell := col.Cell(row)
				if !table.Trimmed(cell) {
					cell = bytes.TrimSpace(cell)
				}
				r.text = append(r.text, cell...)
			}
			binary.BigEndian.PutUint32(r.text[from:], uint32(len(r.text)-from))
		}
		if err := r.groups.Add(look.Hash(r.text, r.seed)); err != nil {
			return fmt.Errorf("count rows that are alike: %w", err)
		}
	}
	return nil
}

// Sum is the count of all rows that were added.
func (r *Rows) Sum() (Count, error) {
	n, err := r.groups.Sum()
	if err != nil {
		return n, fmt.Errorf("count rows that are alike: %w", err)
	}
	return n, nil
}

// Close removes the file.
func (r *Rows) Close() {
	if r != nil {
		r.groups.Close()
	}
}

// Columns are those by which rows are counted.
func (r *Rows) Columns() []int {
	if r == nil {
		return nil
	}
	return r.columns
}
