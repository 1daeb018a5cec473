package alike

import (
	"bytes"
	"fmt"
	"slices"

	"hutong/internal/dictcount"
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
	hashes  []uint64                 // of the rows of a batch
	known   []dictcount.Memo[uint64] // by column
}

// NewRows counts rows by columns, with hashes of a seed, in so many bytes of
// memory, and beyond that in a file of dir; nil for no columns.
func NewRows(columns []int, seed uint64, dir string, memory int) *Rows {
	if len(columns) == 0 {
		return nil
	}
	return &Rows{columns: columns, groups: New(dir, memory), seed: seed, known: make([]dictcount.Memo[uint64], len(columns))}
}

// factor makes a sum of hashes depend on their order. It is odd, so no bit of them
// is lost.
const factor = 0x9E3779B97F4A7C15

// Add adds the rows of a batch. The hash of a row is a sum over the hashes of its
// values, each times another power of factor, so two rows that differ have the
// same one as rarely as two random numbers.
func (r *Rows) Add(b *table.Batch) error {
	if r == nil {
		return nil
	}
	r.hashes = slices.Grow(r.hashes[:0], b.Rows)[:b.Rows]
	clear(r.hashes)
	for n, i := range r.columns {
		r.column(&b.Columns[i], &r.known[n])
	}
	for _, h := range r.hashes {
		if err := r.groups.Add(h); err != nil {
			return fmt.Errorf("count rows that are alike: %w", err)
		}
	}
	return nil
}

// column adds the values of a column to the hashes. A value of a dictionary is
// hashed once.
func (r *Rows) column(col *table.Column, known *dictcount.Memo[uint64]) {
	if col.Dict != nil {
		known.Begin(col.Dict)
	}
	empty := look.Hash(nil, r.seed)
	for row := range r.hashes {
		hash := empty
		switch {
		case row >= len(col.Start) || col.IsNull(row):
		case col.Dict != nil && col.Codes[row] >= 0:
			of, done := known.Of(col.Codes[row])
			if !done {
				*of = r.hash(col, row)
			}
			hash = *of
		default:
			hash = r.hash(col, row)
		}
		r.hashes[row] = r.hashes[row]*factor + hash
	}
}

func (r *Rows) hash(col *table.Column, row int) uint64 {
	cell := col.Cell(row)
	if !table.Trimmed(cell) {
		cell = bytes.TrimSpace(cell)
	}
	return look.Hash(cell, r.seed)
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
