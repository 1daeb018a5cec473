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

func (*record) size() int { return recordSize }

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

// compareRecords orders by hash. It takes values: pointers would move each
// record to the heap.
func compareRecords(a, b record) int {
	if c := cmp.Compare(a.hi, b.hi); c != 0 {
		return c
	}
	return cmp.Compare(a.lo, b.lo)
}

// merge adds the data of another row about the same person.
func (r *record) merge(o *record) {
	rows := min(3, r.mask>>rowsShift&3+o.mask>>rowsShift&3)
	r.mask = (r.mask|o.mask)&^rowsMask | rows<<rowsShift
}

// item is what a sorter sorts. Items that compare as equal are merged.
type item[T any] interface {
	*T
	size() int // of put
	put(b []byte)
	get(b []byte)
	merge(o *T)
}

// sorter sorts any number of items: in memory until its limit, then as sorted
// runs in one temporary file.
type sorter[T any, P item[T]] struct {
	dir    string
	order  func(a, b T) int
	limit  int // items in memory
	memory []T
	file   *os.File // made at the first spill
	runs   []int64  // end offset of each run
}

func newSorter[T any, P item[T]](dir string, bytes int, order func(a, b T) int) *sorter[T, P] {
	return &sorter[T, P]{dir: dir, order: order, limit: max(bytes/P(nil).size(), 16)}
}

func (s *sorter[T, P]) add(r T) error {
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
func (s *sorter[T, P]) grow() {
	room := s.limit
	if s.memory == nil {
		room = min(room, smallSort)
	}
	s.memory = append(make([]T, 0, room), s.memory...)
}

// compact sorts memory and merges the rows of each person.
func (s *sorter[T, P]) compact() {
	slices.SortFunc(s.memory, s.order)
	out := s.memory[:0]
	for i := range s.memory {
		r := &s.memory[i]
		if n := len(out); n > 0 && s.order(out[n-1], *r) == 0 {
			P(&out[n-1]).merge(r)
			continue
		}
		out = append(out, *r)
	}
	s.memory = out
}

func (s *sorter[T, P]) spill() error {
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "hutong-people-*.run")
		if err != nil {
			return fmt.Errorf("create spill file: %w", err)
		}
		s.file = f
	}
	w := bufio.NewWriterSize(s.file, 256<<10)
	b := make([]byte, P(nil).size())
	for i := range s.memory {
		P(&s.memory[i]).put(b)
		if _, err := w.Write(b); err != nil {
			return fmt.Errorf("write spill file: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write spill file: %w", err)
	}
	end := int64(len(s.memory)) * int64(len(b))
	if n := len(s.runs); n > 0 {
		end += s.runs[n-1]
	}
	s.runs = append(s.runs, end)
	s.memory = s.memory[:0]
	return nil
}

// close removes the spill file.
func (s *sorter[T, P]) close() {
	s.memory = nil
	if s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name())
		s.file = nil
	}
}

// each yields every item once, in ascending order.
func (s *sorter[T, P]) each(yield func(P) error) error {
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
	var current T
	have := false
	for h.Len() > 0 {
		top := h.list[0]
		if have && s.order(current, top.head) == 0 {
			P(&current).merge(&top.head)
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
			heap.Pop(h)
		case err != nil:
			return err
		default:
			heap.Fix(h, 0)
		}
	}
	if have {
		return yield(&current)
	}
	return nil
}

// open starts the merge of all runs and memory.
func (s *sorter[T, P]) open() (*runHeap[T, P], error) {
	h := &runHeap[T, P]{order: s.order}
	buffer := min(64<<10, max(4<<10, 8<<20/len(s.runs)))
	from := int64(0)
	for _, end := range s.runs {
		r := &runReader[T, P]{in: bufio.NewReaderSize(io.NewSectionReader(s.file, from, end-from), buffer)}
		if err := r.next(); err != nil {
			return nil, err
		}
		h.list = append(h.list, r)
		from = end
	}
	if len(s.memory) > 0 {
		r := &runReader[T, P]{memory: s.memory}
		if err := r.next(); err != nil {
			return nil, err
		}
		h.list = append(h.list, r)
	}
	heap.Init(h)
	return h, nil
}

// runReader reads one sorted run from the file or from memory.
type runReader[T any, P item[T]] struct {
	in     *bufio.Reader
	memory []T
	head   T
	buf    []byte
}

func (r *runReader[T, P]) next() error {
	if r.in == nil {
		if len(r.memory) == 0 {
			return io.EOF
		}
		r.head, r.memory = r.memory[0], r.memory[1:]
		return nil
	}
	if r.buf == nil {
		r.buf = make([]byte, P(nil).size())
	}
	if _, err := io.ReadFull(r.in, r.buf); err != nil {
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		return fmt.Errorf("read spill file: %w", err)
	}
	P(&r.head).get(r.buf)
	return nil
}

type runHeap[T any, P item[T]] struct {
	order func(a, b T) int
	list  []*runReader[T, P]
}

func (h *runHeap[T, P]) Len() int           { return len(h.list) }
func (h *runHeap[T, P]) Less(i, j int) bool { return h.order(h.list[i].head, h.list[j].head) < 0 }
func (h *runHeap[T, P]) Swap(i, j int)      { h.list[i], h.list[j] = h.list[j], h.list[i] }

// Push and Pop serve container/heap.
func (h *runHeap[T, P]) Push(x any) { h.list = append(h.list, x.(*runReader[T, P])) }

// Pop removes the last reader.
func (h *runHeap[T, P]) Pop() any {
	n := len(h.list) - 1
	x := h.list[n]
	h.list = h.list[:n]
	return x
}
