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

// Groups counts rows by the hash of their values.
type Groups struct {
	dir    string
	memory int
	most   int
	seen   map[uint64]uint32
	sorter *spill.Sorter[group, *group] // nil while the map holds all
}

// New counts in memory up to a number of groups, and beyond that in a file of
// dir, with so many bytes of memory.
func New(dir string, most, memory int) *Groups {
	return &Groups{dir: dir, memory: memory, most: most, seen: map[uint64]uint32{}}
}

// Add adds a row.
func (g *Groups) Add(hash uint64) error {
	g.seen[hash]++
	if len(g.seen) <= g.most {
		return nil
	}
	return g.move()
}

// move moves all groups to the file.
func (g *Groups) move() error {
	if g.sorter == nil {
		g.sorter = spill.New[group](g.dir, g.memory, compare)
	}
	for hash, n := range g.seen {
		if err := g.sorter.Add(group{hash, uint64(n)}); err != nil {
			return err
		}
	}
	clear(g.seen)
	return nil
}

// Close removes the file.
func (g *Groups) Close() {
	if g.sorter != nil {
		g.sorter.Close()
	}
}

// Sum is the count of all rows that were added.
func (g *Groups) Sum() (c Count, err error) {
	if g.sorter == nil {
		for _, n := range g.seen {
			c.add(int64(n))
		}
		return c, nil
	}
	if err := g.move(); err != nil {
		return c, err
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
