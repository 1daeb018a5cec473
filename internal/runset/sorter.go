package runset

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// sortPeople is how many people a Sorter holds in memory, 6 MiB.
const sortPeople = 1 << 18

// Sorter writes a run of people that come in any order. It writes people in
// ascending order directly. Otherwise it writes sorted parts next to the run
// and merges them at the end.
type Sorter struct {
	path  string
	head  Head
	limit int
	buf   []Person
	parts []string
	w     *Writer // of the newest part
}

// NewSorter begins a run that Commit puts at path. Call Abort in any case.
func NewSorter(path string, head Head) *Sorter {
	return &Sorter{path: path, head: head, limit: sortPeople}
}

// Add takes a person. If a person comes again, the marks are joined.
func (s *Sorter) Add(people ...Person) error {
	for len(people) > 0 {
		n := min(len(people), s.limit-len(s.buf))
		s.buf, people = append(s.buf, people[:n]...), people[n:]
		if len(s.buf) == s.limit {
			if err := s.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Sorter) flush() error {
	people := Sort(s.buf)
	s.buf = s.buf[:0]
	if len(people) == 0 {
		return nil
	}
	if s.w != nil && !s.w.last.less(&people[0]) {
		if err := s.part(); err != nil {
			return err
		}
	}
	if s.w == nil {
		w, err := Create(s.path, s.head)
		if err != nil {
			return err
		}
		s.w = w
	}
	for i := range people {
		if err := s.w.Add(people[i]); err != nil {
			return err
		}
	}
	return nil
}

// part ends the newest part.
func (s *Sorter) part() error {
	if _, err := s.w.Commit(); err != nil {
		return err
	}
	s.w = nil
	name := fmt.Sprintf("%s.part%d", s.path, len(s.parts))
	if err := os.Rename(s.path, name); err != nil {
		return fmt.Errorf("write list of people: %w", err)
	}
	s.parts = append(s.parts, name)
	return nil
}

// Commit makes the run appear at its path; see Writer.Commit.
func (s *Sorter) Commit(ctx context.Context) (Info, error) {
	if err := s.flush(); err != nil {
		return Info{}, err
	}
	if len(s.parts) == 0 {
		if s.w == nil {
			return Write(ctx, s.path, s.head)
		}
		return s.w.Commit()
	}
	if err := s.part(); err != nil {
		return Info{}, err
	}
	var sources []Source
	for _, name := range s.parts {
		r, err := Open(name)
		if err != nil {
			return Info{}, err
		}
		defer r.Close() // only read
		sources = append(sources, r.Cursor())
	}
	info, err := Write(ctx, s.path, s.head, sources...)
	return info, errors.Join(err, s.Abort())
}

// Abort removes everything but a run that was committed.
func (s *Sorter) Abort() error {
	var errs []error
	if s.w != nil {
		errs = append(errs, s.w.Abort())
	}
	for _, name := range s.parts {
		errs = append(errs, os.Remove(name))
	}
	s.parts = nil
	return errors.Join(errs...)
}
