package census

import (
	"cmp"
	"encoding/binary"
)

// The mask of a person has these bits. The first MaskBits are the caller's, who
// says in Contents what each means. One bit says that the hash is of a row
// without an identifier. The last two are the number of rows of the person (up
// to 3).
const (
	MaskBits   = 61
	RowKeyMask = 1 << MaskBits
	RowsShift  = MaskBits + 1
	RowsMask   = 3 << RowsShift
	OneRow     = 1 << RowsShift
)

// merged is the mask of a person in two rows or groups of rows.
func merged(a, b uint64) uint64 {
	rows := min(3, a>>RowsShift&3+b>>RowsShift&3)
	return (a|b)&^RowsMask | rows<<RowsShift
}

// Person is a keyed hash.
type Person struct{ Hi, Lo uint64 }

// PersonOf is the person of a keyed hash of 16 bytes or more.
func PersonOf(sum []byte) Person {
	return Person{binary.BigEndian.Uint64(sum), binary.BigEndian.Uint64(sum[8:])}
}

func (p Person) compare(o Person) int {
	if c := cmp.Compare(p.Hi, o.Hi); c != 0 {
		return c
	}
	return cmp.Compare(p.Lo, o.Lo)
}

// record is one person: a keyed hash and a mask.
type record struct {
	who  Person
	mask uint64
}

// marked is a person of the sorter, whose key is the first half of the hash.
type marked struct{ lo, mask uint64 }

// recordSize is the size of a record in the sorter's file and in a census of
// version 1.
const recordSize = 24

// Size serves the sorter; so do Put, Get, Compare and Merge.
func (*marked) Size() int { return 16 }

func (m *marked) Put(b []byte) {
	binary.BigEndian.PutUint64(b, m.lo)
	binary.BigEndian.PutUint64(b[8:], m.mask)
}

func (m *marked) Get(b []byte) {
	m.lo, m.mask = binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])
}

func (m *marked) Compare(o *marked) int { return cmp.Compare(m.lo, o.lo) }

// Merge adds the data of another row about the same person.
func (m *marked) Merge(o *marked) { m.mask = merged(m.mask, o.mask) }
