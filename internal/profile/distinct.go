package profile

import "hutong/internal/cellkind"

// distinctLimit is the number of values up to which the distinct count of a
// column is exact.
const distinctLimit = 10_000

// slot is the stored result for a value, so that a repeated value is not
// checked again. It has no pointer, so that the garbage collector passes over it.
type slot struct {
	hash    uint64 // 0 is an empty slot
	outcome uint16 // of an outcome.Table; 0: none is stored
	trial   uint16 // the number of the value's trial, from 1; 0 outside the sample
	kind    cellkind.Kind
	missing bool
}

// distinct is a hash table of the values of one column. It uses 64-bit hashes
// with a random key, so a wrong count is less likely than one in 10^11.
type distinct struct {
	slots []slot
	n     int
	full  bool
}

// find returns the slot of a hash, and whether it existed. It returns nil once
// there are too many values.
func (d *distinct) find(hash uint64) (f *slot, seen bool) {
	if d.full {
		return nil, false
	}
	hash |= 1 << 63 // never 0, the mark of an empty slot
	if d.n*8 >= len(d.slots)*5 {
		d.grow()
	}
	mask := uint64(len(d.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		f := &d.slots[i]
		if f.hash == hash {
			return f, true
		}
		if f.hash != 0 {
			continue
		}
		if d.n == distinctLimit {
			d.full, d.slots = true, nil
			return nil, false
		}
		d.n++
		f.hash = hash
		return f, false
	}
}

func (d *distinct) grow() {
	old := d.slots
	d.slots = make([]slot, max(64, len(old)*4))
	mask := uint64(len(d.slots) - 1)
	for _, f := range old {
		if f.hash == 0 {
			continue
		}
		i := f.hash & mask
		for d.slots[i].hash != 0 {
			i = (i + 1) & mask
		}
		d.slots[i] = f
	}
}
