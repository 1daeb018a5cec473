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

const recordSize = 24

func (*record) Size() int { return recordSize }

// Key serves the sorter.
func (r *record) Key() uint64 { return r.who.Hi }

func (r *record) Put(b []byte) {
	binary.BigEndian.PutUint64(b, r.who.Hi)
	binary.BigEndian.PutUint64(b[8:], r.who.Lo)
	binary.BigEndian.PutUint64(b[16:], r.mask)
}

func (r *record) Get(b []byte) {
	r.who = PersonOf(b)
	r.mask = binary.BigEndian.Uint64(b[16:])
}

// compareRecords orders by hash. It takes values: pointers would move each
// record to the heap.
func compareRecords(a, b record) int { return a.who.compare(b.who) }

// Merge adds the data of another row about the same person.
func (r *record) Merge(o *record) { r.mask = merged(r.mask, o.mask) }
