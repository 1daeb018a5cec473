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

// File is the file from which a run is read.
type File interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// local is a file of this machine.
type local struct {
	*os.File
	size int64
}

// Size implements File.
func (l local) Size() int64 { return l.size }

// Run is an open list. It never changes and is safe for concurrent use.
type Run struct {
	file   File
	name   string
	head   Head
	layout layout
	info   Info
	blocks int
	firsts []byte
}

// Open opens a list that is a file of this machine; see Read.
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
	return Read(local{f, info.Size()}, filepath.Base(path))
}

// Read opens a list. Errors contain name. Read takes over the file: Close
// closes it, or Read itself on error. A file that is not a complete list gives
// dataspace.ErrInvalid. Damage to a block is detected when the block is read.
func Read(f File, name string) (*Run, error) {
	r := &Run{file: f, name: name}
	if err := r.load(f.Size()); err != nil {
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
	if crc32.Checksum(raw[:trailerSize-4], castagnoli) != sum {
		return r.damaged("its end is not that of a list", nil)
	}
	switch string(raw[:len(magic1)]) {
	case magic1:
		return r.load1(raw[:], size)
	case magic2:
		return r.load2(raw[:], size)
	}
	return r.damaged("its end is not that of a list", nil)
}

// load1 reads the end of a file of version 1: the number of people and of those
// with each of three marks.
func (r *Run) load1(raw []byte, size int64) error {
	at := len(magic1)
	r.info.People = int64(binary.LittleEndian.Uint64(raw[at:]))
	for i := range 3 {
		r.info.Tally[i] = int64(binary.LittleEndian.Uint64(raw[at+8+8*i:]))
	}
	return r.index(size-trailerSize, binary.LittleEndian.Uint32(raw[at+32:]))
}

// load2 reads the end of a file of version 2.
func (r *Run) load2(raw []byte, size int64) error {
	at := len(magic2)
	r.info.People = int64(binary.LittleEndian.Uint64(raw[at:]))
	length := int64(binary.LittleEndian.Uint32(raw[at+8:]))
	if length > maxHead || length > size-trailerSize {
		return r.damaged("its size is not that of its people", nil)
	}
	head := make([]byte, length)
	if _, err := r.file.ReadAt(head, size-trailerSize-length); err != nil {
		return r.damaged("it cannot be read", err)
	}
	if crc32.Checksum(head, castagnoli) != binary.LittleEndian.Uint32(raw[at+12:]) {
		return r.damaged("its head is damaged", nil)
	}
	if err := r.head.decode(head, &r.info); err != nil {
		return r.damaged("its head is not that of a list", err)
	}
	return r.index(size-trailerSize-length, binary.LittleEndian.Uint32(raw[at+16:]))
}

// index reads the first hash of each block; blocks and index end at end.
func (r *Run) index(end int64, sum uint32) error {
	r.layout = r.head.layout()
	n, each := r.info.People, int64(r.layout.people)
	// The check against the size comes before the multiplication, which could
	// overflow.
	if n < 0 || n > end/hashSize || end != (n+each-1)/each*(blockSize+hashSize) {
		return r.damaged("its size is not that of its people", nil)
	}
	r.blocks = int((n + each - 1) / each)
	r.firsts = make([]byte, r.blocks*hashSize)
	if _, err := r.file.ReadAt(r.firsts, int64(r.blocks)*blockSize); err != nil {
		return r.damaged("it cannot be read", err)
	}
	if crc32.Checksum(r.firsts, castagnoli) != sum {
		return r.damaged("its index is damaged", nil)
	}
	return nil
}

func (r *Run) damaged(what string, err error) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "count.damaged", Place: r.name, Err: err,
		Message: "a list of counted people cannot be used: " + what,
		Hint:    "look at the disk; restore the data directory as it was at one moment, state and lists together"}
}

// Head says what the entries mean.
func (r *Run) Head() Head { return r.head }

// Info is what the run holds.
func (r *Run) Info() Info { return r.info }

// Close closes the file and does not remove it.
func (r *Run) Close() error { return r.file.Close() }

func hashAt(b []byte, i int) Person {
	b = b[i*hashSize : i*hashSize+hashSize]
	return Person{Hi: binary.LittleEndian.Uint64(b), Lo: binary.LittleEndian.Uint64(b[8:])}
}

// maxAhead is the largest number of blocks that are read together.
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

// enter goes to the beginning of a block. If the block follows soon after those
// already read, it reads several blocks together.
func (c *Cursor) enter(num int) error {
	have := len(c.buf) / blockSize
	if num < c.from || num >= c.from+have {
		ahead := 1
		if gap := num - (c.from + have); have > 0 && gap >= 0 && gap < 8 {
			ahead = min(2*have, maxAhead)
		}
		ahead = min(ahead, c.run.blocks-num)
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
	if blockSum(b, num) != binary.LittleEndian.Uint32(b[blockSize-sumSize:]) {
		return c.run.damaged("a part of it is damaged", nil)
	}
	c.block, c.num, c.at = b, num, 0
	each := int64(c.run.layout.people)
	c.n = int(min(each, c.run.info.People-int64(num)*each))
	return nil
}

// Next is the next person; false after the last.
func (c *Cursor) Next() (Person, bool, error) {
	if c.at == c.n {
		if c.num+1 >= c.run.blocks {
			return Person{}, false, nil
		}
		if err := c.enter(c.num + 1); err != nil {
			return Person{}, false, err
		}
	}
	p := hashAt(c.block, c.at)
	c.run.layout.get(c.block, c.at, &p)
	c.at++
	return p, true, nil
}

// Find adds to held the data of a person in the run, or nothing if the run does
// not have the person. Call it for people in ascending order.
func (c *Cursor) Find(p, held *Person) error {
	if num := c.seek(p); num < 0 {
		return nil
	} else if num != c.num {
		if err := c.enter(num); err != nil {
			return err
		}
	}
	// Gallop: the next person is often near.
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
			c.run.layout.get(c.block, low, &q)
			held.Join(q)
		}
	}
	return nil
}

// seek returns the block, from the cursor on, that may hold a person; -1 if
// there is none.
func (c *Cursor) seek(p *Person) int {
	firsts, blocks := c.run.firsts, c.run.blocks
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

// Held adds to each of held the data of all runs for the person at the same
// index. People must ascend, also from call to call.
func (f Finder) Held(people, held []Person) error {
	for _, c := range f {
		for i := range people {
			if err := c.Find(&people[i], &held[i]); err != nil {
				return err
			}
		}
	}
	return nil
}
