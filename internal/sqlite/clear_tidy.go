package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"hutong/internal/runset"
)

// rowSource yields people of a query (person, mask) that is in their order.
type rowSource struct {
	rows *sql.Rows
	hash sql.RawBytes
}

var _ runset.Source = (*rowSource)(nil)

// Next implements runset.Source.
func (r *rowSource) Next() (runset.Person, bool, error) {
	if !r.rows.Next() {
		return runset.Person{}, false, errors.Join(r.rows.Err(), r.rows.Close())
	}
	var mask uint8
	if err := r.rows.Scan(&r.hash, &mask); err != nil || len(r.hash) != 16 {
		return runset.Person{}, false, errors.Join(fmt.Errorf("read people: hash of %d bytes", len(r.hash)), err, r.rows.Close())
	}
	return runset.FromHash([16]byte(r.hash), mask), true, nil
}

// collect reads a source to its end.
func collect(src *rowSource) (out []runset.Person, err error) {
	err = inBatches(src, func(people []runset.Person) error {
		out = append(out, people...)
		return nil
	})
	return out, err
}

// inBatches reads a source to its end, at most a chunk at a time. fn may change
// what it gets.
func inBatches(src *rowSource, fn func([]runset.Person) error) error {
	defer src.rows.Close() // its error is in Next
	batch := make([]runset.Person, 0, countChunk)
	for {
		p, ok, err := src.Next()
		if err != nil {
			return err
		}
		if ok {
			batch = append(batch, p)
		}
		if len(batch) == cap(batch) || !ok {
			if err := fn(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
		if !ok {
			return nil
		}
	}
}

// rowsOf are the people whom the year's counted lists but one hold in rows.
func rowsOf(ctx context.Context, q querier, year, but int64) (*rowSource, error) {
	rows, err := q.QueryContext(ctx, `SELECT m.person, max(m.mask & 1) | max(m.mask & 2) | max(m.mask & 4)
		FROM count_member m INDEXED BY count_member_person CROSS JOIN count_load l
		WHERE m.year = ?1 AND m.load <> ?2 AND l.num = m.load AND l.counted = 1 GROUP BY m.person ORDER BY m.person`, year, but)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	return &rowSource{rows: rows}, nil
}

// Tidy implements clear.CountStore.
func (s *CountStore) Tidy(ctx context.Context) (int, error) {
	s.tidy.Lock()
	defer s.tidy.Unlock()
	// A merge that failed has left its beginning.
	err := s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE count_load SET job = 'drop' WHERE job = 'merging'")
		return err
	})
	done := 0
	for err == nil {
		var dropped, merged int
		if dropped, err = s.dropAll(ctx); err == nil {
			done += dropped
			merged, err = s.mergeSome(ctx)
		}
		if err == nil && dropped+merged == 0 {
			return done, nil
		}
	}
	return done, fmt.Errorf("tidy counts: %w", err)
}

// dropAll removes the people of lists that no longer count.
func (s *CountStore) dropAll(ctx context.Context) (int, error) {
	for done := 0; ; done++ {
		var l list
		err := s.db.Read().QueryRowContext(ctx, "SELECT num, file FROM count_load WHERE job = 'drop' LIMIT 1").Scan(&l.num, &l.file)
		if errors.Is(err, sql.ErrNoRows) {
			return done, nil
		}
		for more := err == nil; more && err == nil; {
			err = s.update(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
				more, err = s.dropRows(ctx, tx, l.num)
				return err
			})
		}
		if err == nil {
			err = s.step("dropped")
		}
		if err == nil && l.file {
			err = s.retire(l.num)
		}
		if err != nil {
			return done, err
		}
	}
}

// dropRows removes the next people of a list, and the list when none are left.
func (s *CountStore) dropRows(ctx context.Context, tx *sql.Tx, num int64) (more bool, err error) {
	last := bytes.Repeat([]byte{0xff}, 17) // above everybody
	err = tx.QueryRowContext(ctx, "SELECT person FROM count_member WHERE load = ? ORDER BY person LIMIT 1 OFFSET ?", num, s.chunk-1).Scan(&last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	more = err == nil
	if _, err := tx.ExecContext(ctx, "DELETE FROM count_member WHERE load = ? AND person <= ?", num, last); err != nil {
		return false, err
	}
	if !more {
		_, err = tx.ExecContext(ctx, "DELETE FROM count_load WHERE num = ?", num)
	}
	return more, err
}

// mergeSome makes one list of several confirmed ones, and says of how many; 0
// if there is nothing worth it.
func (s *CountStore) mergeSome(ctx context.Context) (int, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT num, year, file, people, other, sensitive, under14 FROM count_load
		WHERE job = 'settle' ORDER BY year, file, people`)
	if err != nil {
		return 0, fmt.Errorf("find lists of people: %w", err)
	}
	defer rows.Close() // its error is in rows.Err
	var pick picker
	for rows.Next() {
		var l list
		i := &l.info
		if err := rows.Scan(&l.num, &l.year, &l.file, &i.People, &i.Other, &i.Sensitive, &i.Under14); err != nil {
			return 0, err
		}
		if s.enough(&pick, &l) {
			break
		}
		pick.add(l)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return 0, err
	}
	if !s.enough(&pick, nil) {
		return 0, nil
	}
	return len(pick.lists), s.merge(ctx, pick.lists)
}

// picker collects lists of one kind: rows of a year, or its files of a size.
type picker struct {
	lists  []list
	people int64
}

func (p *picker) add(l list) {
	p.lists = append(p.lists, l)
	p.people += l.info.People
}

// enough reports whether what was picked is to be merged now that next does not
// belong to it, and otherwise begins anew with next. Files are of one size up
// to the fan-fold of the smallest: each person is written again as often as
// the year grows by that.
func (s *CountStore) enough(p *picker, next *list) bool {
	if len(p.lists) == 0 {
		return false
	}
	first := p.lists[0]
	if next != nil && next.year == first.year && next.file == first.file {
		if !first.file || next.info.People < int64(s.fan)*max(first.info.People, 1) {
			return false
		}
	}
	if first.file && len(p.lists) >= s.fan || !first.file && (p.people >= s.rows || len(p.lists) >= countChunk) {
		return true
	}
	*p = picker{}
	return false
}

// merge writes the lists as one, which then counts instead of them.
func (s *CountStore) merge(ctx context.Context, lists []list) error {
	var l list
	err := s.update(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		l, err = newList(ctx, tx, lists[0].year, true, "merging")
		return err
	})
	if err == nil {
		err = s.step("merging")
	}
	if err == nil {
		l.info, err = s.writeMerged(ctx, l, lists)
	}
	if err == nil {
		err = s.step("merged")
	}
	if err != nil {
		return err
	}
	s.long.Lock()
	defer s.long.Unlock()
	err = s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE count_load SET counted = 1, job = 'settle', people = ?, other = ?, sensitive = ?, under14 = ? WHERE num = ?",
			l.info.People, l.info.Other, l.info.Sensitive, l.info.Under14, l.num)
		for i := 0; i < len(lists) && err == nil; i++ {
			_, err = tx.ExecContext(ctx, "UPDATE count_load SET counted = 0, job = 'drop' WHERE num = ?", lists[i].num)
		}
		if err == nil {
			err = addTotals(ctx, tx, l, runset.Totals{})
		}
		return err
	})
	if err == nil {
		err = s.step("swapped")
	}
	return err
}

func (s *CountStore) writeMerged(ctx context.Context, l list, lists []list) (runset.Info, error) {
	var sources []runset.Source
	var rows []runset.Person
	for _, from := range lists {
		if !from.file {
			people, err := s.members(ctx, from)
			if err != nil {
				return runset.Info{}, err
			}
			rows = append(rows, people...)
			continue
		}
		h, err := s.book(from)
		if err != nil {
			return runset.Info{}, err
		}
		defer h.release()
		sources = append(sources, h.runs[0].Cursor())
	}
	sources = append(sources, runset.Slice(runset.Sort(rows)))
	return runset.Write(ctx, s.path(l.num), sources...)
}
