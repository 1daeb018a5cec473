// Package alike counts rows that are alike: how many groups of rows have the same
// values in some columns, how small the smallest is, and how many rows are alone.
// It is exact and keeps bounded memory.
package alike

import (
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

// parts is how many parts the hashes are divided into, by their first byte.
const (
	parts     = 1 << 8
	partShift = 64 - 8
)

// Groups counts rows by the hash of their values. It keeps one hash for each row,
// by parts. A part is counted at once, in a table that is small enough for the
// processor's cache: to sort all hashes takes several times as long. When memory
// is full, the counted groups go to a sorter, which has a file for them.
type Groups struct {
	hashes []uint64 // room for each part, one after the other
	used   [parts]int
	room   int // of one part
	most   int // as much room as a part may have
	counts counter
	sorter *spill.Sorter[alike, *alike]
	sorted bool // the sorter has groups
}

// New counts in so many bytes of memory, and beyond that in a file of dir.
func New(dir string, memory int) *Groups {
	// A third is for the sorter, which only many rows need.
	return &Groups{most: max(memory*2/3/(8*parts), 1), sorter: spill.New[alike](dir, memory/3)}
}

// Add adds a row.
func (g *Groups) Add(hash uint64) error {
	p := int(hash >> partShift)
	if g.used[p] == g.room {
		if err := g.makeRoom(); err != nil {
			return err
		}
	}
	g.hashes[p*g.room+g.used[p]] = hash
	g.used[p]++
	return nil
}

// growth is by how much the room of parts grows, beginning with firstRoom. Memory
// that is never written to takes no physical memory.
const (
	firstRoom = 32
	growth    = 8
)

// makeRoom gives each part more room, or empties all of them.
func (g *Groups) makeRoom() error {
	if g.room == g.most {
		return g.empty()
	}
	old, room := g.hashes, g.room
	g.room = min(max(firstRoom, room*growth), g.most)
	g.hashes = make([]uint64, parts*g.room)
	for p, n := range g.used {
		copy(g.hashes[p*g.room:], old[p*room:p*room+n])
	}
	return nil
}

// empty brings all groups to the sorter.
func (g *Groups) empty() error {
	g.sorted = true
	return g.each(func(one group) error { return g.sorter.Add(one.hash, alike(one.rows)) })
}

// each yields the groups of each part, in no order, and empties it.
func (g *Groups) each(yield func(group) error) error {
	for p, n := range g.used {
		from := p * g.room
		if err := g.counts.count(g.hashes[from:from+n], yield); err != nil {
			return err
		}
	}
	g.used = [parts]int{}
	return nil
}

// Close removes the file.
func (g *Groups) Close() { g.sorter.Close() }

// Sum is the count of all rows that were added.
func (g *Groups) Sum() (c Count, err error) {
	add := func(one group) error {
		c.add(int64(one.rows))
		return nil
	}
	if !g.sorted {
		return c, g.each(add)
	}
	if err := g.empty(); err != nil {
		return c, err
	}
	err = g.sorter.Each(func(hash uint64, rows *alike) error { return add(group{hash, uint64(*rows)}) })
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

// alike is how many rows are in a group, whose hash is the key.
type alike uint64

// Size serves the sorter; so do Put, Get, Compare and Merge.
func (*alike) Size() int { return 8 }

func (a *alike) Put(b []byte) { binary.BigEndian.PutUint64(b, uint64(*a)) }

func (a *alike) Get(b []byte) { *a = alike(binary.BigEndian.Uint64(b)) }

func (*alike) Compare(*alike) int { return 0 }

func (a *alike) Merge(o *alike) { *a += *o }
