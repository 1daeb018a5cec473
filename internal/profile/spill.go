package profile

import (
	"bufio"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// record is one person: a keyed hash and a mask.
type record struct{ hi, lo, mask uint64 }

const recordSize = 24

func (r *record) put(b []byte) {
	binary.BigEndian.PutUint64(b, r.hi)
	binary.BigEndian.PutUint64(b[8:], r.lo)
	binary.BigEndian.PutUint64(b[16:], r.mask)
}

func (r *record) get(b []byte) {
	r.hi = binary.BigEndian.Uint64(b)
	r.lo = binary.BigEndian.Uint64(b[8:])
	r.mask = binary.BigEndian.Uint64(b[16:])
}

func (r *record) same(o *record) bool { return r.hi == o.hi && r.lo == o.lo }

func (r *record) compare(o *record) int {
	if c := cmp.Compare(r.hi, o.hi); c != 0 {
		return c
	}
	return cmp.Compare(r.lo, o.lo)
}

// merge adds the data of another row about the same person.
func (r *record) merge(o *record) {
	rows := min(3, r.mask>>rowsShift&3+o.mask>>rowsShift&3)
	r.mask = (r.mask|o.mask)&^rowsMask | rows<<rowsShift
}

// sorter sorts any number of records: in memory until its limit, then as sorted
// runs in one temporary file.
type sorter struct {
	dir    string
	limit  int // records in memory
	memory []record
	file   *os.File // made at the first spill
	runs   []int64  // end offset of each run
}

func newSorter(dir string, bytes int) (*sorter, error) {
	return &sorter{dir: dir, limit: max(bytes/recordSize, 16)}, nil
}

func (s *sorter) add(r record) error {
	if len(s.memory) < s.limit {
		if len(s.memory) == cap(s.memory) {
			s.grow()
		}
		s.memory = append(s.memory, r)
		return nil
	}
	s.compact()
	// If people have many rows, merging makes room; otherwise memory fills and
	// is written to disk.
	if len(s.memory)*2 > s.limit {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.memory = append(s.memory, r)
	return nil
}

// smallSort is how many records a small dataset starts with, 96 KiB.
const smallSort = 4096

// grow allocates memory for a small dataset first, then at once for the
// maximum. Growing in many steps would copy, and need old and new memory
// together. Memory that is never written to takes no physical memory.
func (s *sorter) grow() {
	room := s.limit
	if s.memory == nil {
		room = min(room, smallSort)
	}
	s.memory = append(make([]record, 0, room), s.memory...)
}

// compact sorts memory and merges the rows of each person.
func (s *sorter) compact() {
	slices.SortFunc(s.memory, func(a, b record) int { return a.compare(&b) })
	out := s.memory[:0]
	for i := range s.memory {
		r := &s.memory[i]
		if n := len(out); n > 0 && out[n-1].same(r) {
			out[n-1].merge(r)
			continue
		}
		out = append(out, *r)
	}
	s.memory = out
}

func (s *sorter) spill() error {
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "hutong-people-*.run")
		if err != nil {
			return fmt.Errorf("create spill file: %w", err)
		}
		s.file = f
	}
	w := bufio.NewWriterSize(s.file, 256<<10)
	var b [recordSize]byte
	for i := range s.memory {
		s.memory[i].put(b[:])
		if _, err := w.Write(b[:]); err != nil {
			return fmt.Errorf("write spill file: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write spill file: %w", err)
	}
	end := int64(len(s.memory)) * recordSize
	if n := len(s.runs); n > 0 {
		end += s.runs[n-1]
	}
	s.runs = append(s.runs, end)
	s.memory = s.memory[:0]
	return nil
}

// close removes the spill file.
func (s *sorter) close() {
	s.memory = nil
	if s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name())
		s.file = nil
	}
}

// each yields every person once, in ascending order of hash.
func (s *sorter) each(yield func(*record) error) error {
	s.compact()
	if len(s.runs) == 0 {
		for i := range s.memory {
			if err := yield(&s.memory[i]); err != nil {
				return err
			}
		}
		return nil
	}
	h, err := s.open()
	if err != nil {
		return err
	}
	var current record
	have := false
	for h.Len() > 0 {
		top := h[0]
		if have && current.same(&top.head) {
			current.merge(&top.head)
		} else {
			if have {
				if err := yield(&current); err != nil {
					return err
				}
			}
			current, have = top.head, true
		}
		switch err := top.next(); {
		case errors.Is(err, io.EOF):
			heap.Pop(&h)
		case err != nil:
			return err
		default:
			heap.Fix(&h, 0)
		}
	}
	if have {
		return yield(&current)
	}
	return nil
}

// open starts the merge of all runs and memory.
func (s *sorter) open() (runHeap, error) {
	var h runHeap
	buffer := min(64<<10, max(4<<10, 8<<20/len(s.runs)))
	from := int64(0)
	for _, end := range s.runs {
		r := &runReader{in: bufio.NewReaderSize(io.NewSectionReader(s.file, from, end-from), buffer)}
		if err := r.next(); err != nil {
			return nil, err
		}
		h = append(h, r)
		from = end
	}
	if len(s.memory) > 0 {
		r := &runReader{memory: s.memory}
		if err := r.next(); err != nil {
			return nil, err
		}
		h = append(h, r)
	}
	heap.Init(&h)
	return h, nil
}

// runReader reads one sorted run from the file or from memory.
type runReader struct {
	in     *bufio.Reader
	memory []record
	head   record
	buf    [recordSize]byte
}

func (r *runReader) next() error {
	if r.in == nil {
		if len(r.memory) == 0 {
			return io.EOF
		}
		r.head, r.memory = r.memory[0], r.memory[1:]
		return nil
	}
	if _, err := io.ReadFull(r.in, r.buf[:]); err != nil {
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		return fmt.Errorf("read spill file: %w", err)
	}
	r.head.get(r.buf[:])
	return nil
}

type runHeap []*runReader

func (h runHeap) Len() int           { return len(h) }
func (h runHeap) Less(i, j int) bool { return h[i].head.compare(&h[j].head) < 0 }
func (h runHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push and Pop serve container/heap.
func (h *runHeap) Push(x any) { *h = append(*h, x.(*runReader)) }

// Pop removes the last reader.
func (h *runHeap) Pop() any {
	old := *h
	n := len(old) - 1
	x := old[n]
	*h = old[:n]
	return x
}
