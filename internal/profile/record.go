package profile

import (
	"cmp"
	"encoding/binary"
)

// record is one person: a keyed hash and a mask.
type record struct{ hi, lo, mask uint64 }

const recordSize = 24

func (*record) Size() int { return recordSize }

// Key serves the sorter.
func (r *record) Key() uint64 { return r.hi }

func (r *record) Put(b []byte) {
	binary.BigEndian.PutUint64(b, r.hi)
	binary.BigEndian.PutUint64(b[8:], r.lo)
	binary.BigEndian.PutUint64(b[16:], r.mask)
}

func (r *record) Get(b []byte) {
	r.hi = binary.BigEndian.Uint64(b)
	r.lo = binary.BigEndian.Uint64(b[8:])
	r.mask = binary.BigEndian.Uint64(b[16:])
}

// compareRecords orders by hash. It takes values: pointers would move each
// record to the heap.
func compareRecords(a, b record) int {
	if c := cmp.Compare(a.hi, b.hi); c != 0 {
		return c
	}
	return cmp.Compare(a.lo, b.lo)
}

// merge adds the data of another row about the same person.
func (r *record) Merge(o *record) {
	rows := min(3, r.mask>>rowsShift&3+o.mask>>rowsShift&3)
	r.mask = (r.mask|o.mask)&^rowsMask | rows<<rowsShift
}
