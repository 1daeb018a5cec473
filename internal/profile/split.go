package profile

import (
	"bytes"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/table"
)

// A number can stand in several columns: the first six digits, the date of birth
// and the last four of a resident number; the groups of a card. No cell proves
// anything then. The first pass counts how long the digits of a column are;
// where the lengths of neighbours add up to that of an identifier, another pass
// looks at the numbers that they are together, as at a column of its own.

const (
	maxParts  = 4
	maxSplits = 16 // numbers in parts that are looked for in one table
)

// whole are the lengths of identifiers that may be split: a mobile number, cards
// and resident numbers.
func whole(n int) bool { return n == 11 || n >= 15 && n <= 19 }

// split is a number in neighbouring columns.
type split struct {
	parts  []int
	length int
	column *column // of the numbers as a whole
	text   []byte
}

// mayBeParts are the columns that may be parts of one number.
func (r *run) mayBeParts() []*split {
	lengths := make([]int, len(r.columns))
	for i, c := range r.columns {
		lengths[i] = c.lengths.Usual(c.values)
	}
	var out []*split
	for i := range lengths {
		sum := 0
		for n := 0; n < maxParts && i+n < len(lengths) && lengths[i+n] > 0; n++ {
			if sum += lengths[i+n]; n == 0 || !whole(sum) || len(out) == maxSplits {
				continue
			}
			s := &split{length: sum}
			var names []string
			for k := range n + 1 {
				s.parts = append(s.parts, i+k)
				names = append(names, r.columns[i+k].field.Name)
			}
			s.column = newColumn(r.known, table.Field{Name: strings.Join(names, " ")}, r.seed)
			out = append(out, s)
		}
	}
	return out
}

// add looks at the numbers of a batch.
func (s *split) add(b *table.Batch) {
	for row := range b.Rows {
		if s.text = joined(s.text[:0], b, s.parts, row); len(s.text) == s.length {
			s.column.value(s.text, false, 1)
		}
	}
}

// joined appends what the cells of some columns are together; nothing if one is
// empty.
func joined(dst []byte, b *table.Batch, columns []int, row int) []byte {
	from := len(dst)
	for _, i := range columns {
		col := &b.Columns[i]
		if row >= len(col.Start) || col.IsNull(row) {
			return dst[:from]
		}
		dst = append(dst, bytes.TrimSpace(col.Cell(row))...)
	}
	return dst
}

// found tells the columns what they are parts of. tests is the number of tests
// of the table.
func (s *split) found(columns []*column, tests int) {
	s.column.count()
	in := s.column.prove(nil, tests).Contains
	in = slices.DeleteFunc(in, func(c dataspace.Contained) bool {
		e, ok := s.column.known.Taxonomy.Lookup(c.Element)
		// A year and a number of seven digits are together as a mobile number is.
		unproved := e.Detector.Proves == element.Spread && !s.column.sum.Names(c.Element)
		return !ok || e.Personal != element.PersonalYes || unproved
	})
	for _, i := range s.parts {
		for _, c := range in {
			columns[i].whole = append(columns[i].whole, partOf{c, s.parts})
		}
	}
}

// partsKey is the key that some columns are together, at the first of them.
func (r *run) partsKey(f *findings, i int) (key, bool) {
	for _, w := range r.columns[i].whole {
		e, ok := f.known.Taxonomy.Lookup(w.Element)
		if ok && w.parts[0] == i && global(e) && keyRank(e, "") > 0 {
			return key{columns: w.parts, domain: domain(e, ""), form: formOf(e.ID), rank: keyRank(e, ""), element: e.ID, joined: true}, true
		}
	}
	return key{}, false
}

// partOf says that a column is a part of numbers.
type partOf struct {
	dataspace.Contained
	parts []int
}
