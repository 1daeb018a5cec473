// Package repeats finds the cells of a column of a batch that come more than
// once, so that each is looked at once with the number of its rows.
package repeats

import (
	"bytes"
	"encoding/binary"
	"slices"

	"hutong/internal/table"
)

// places is how many different cells are held at a time: few enough for the
// processor's nearest cache.
const places = 256

// held is a cell with the rows that have it.
type held struct {
	ends
	row, times uint32
}

// Each calls see for rows of a column, each with the number of rows that have
// the same cell, until all rows are counted. A cell may come several times if
// the column has many different ones. It returns how many calls it made.
func Each(col *table.Column, rows int, see func(col *table.Column, row int, times int64)) (calls int) {
	var all [places]held
	plain := !slices.ContainsFunc(col.Null, isSet) && !slices.ContainsFunc(col.Literal, isSet)
	for row := range rows {
		cell := col.Cell(row)
		e := endsOf(cell)
		h := &all[e.place()]
		if h.times > 0 {
			if h.ends == e && (e.whole() || bytes.Equal(cell, col.Cell(int(h.row)))) && (plain || alike(col, row, int(h.row))) {
				h.times++
				continue
			}
			see(col, int(h.row), int64(h.times))
			calls++
		}
		*h = held{e, uint32(row), 1}
	}
	for i := range all {
		if h := &all[i]; h.times > 0 {
			see(col, int(h.row), int64(h.times))
			calls++
		}
	}
	return calls
}

func isSet(word uint64) bool { return word != 0 }

// alike reports whether two rows are both null or not, and both literals or not.
func alike(col *table.Column, a, b int) bool {
	return col.IsNull(a) == col.IsNull(b) && col.IsLiteral(a) == col.IsLiteral(b)
}

// ends are the length of a cell and its first and last bytes, up to eight of each.
type ends struct {
	first, last uint64
	length      uint32
}

func endsOf(cell []byte) (e ends) {
	n := len(cell)
	e.length = uint32(n)
	switch {
	case n >= 8:
		e.first, e.last = binary.LittleEndian.Uint64(cell), binary.LittleEndian.Uint64(cell[n-8:])
	case n >= 4:
		e.first, e.last = uint64(binary.LittleEndian.Uint32(cell)), uint64(binary.LittleEndian.Uint32(cell[n-4:]))
	case n > 0:
		e.first, e.last = uint64(cell[0])|uint64(cell[n/2])<<8, uint64(cell[n-1])
	}
	return e
}

// whole reports whether the ends are all bytes of the cell.
func (e *ends) whole() bool { return e.length <= 16 }

// place is where a cell is held. It is a quick hash of the ends of the cell: where
// two cells share a place, only time is lost.
func (e *ends) place() uint8 {
	const odd = 0x9E3779B97F4A7C15 // the golden ratio
	return uint8(((e.first^uint64(e.length))*odd ^ e.last) * odd >> 56)
}
