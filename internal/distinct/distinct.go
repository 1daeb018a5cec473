// Package distinct keeps, for each of the first different values of a column, what
// was found out about it, so that a value that repeats is not looked at again.
package distinct

import "hutong/internal/cellkind"

// Most is the number of values up to which they are counted exactly.
const Most = 10_000

// Slot is what is kept of a value. It has no pointer, so that the garbage collector
// passes over it.
type Slot struct {
	hash    uint64 // 0 is an empty slot
	Outcome uint16 // of an outcome.Table; 0: none is stored
	Trial   uint16 // the number of the value's trial, from 1; 0 outside the sample
	Kind    cellkind.Kind
	Missing bool
}

// Values is a hash table of the values of one column. It uses 64-bit hashes with a
// random key, so a wrong count is less likely than one in 10^11.
type Values struct {
	slots []Slot
	n     int
	full  bool
}

// Count is how many values there are, at most Most.
func (d *Values) Count() int { return d.n }

// Full reports whether there were too many values. Then none is kept.
func (d *Values) Full() bool { return d.full }

// Find returns the slot of a hash, and whether it existed. It returns nil once
// there are too many values.
func (d *Values) Find(hash uint64) (f *Slot, seen bool) {
	if d.full {
		return nil, false
	}
	return d.find(hash | 1<<63) // never 0, the mark of an empty slot
}

func (d *Values) find(hash uint64) (f *Slot, seen bool) {
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
		if d.n == Most {
			d.full, d.slots = true, nil
			return nil, false
		}
		d.n++
		f.hash = hash
		return f, false
	}
}

func (d *Values) grow() {
	old := d.slots
	d.slots = make([]Slot, max(64, len(old)*4))
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
