// Package spill sorts more items than fit into memory: in memory until its
// limit, then as sorted runs in one temporary file.
package spill

import (
	"bufio"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// Item is what a Sorter sorts, besides the key of each. Items of one key that
// compare as equal are merged.
type Item[T any] interface {
	*T
	Size() int // in the file
	Put(b []byte)
	Get(b []byte)
	Merge(o *T)
	// Compare orders the items of one key.
	Compare(o *T) int
}

// keySize is the size of a key in the file.
const keySize = 8

// Sorter sorts any number of items: in memory until its limit, then as sorted
// runs in one temporary file.
type Sorter[T any, P Item[T]] struct {
	dir    string
	limit  int // items in memory
	memory []entry[T]
	file   *os.File // made at the first spill
	runs   []int64  // end offset of each run
}

// New makes a sorter that writes to dir what does not fit into a number of
// bytes.
func New[T any, P Item[T]](dir string, bytes int) *Sorter[T, P] {
	return &Sorter[T, P]{dir: dir, limit: max(bytes/(keySize+P(nil).Size()), 16)}
}

// Add adds an item. Items are ordered by their keys first.
func (s *Sorter[T, P]) Add(key uint64, item T) error {
	if len(s.memory) < s.limit {
		if len(s.memory) == cap(s.memory) {
			s.grow()
		}
		s.memory = append(s.memory, entry[T]{key, item})
		return nil
	}
	s.compact()
	// If many items are equal, merging makes room; otherwise memory fills and
	// is written to disk.
	if len(s.memory)*2 > s.limit {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.memory = append(s.memory, entry[T]{key, item})
	return nil
}

// smallSort is how many items a sorter starts with.
const smallSort = 4096

// grow allocates memory for a small dataset first, then at once for the
// maximum. Growing in many steps would copy, and need old and new memory
// together. Memory that is never written to takes no physical memory.
func (s *Sorter[T, P]) grow() {
	room := s.limit
	if s.memory == nil {
		room = min(room, smallSort)
	}
	s.memory = append(make([]entry[T], 0, room), s.memory...)
}

// compact sorts memory and merges equal items.
func (s *Sorter[T, P]) compact() {
	sortEntries[T, P](s.memory, 56)
	out := s.memory[:0]
	for i := range s.memory {
		r := &s.memory[i]
		if n := len(out); n > 0 && out[n-1].key == r.key && P(&out[n-1].item).Compare(&r.item) == 0 {
			P(&out[n-1].item).Merge(&r.item)
			continue
		}
		out = append(out, *r)
	}
	s.memory = out
}

func (s *Sorter[T, P]) spill() error {
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "hutong-people-*.run")
		if err != nil {
			return fmt.Errorf("create spill file: %w", err)
		}
		s.file = f
	}
	w := bufio.NewWriterSize(s.file, 256<<10)
	b := make([]byte, keySize+P(nil).Size())
	for i := range s.memory {
		binary.BigEndian.PutUint64(b, s.memory[i].key)
		P(&s.memory[i].item).Put(b[keySize:])
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

// Close removes the spill file.
func (s *Sorter[T, P]) Close() {
	s.memory = nil
	if s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name())
		s.file = nil
	}
}

// Each yields every item once, in ascending order.
func (s *Sorter[T, P]) Each(yield func(key uint64, item P) error) error {
	s.compact()
	if len(s.runs) == 0 {
		for i := range s.memory {
			if err := yield(s.memory[i].key, &s.memory[i].item); err != nil {
				return err
			}
		}
		return nil
	}
	h, err := s.open()
	if err != nil {
		return err
	}
	var current entry[T]
	have := false
	for h.Len() > 0 {
		top := h.list[0]
		if have && compare[T, P](&current, &top.head) == 0 {
			P(&current.item).Merge(&top.head.item)
		} else {
			if have {
				if err := yield(current.key, &current.item); err != nil {
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
		return yield(current.key, &current.item)
	}
	return nil
}

func compare[T any, P Item[T]](a, b *entry[T]) int {
	if n := cmp.Compare(a.key, b.key); n != 0 {
		return n
	}
	return P(&a.item).Compare(&b.item)
}

// open starts the merge of all runs and memory.
func (s *Sorter[T, P]) open() (*runHeap[T, P], error) {
	h := &runHeap[T, P]{}
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
type runReader[T any, P Item[T]] struct {
	in     *bufio.Reader
	memory []entry[T]
	head   entry[T]
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
		r.buf = make([]byte, keySize+P(nil).Size())
	}
	if _, err := io.ReadFull(r.in, r.buf); err != nil {
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		return fmt.Errorf("read spill file: %w", err)
	}
	r.head.key = binary.BigEndian.Uint64(r.buf)
	P(&r.head.item).Get(r.buf[keySize:])
	return nil
}

type runHeap[T any, P Item[T]] struct{ list []*runReader[T, P] }

func (h *runHeap[T, P]) Len() int { return len(h.list) }
func (h *runHeap[T, P]) Less(i, j int) bool {
	return compare[T, P](&h.list[i].head, &h.list[j].head) < 0
}
func (h *runHeap[T, P]) Swap(i, j int) { h.list[i], h.list[j] = h.list[j], h.list[i] }

// Push and Pop serve container/heap.
func (h *runHeap[T, P]) Push(x any) { h.list = append(h.list, x.(*runReader[T, P])) }

// Pop removes the last reader.
func (h *runHeap[T, P]) Pop() any {
	n := len(h.list) - 1
	x := h.list[n]
	h.list = h.list[:n]
	return x
}

// Runs is how many sorted runs were written.
func (s *Sorter[T, P]) Runs() int { return len(s.runs) }
