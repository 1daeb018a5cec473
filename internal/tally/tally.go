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
	pairs *spill.Sorter[name, *name]
}

// New makes a counter that writes to dir what does not fit into a number of
// bytes.
func New(dir string, memory int) *Values {
	return &Values{spill.New[name](dir, memory)}
}

// Add adds the hash of a value and of the name beside it, 0 without one.
func (v *Values) Add(value, beside uint64) error { return v.pairs.Add(value, name(beside)) }

// Close removes what was written.
func (v *Values) Close() { v.pairs.Close() }

// Sum is how many different values there are, and how many of them have two
// names or more.
func (v *Values) Sum() (values, shared int64, err error) {
	last, names := uint64(0), 0
	err = v.pairs.Each(func(value uint64, beside *name) error {
		if values == 0 || value != last {
			values++
			last, names = value, 0
		}
		if *beside != 0 {
			if names++; names == 2 {
				shared++
			}
		}
		return nil
	})
	return values, shared, err
}

// name is the hash of a name beside a value, which is the key; 0: there is none.
type name uint64

// Size serves the sorter; so do Put, Get, Compare and Merge.
func (*name) Size() int { return 8 }

func (n *name) Put(b []byte) { binary.BigEndian.PutUint64(b, uint64(*n)) }

func (n *name) Get(b []byte) { *n = name(binary.BigEndian.Uint64(b)) }

func (n *name) Compare(o *name) int { return cmp.Compare(*n, *o) }

// Merge adds nothing: the same pair in another row.
func (*name) Merge(*name) {}
