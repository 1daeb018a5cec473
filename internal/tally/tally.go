// Package tally counts the different values of a key, and those of them that
// several names share, in bounded memory.
package tally

import (
	"cmp"
	"encoding/binary"

	"hutong/internal/spill"
)

// Values counts the values of one key.
type Values struct {
	pairs *spill.Sorter[pair, *pair]
}

// New makes a counter that writes to dir what does not fit into a number of
// bytes.
func New(dir string, memory int) *Values {
	return &Values{spill.New[pair](dir, memory, compare)}
}

// Add adds the hash of a value and of the name beside it, 0 without one.
func (v *Values) Add(value, name uint64) error { return v.pairs.Add(pair{value, name}) }

// Close removes what was written.
func (v *Values) Close() { v.pairs.Close() }

// Sum is how many different values there are, and how many of them have two
// names or more.
func (v *Values) Sum() (values, shared int64, err error) {
	last, names := uint64(0), 0
	err = v.pairs.Each(func(p *pair) error {
		if values == 0 || p.value != last {
			values++
			last, names = p.value, 0
		}
		if p.name != 0 {
			if names++; names == 2 {
				shared++
			}
		}
		return nil
	})
	return values, shared, err
}

// pair is a value, and a name beside it.
type pair struct{ value, name uint64 }

func (*pair) Size() int { return 16 }

// Key serves the sorter.
func (p *pair) Key() uint64 { return p.value }

func (p *pair) Put(b []byte) {
	binary.BigEndian.PutUint64(b, p.value)
	binary.BigEndian.PutUint64(b[8:], p.name)
}

func (p *pair) Get(b []byte) {
	p.value, p.name = binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])
}

// Merge adds nothing: the same pair in another row.
func (*pair) Merge(*pair) {}

func compare(a, b pair) int {
	return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.name, b.name))
}
