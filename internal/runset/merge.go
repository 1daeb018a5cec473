package runset

import (
	"context"
)

// Source yields people in ascending order; a Cursor is one.
type Source interface {
	Next() (p Person, ok bool, err error)
}

// often is the number of people after which a merge checks whether its context
// has ended.
const often = 1 << 16

// Merge yields the people of all sources in ascending order. Each person comes
// once, with the joined data of all sources.
func Merge(ctx context.Context, sources []Source, yield func(Person) error) error {
	m, err := newMerger(sources)
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		if n%often == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		p, ok, err := m.Next()
		if err != nil || !ok {
			return err
		}
		if err := yield(p); err != nil {
			return err
		}
	}
}

// Write writes the people of all sources as one run. The classes and keys of
// each source must be those of head or a prefix of them.
func Write(ctx context.Context, path string, head Head, sources ...Source) (Info, error) {
	w, err := Create(path, head)
	if err != nil {
		return Info{}, err
	}
	defer func() { _ = w.Abort() }() // what failed is reported
	if err := Merge(ctx, sources, w.Add); err != nil {
		return Info{}, err
	}
	return w.Commit()
}

// merger is a heap of sources by their next person.
type merger struct{ heap []head }

type head struct {
	next Person
	from Source
}

func newMerger(sources []Source) (*merger, error) {
	m := &merger{heap: make([]head, 0, len(sources))}
	for _, s := range sources {
		p, ok, err := s.Next()
		if err != nil {
			return nil, err
		}
		if ok {
			m.heap = append(m.heap, head{p, s})
		}
	}
	for i := len(m.heap)/2 - 1; i >= 0; i-- {
		m.down(i)
	}
	return m, nil
}

// Next is the next person of all.
func (m *merger) Next() (Person, bool, error) {
	if len(m.heap) == 0 {
		return Person{}, false, nil
	}
	p := m.heap[0].next
	err := m.advance()
	for err == nil && len(m.heap) > 0 && m.heap[0].next.same(&p) {
		p.Join(m.heap[0].next)
		err = m.advance()
	}
	return p, err == nil, err
}

// advance goes to the next person of the first source.
func (m *merger) advance() error {
	next, ok, err := m.heap[0].from.Next()
	if err != nil {
		return err
	}
	if ok {
		m.heap[0].next = next
	} else {
		last := len(m.heap) - 1
		m.heap[0] = m.heap[last]
		m.heap = m.heap[:last]
	}
	m.down(0)
	return nil
}

// down moves a source down to its place in the heap.
func (m *merger) down(i int) {
	heap := m.heap
	if 2*i+1 >= len(heap) {
		return
	}
	moved := heap[i]
	for child := 2*i + 1; child < len(heap); child = 2*i + 1 {
		if r := child + 1; r < len(heap) && heap[r].next.less(&heap[child].next) {
			child = r
		}
		if !heap[child].next.less(&moved.next) {
			break
		}
		heap[i] = heap[child]
		i = child
	}
	heap[i] = moved
}

// slice is people in memory.
type slice []Person

// Slice is people that are in order, as a source.
func Slice(people []Person) Source { s := slice(people); return &s }

// Next implements Source.
func (s *slice) Next() (Person, bool, error) {
	if len(*s) == 0 {
		return Person{}, false, nil
	}
	p := (*s)[0]
	*s = (*s)[1:]
	return p, true, nil
}

// Only counts the change by the people of a run, given the people whom the
// others hold. With of, it counts only those people of the run.
func Only(ctx context.Context, run *Run, others []*Run, of func(*Person) bool) (t Change, err error) {
	if len(others) == 0 && !run.head.Days && of == nil {
		return Change{Tally: run.info.Tally}, nil
	}
	const batch = 1 << 9 // small enough for the processor's cache
	finder, all := NewFinder(others...), run.Cursor()
	people, held := make([]Person, 0, batch), make([]Person, batch)
	for more := true; more; {
		if ctx.Err() != nil {
			return t, ctx.Err()
		}
		for people = people[:0]; len(people) < batch && more; {
			var p Person
			if p, more, err = all.Next(); err != nil {
				return t, err
			} else if more && (of == nil || of(&p)) {
				people = append(people, p)
			}
		}
		clear(held)
		if err := finder.Held(people, held); err != nil {
			return t, err
		}
		for i := range people {
			t.Add(&people[i], &held[i])
		}
	}
	return t, nil
}
