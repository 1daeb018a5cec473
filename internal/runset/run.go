package runset

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sort"

	"hutong/internal/dataspace"
)

// file is what a run is read from.
type file interface {
	io.ReaderAt
	io.Closer
}

// Run is an open list. It never changes and is safe for concurrent use.
type Run struct {
	file   file
	name   string
	info   Info
	firsts []byte
}

// Open opens a list. A file that is not one, or not whole, is
// dataspace.ErrInvalid; damage to a block is found when it is read.
func Open(path string) (*Run, error) {
	f, err := os.Open(path)
	if err != nil {
		kind := dataspace.ErrUnavailable
		if errors.Is(err, os.ErrNotExist) {
			kind = dataspace.ErrNotFound
		}
		return nil, fmt.Errorf("open list of people: %w", errors.Join(kind, err))
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open list of people: %w", err), f.Close())
	}
	r := &Run{file: f, name: filepath.Base(path)}
	if err := r.load(info.Size()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return r, nil
}

func (r *Run) load(size int64) error {
	var raw [trailerSize]byte
	if size < trailerSize {
		return r.damaged("it is too short", nil)
	}
	if _, err := r.file.ReadAt(raw[:], size-trailerSize); err != nil {
		return r.damaged("it cannot be read", err)
	}
	sum := binary.LittleEndian.Uint32(raw[trailerSize-4:])
	if string(raw[:len(magic)]) != magic || crc32.Checksum(raw[:trailerSize-4], castagnoli) != sum {
		return r.damaged("its end is not that of a list", nil)
	}
	for i, n := range []*int64{&r.info.People, &r.info.Other, &r.info.Sensitive, &r.info.Under14} {
		*n = int64(binary.LittleEndian.Uint64(raw[len(magic)+8*i:]))
	}
	// Bounded by the size before it is multiplied, or it could overflow.
	if n := r.info.People; n < 0 || n > size/hashSize || size != int64(r.blocks())*(blockSize+hashSize)+trailerSize {
		return r.damaged("its size is not that of its people", nil)
	}
	r.firsts = make([]byte, r.blocks()*hashSize)
	if _, err := r.file.ReadAt(r.firsts, int64(r.blocks())*blockSize); err != nil {
		return r.damaged("it cannot be read", err)
	}
	if crc32.Checksum(r.firsts, castagnoli) != binary.LittleEndian.Uint32(raw[len(magic)+32:]) {
		return r.damaged("its index is damaged", nil)
	}
	return nil
}

func (r *Run) damaged(what string, err error) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "count.damaged", Place: r.name, Err: err,
		Message: "a list of counted people cannot be used: " + what,
		Hint:    "look at the disk; restore the data directory as it was at one moment, state and lists together"}
}

func (r *Run) blocks() int { return int((r.info.People + blockPeople - 1) / blockPeople) }

// Info is what the run holds.
func (r *Run) Info() Info { return r.info }

// Close closes the file and keeps it.
func (r *Run) Close() error { return r.file.Close() }

func hashAt(b []byte, i int) Person {
	b = b[i*hashSize : i*hashSize+hashSize]
	return Person{Hi: binary.LittleEndian.Uint64(b), Lo: binary.LittleEndian.Uint64(b[8:])}
}

// maxAhead is how many blocks are read at once where many are needed.
const maxAhead = 32

// Cursor goes through a run in ascending order, by Next or by Find.
type Cursor struct {
	run   *Run
	buf   []byte // blocks from, from+1 ...
	from  int
	block []byte // the one that the cursor is in
	at, n int    // of the next person in it, and how many it has
	num   int    // of block; -1 before the first
}

// Cursor begins before the first person.
func (r *Run) Cursor() *Cursor { return &Cursor{run: r, num: -1} }

// enter goes to the beginning of a block. If the block comes soon after those
// that the cursor has read, it reads more than one at once.
func (c *Cursor) enter(num int) error {
	have := len(c.buf) / blockSize
	if num < c.from || num >= c.from+have {
		ahead := 1
		if gap := num - (c.from + have); have > 0 && gap >= 0 && gap < 8 {
			ahead = min(2*have, maxAhead)
		}
		ahead = min(ahead, c.run.blocks()-num)
		if cap(c.buf) < ahead*blockSize {
			c.buf = make([]byte, ahead*blockSize)
		}
		c.buf, c.from = c.buf[:ahead*blockSize], num
		if _, err := c.run.file.ReadAt(c.buf, int64(num)*blockSize); err != nil {
			c.buf = c.buf[:0]
			return c.run.damaged("it cannot be read", err)
		}
	}
	at := (num - c.from) * blockSize
	b := c.buf[at : at+blockSize]
	if blockSum(b, num) != binary.LittleEndian.Uint32(b[sumAt:]) {
		return c.run.damaged("a part of it is damaged", nil)
	}
	c.block, c.num, c.at = b, num, 0
	c.n = int(min(blockPeople, c.run.info.People-int64(num)*blockPeople))
	return nil
}

func (c *Cursor) mask(i int) uint8 { return c.block[marksAt+i/2] >> (4 * (i & 1)) & 15 }

// Next is the next person; false after the last.
func (c *Cursor) Next() (Person, bool, error) {
	if c.at == c.n {
		if c.num+1 >= c.run.blocks() {
			return Person{}, false, nil
		}
		if err := c.enter(c.num + 1); err != nil {
			return Person{}, false, err
		}
	}
	p := hashAt(c.block, c.at)
	p.Mask = c.mask(c.at)
	c.at++
	return p, true, nil
}

// Find is the mask of a person, 0 when the run has none. Ask for people in
// ascending order.
func (c *Cursor) Find(p *Person) (uint8, error) {
	if num := c.seek(p); num < 0 {
		return 0, nil
	} else if num != c.num {
		if err := c.enter(num); err != nil {
			return 0, err
		}
	}
	// Gallop: who is asked for is often near.
	step, low, high := 1, c.at, c.at
	for high < c.n {
		if q := hashAt(c.block, high); !q.less(p) {
			break
		}
		low, high, step = high+1, high+step, step*2
	}
	high = min(high, c.n)
	for low < high {
		mid := int(uint(low+high) / 2)
		if q := hashAt(c.block, mid); q.less(p) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	c.at = low
	if low < c.n {
		if q := hashAt(c.block, low); q.same(p) {
			return c.mask(low), nil
		}
	}
	return 0, nil
}

// seek is the block that may hold a person, from where the cursor is; -1 when
// none may.
func (c *Cursor) seek(p *Person) int {
	firsts, blocks := c.run.firsts, c.run.blocks()
	after := func(i int) bool { q := hashAt(firsts, i); return p.less(&q) }
	low := max(c.num, 0)
	if low >= blocks || c.num < 0 && after(0) {
		return -1
	}
	step := 1
	for low+step < blocks && !after(low+step) {
		low += step
		step *= 2
	}
	end := min(low+step, blocks)
	return low + sort.Search(end-low-1, func(i int) bool { return after(low + 1 + i) })
}

// Finder looks people up in several runs.
type Finder []*Cursor

// NewFinder begins before the first person.
func NewFinder(runs ...*Run) Finder {
	f := make(Finder, len(runs))
	for i, r := range runs {
		f[i] = r.Cursor()
	}
	return f
}

// Subtract takes from each person's mask what the runs have of it. People
// ascend, from call to call too.
func (f Finder) Subtract(people []Person) error {
	for _, c := range f {
		for i := range people {
			found, err := c.Find(&people[i])
			if err != nil {
				return err
			}
			people[i].Mask &^= found
		}
	}
	return nil
}

// Intersect leaves of each person's mask what every run has of it.
func (f Finder) Intersect(people []Person) error {
	for _, c := range f {
		for i := range people {
			found, err := c.Find(&people[i])
			if err != nil {
				return err
			}
			people[i].Mask &= found
		}
	}
	return nil
}
