package profile

// distinctLimit is up to how many values a column's distinct count is kept,
// exactly.
const distinctLimit = 10_000

// slot is what is remembered about a value, so that a repeated one is not
// looked at again.
type slot struct {
	hash    uint64 // 0 is an empty slot
	outcome uint32 // see outcomes; 0 is none
	missing bool
}

// distinct is a hash table of the values of one column. Hashes of 64 bits
// keyed at random make a wrong count less likely than one in 10^11.
type distinct struct {
	slots []slot
	n     int
	full  bool
}

// find returns the slot of a hash, and whether it was there. It returns nil
// once there are too many values.
func (d *distinct) find(hash uint64) (f *slot, seen bool) {
	if d.full {
		return nil, false
	}
	hash |= 1 << 63 // never the empty mark
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
	d.slots = make([]slot, max(64, len(old)*2))
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
