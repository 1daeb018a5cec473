package runset

import (
	"context"
)

// Source yields people in ascending order; a Cursor is one.
type Source interface {
	Next() (p Person, ok bool, err error)
}

// often is after how many people a merge looks whether it is still wanted.
const often = 1 << 16

// Merge yields the people of all sources in ascending order, each once with
// all of its marks.
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

// Write writes the people of all sources as one run.
func Write(ctx context.Context, path string, sources ...Source) (Info, error) {
	w, err := Create(path)
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
	for len(m.heap) > 0 && m.heap[0].next.same(&p) {
		p.Mask |= m.heap[0].next.Mask
		next, ok, err := m.heap[0].from.Next()
		if err != nil {
			return Person{}, false, err
		}
		if ok {
			m.heap[0].next = next
		} else {
			last := len(m.heap) - 1
			m.heap[0] = m.heap[last]
			m.heap = m.heap[:last]
		}
		m.down(0)
	}
	return p, true, nil
}

func (m *merger) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(m.heap) {
			return
		}
		if r := child + 1; r < len(m.heap) && m.heap[r].next.less(&m.heap[child].next) {
			child = r
		}
		if !m.heap[child].next.less(&m.heap[i].next) {
			return
		}
		m.heap[i], m.heap[child] = m.heap[child], m.heap[i]
		i = child
	}
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

// Only counts the people of a run, class by class, whom none of the others has
// in that class.
func Only(ctx context.Context, run *Run, others []*Run) (t Totals, err error) {
	if len(others) == 0 {
		return run.info.Totals, nil
	}
	finder, all := NewFinder(others...), run.Cursor()
	batch := make([]Person, 0, 16*blockPeople)
	for more := true; more; {
		if ctx.Err() != nil {
			return t, ctx.Err()
		}
		for batch = batch[:0]; len(batch) < cap(batch) && more; {
			var p Person
			if p, more, err = all.Next(); err != nil {
				return t, err
			} else if more {
				batch = append(batch, p)
			}
		}
		if err := finder.Subtract(batch); err != nil {
			return t, err
		}
		t = t.Plus(Sum(batch))
	}
	return t, nil
}
