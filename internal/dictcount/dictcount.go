// Package dictcount counts the cells of a column by the values of the
// dictionaries that its source stores, so that each value is looked at once for
// all its cells.
package dictcount

import (
	"slices"

	"hutong/internal/table"
)

// maxCells is how many cells are counted before their values are looked at: a
// count must not overflow.
const maxCells = 1 << 31

// Counter counts cells. The zero value has counted none.
type Counter struct {
	dict  *table.Dictionary
	cells []uint32 // by the place of the value in the dictionary
	sum   int64
}

// Add counts the cells that are in a dictionary, and returns how many cells of
// the column are not. It calls value for each value of a dictionary before, with
// the number of its cells. Flush does the same for the last one.
func (c *Counter) Add(col *table.Column, value func(value []byte, cells int64)) (others int) {
	if col.Dict == nil {
		c.Flush(value) // the last dictionary may not last
		return len(col.Start)
	}
	if col.Dict != c.dict || c.sum > maxCells {
		c.Flush(value)
		c.dict = col.Dict
		n := len(c.dict.Spans)
		c.cells = slices.Grow(c.cells[:0], n)[:n]
		clear(c.cells)
	}
	for _, code := range col.Codes {
		if code < 0 {
			others++
			continue
		}
		c.cells[code]++
	}
	c.sum += int64(len(col.Codes) - others)
	return others
}

// Flush calls value for each value of which cells were counted, and begins anew.
func (c *Counter) Flush(value func(value []byte, cells int64)) {
	if c.sum == 0 {
		return
	}
	for code, n := range c.cells {
		if n > 0 {
			value(c.dict.Value(code), int64(n))
		}
	}
	clear(c.cells)
	c.sum = 0
}

// Memo keeps a result for each value of a dictionary.
type Memo[V any] struct {
	dict    *table.Dictionary
	known   []bool
	results []V
	other   V // of a cell that is in no dictionary
}

// Begin forgets the results of another dictionary.
func (m *Memo[V]) Begin(d *table.Dictionary) {
	if d == m.dict {
		return
	}
	n := len(d.Spans)
	m.dict, m.known, m.results = d, slices.Grow(m.known[:0], n)[:n], slices.Grow(m.results[:0], n)[:n]
	clear(m.known)
}

// Of returns where the result for a place in the dictionary is kept, and whether
// it is there already. For a cell that is in none it never is.
func (m *Memo[V]) Of(code int32) (result *V, known bool) {
	if code < 0 {
		return &m.other, false
	}
	known, m.known[code] = m.known[code], true
	return &m.results[code], known
}
