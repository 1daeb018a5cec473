// Package alike counts rows that are alike: how many groups of rows have the same
// values in some columns, how small the smallest is, and how many rows are alone.
// It is exact and keeps bounded memory.
package alike

import (
	"cmp"
	"encoding/binary"

	"hutong/internal/spill"
)

// Count is the result.
type Count struct {
	Rows     int64
	Groups   int64
	Smallest int64 // rows of the smallest group
	Alone    int64 // groups of one row
}

// recent is how many groups a row is compared with before it is sorted.
const recent = 1 << 12

// Groups counts rows by the hash of their values.
type Groups struct {
	recent *[recent]group // by the low bits of the hash
	sorter *spill.Sorter[group, *group]
}

// New counts in so many bytes of memory, and beyond that in a file of dir.
func New(dir string, memory int) *Groups {
	return &Groups{recent: new([recent]group), sorter: spill.New[group](dir, memory, compare)}
}

// Add adds a row.
func (g *Groups) Add(hash uint64) error {
	at := &g.recent[hash%recent]
	if at.hash == hash {
		at.rows++
		return nil
	}
	old := *at
	*at = group{hash, 1}
	if old.rows == 0 {
		return nil
	}
	return g.sorter.Add(old)
}

// Close removes the file.
func (g *Groups) Close() { g.sorter.Close() }

// Sum is the count of all rows that were added.
func (g *Groups) Sum() (c Count, err error) {
	for i := range g.recent {
		if one := &g.recent[i]; one.rows > 0 {
			if err := g.sorter.Add(*one); err != nil {
				return c, err
			}
			*one = group{}
		}
	}
	err = g.sorter.Each(func(one *group) error {
		c.add(int64(one.rows))
		return nil
	})
	return c, err
}

func (c *Count) add(rows int64) {
	if c.Groups == 0 || rows < c.Smallest {
		c.Smallest = rows
	}
	if rows == 1 {
		c.Alone++
	}
	c.Rows += rows
	c.Groups++
}

// group is some rows with one hash.
type group struct{ hash, rows uint64 }

func (*group) Size() int { return 16 }

// Key serves the sorter; so do Size, Put, Get and Merge.
func (g *group) Key() uint64 { return g.hash }

func (g *group) Put(b []byte) {
	binary.BigEndian.PutUint64(b, g.hash)
	binary.BigEndian.PutUint64(b[8:], g.rows)
}

func (g *group) Get(b []byte) {
	g.hash, g.rows = binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])
}

func (g *group) Merge(o *group) { g.rows += o.rows }

func compare(a, b group) int { return cmp.Compare(a.hash, b.hash) }
