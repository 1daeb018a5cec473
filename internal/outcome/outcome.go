// Package outcome keeps which kinds of hits the values of a column have, each
// combination once.
package outcome

import (
	"encoding/binary"
	"slices"
)

// Set is what was found in one value: the numbers of kinds of hits,
// ascending.
type Set []int32

// Table stores each outcome of a column once. Most values of a column have
// the same few outcomes, so each value stores a number instead of a set.
type Table struct {
	list  []Set   // from 1 on
	rows  []int64 // how many rows have it
	index map[string]uint16
	last  uint16 // the outcome of the previous value
	none  uint16 // the outcome of a value in which nothing was found
	key   []byte
}

// maxOutcomes bounds the stored outcomes of texts with many different
// combinations.
const maxOutcomes = 4096

// Number gives the number of an outcome, 0 when it is not stored. It copies
// what it stores.
func (o *Table) Number(found Set) uint16 {
	if len(found) == 0 && o.none != 0 {
		return o.none
	}
	if o.last != 0 && slices.Equal(o.list[o.last], found) {
		return o.last
	}
	o.key = found.encode(o.key[:0])
	if n, ok := o.index[string(o.key)]; ok {
		o.last = n
		return n
	}
	if len(o.list) == maxOutcomes {
		return 0
	}
	if o.list == nil {
		o.list, o.rows, o.index = make([]Set, 1, 8), make([]int64, 1, 8), map[string]uint16{}
	}
	o.last = uint16(len(o.list))
	o.list = append(o.list, slices.Clone(found))
	o.rows = append(o.rows, 0)
	o.index[string(o.key)] = o.last
	if len(found) == 0 {
		o.none = o.last
	}
	return o.last
}

// Add counts rows that have the outcome of a number.
func (o *Table) Add(number uint16, rows int64) { o.rows[number] += rows }

// RowsWith is how many rows have one of some kinds of hits.
func (o *Table) RowsWith(kinds []int32) (rows int64) {
	for n, found := range o.list {
		if slices.ContainsFunc(kinds, func(k int32) bool { return slices.Contains(found, k) }) {
			rows += o.rows[n]
		}
	}
	return rows
}

func (o Set) encode(b []byte) []byte {
	for _, i := range o {
		b = binary.LittleEndian.AppendUint32(b, uint32(i))
	}
	return b
}
