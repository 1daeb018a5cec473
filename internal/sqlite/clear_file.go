package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/files"
	"hutong/internal/runset"
)

const listSuffix = ".people"

func (s *CountStore) path(num int64) string {
	return filepath.Join(s.dir, strconv.FormatInt(num, 10)+listSuffix)
}

// sweep makes the directory, and removes what a crash left: beginnings of
// files, and files that no list names. Lists that were being written are gone.
func (s *CountStore) sweep(ctx context.Context) error {
	if err := makeDir(s.dir); err != nil {
		return err
	}
	if _, err := files.CleanStale(s.dir); err != nil {
		return err
	}
	err := s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE count_load SET job = 'drop' WHERE job IN ('loading', 'merging')")
		return err
	})
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name, ours := strings.CutSuffix(e.Name(), listSuffix)
		if num, err := strconv.ParseInt(name, 10, 64); ours && err == nil {
			var known bool
			err := s.db.Read().QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM count_load WHERE num = ? AND file = 1 AND job <> 'drop')", num).Scan(&known)
			if err != nil {
				return err
			}
			if known {
				continue
			}
		} else if !strings.Contains(e.Name(), listSuffix+".part") {
			continue // not ours
		}
		if err := os.Remove(filepath.Join(s.dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// makeDir makes a directory that survives a loss of power as the files in it do.
func makeDir(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// openRun is a file in use. One that was retired is closed by its last user.
type openRun struct {
	*runset.Run
	users   int
	retired bool
}

// shelf is the files that count for a year at one moment. They stay readable
// until release, though they be merged away meanwhile.
type shelf struct {
	store   *CountStore
	version int64 // count_year.files
	nums    []int64
	runs    []*runset.Run
}

type querier interface {
	queryRower
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// shelf opens the files of a year but one.
func (s *CountStore) shelf(ctx context.Context, q querier, year, but int64) (*shelf, error) {
	// With the lock, no file that the query finds can be retired before it is
	// in use. The query waits for no writer.
	s.mu.Lock()
	defer s.mu.Unlock()
	h := &shelf{store: s}
	rows, err := q.QueryContext(ctx, `SELECT y.files, coalesce(l.num, 0), coalesce(l.people, 0), coalesce(l.other, 0), coalesce(l.sensitive, 0), coalesce(l.under14, 0)
		FROM count_year y LEFT JOIN count_load l ON l.year = y.num AND l.file = 1 AND l.counted = 1 AND l.num <> ?2 WHERE y.num = ?1`, year, but)
	if err != nil {
		return nil, fmt.Errorf("find lists of people: %w", err)
	}
	defer rows.Close() // its error is in rows.Err
	for rows.Next() {
		l := list{year: year, file: true}
		err := rows.Scan(&h.version, &l.num, &l.info.People, &l.info.Other, &l.info.Sensitive, &l.info.Under14)
		if err == nil && l.num != 0 { // 0: a year without files
			err = h.add(l)
		}
		if err != nil {
			h.releaseLocked()
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		h.releaseLocked()
		return nil, err
	}
	return h, nil
}

// book opens the file of one list.
func (s *CountStore) book(l list) (*shelf, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := &shelf{store: s}
	return h, h.add(l)
}

func (h *shelf) add(l list) error {
	r := h.store.open[l.num]
	if r == nil {
		run, err := runset.Open(h.store.path(l.num))
		if errors.Is(err, dataspace.ErrNotFound) {
			return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "count.lost", Place: strconv.FormatInt(l.num, 10) + listSuffix, Err: err,
				Message: "a list of counted people is gone", Hint: "restore the data directory as it was at one moment, state and lists together"}
		}
		if err != nil {
			return err
		}
		if run.Info() != l.info {
			return errors.Join(&dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "count.damaged", Place: strconv.FormatInt(l.num, 10) + listSuffix,
				Message: "a list of counted people is not the one that was counted", Hint: "restore the data directory as it was at one moment, state and lists together"}, run.Close())
		}
		r = &openRun{Run: run}
		h.store.open[l.num] = r
	}
	r.users++
	h.nums, h.runs = append(h.nums, l.num), append(h.runs, r.Run)
	return nil
}

func (h *shelf) release() {
	h.store.mu.Lock()
	defer h.store.mu.Unlock()
	h.releaseLocked()
}

func (h *shelf) releaseLocked() {
	for _, num := range h.nums {
		r := h.store.open[num]
		if r.users--; r.users == 0 && r.retired {
			delete(h.store.open, num)
			_ = r.Close() // only read
		}
	}
	h.nums = nil
}

// retire removes the file of a list that is no more.
func (s *CountStore) retire(num int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.open[num]; r != nil {
		if r.retired = true; r.users == 0 {
			delete(s.open, num)
			_ = r.Close() // only read
		}
	}
	if err := os.Remove(s.path(num)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove list of people: %w", err)
	}
	return nil
}

// Close closes the files. Nothing may be under way.
func (s *CountStore) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, r := range s.open {
		errs = append(errs, r.Close())
	}
	clear(s.open)
	return errors.Join(errs...)
}

// sameFiles is errOvertaken unless the files that count are those of a version.
func sameFiles(ctx context.Context, tx *sql.Tx, year, version int64) error {
	var now int64
	if err := tx.QueryRowContext(ctx, "SELECT files FROM count_year WHERE num = ?", year).Scan(&now); err != nil {
		return err
	}
	if now != version {
		return errOvertaken
	}
	return nil
}

// notInFiles takes out of the people's masks what is in files of the year, and
// says for which version of the files.
func (s *CountStore) notInFiles(ctx context.Context, year int64, people []runset.Person) ([]runset.Person, int64, error) {
	h, err := s.shelf(ctx, s.db.Read(), year, 0)
	if err != nil {
		return nil, 0, err
	}
	defer h.release()
	out := append([]runset.Person(nil), people...)
	return out, h.version, runset.NewFinder(h.runs...).Subtract(out)
}

// countFile finds the people whom only the list, a file, holds, and runs apply
// in the transaction in which that is still so.
func (s *CountStore) countFile(ctx context.Context, l list, apply func(context.Context, *sql.Tx, runset.Totals) error) error {
	s.long.Lock() // the files stay as they are
	defer s.long.Unlock()
	own, err := s.book(l)
	if err != nil {
		return err
	}
	defer own.release()
	others, err := s.shelf(ctx, s.db.Read(), l.year, l.num)
	if err != nil {
		return err
	}
	defer others.release()
	only, err := runset.Only(ctx, own.runs[0], others.runs)
	if err != nil {
		return err
	}
	if err := s.step("compared"); err != nil {
		return err
	}
	for range countTries {
		rows, version, err := s.snapshot(ctx, l, own, others)
		if err != nil {
			return err
		}
		err = s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
			var now int64
			if err := tx.QueryRowContext(ctx, "SELECT version FROM count_year WHERE num = ?", l.year).Scan(&now); err != nil {
				return err
			}
			if now != version {
				return errOvertaken
			}
			return apply(ctx, tx, only.Minus(rows))
		})
		if !errors.Is(err, errOvertaken) {
			return err
		}
	}
	return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		rows, err := inRows(ctx, tx, l, own, others)
		if err != nil {
			return err
		}
		return apply(ctx, tx, only.Minus(rows))
	})
}

// snapshot is inRows at one moment, and the version of the year then.
func (s *CountStore) snapshot(ctx context.Context, l list, own, others *shelf) (t runset.Totals, version int64, err error) {
	tx, err := s.db.Read().BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return t, 0, err
	}
	defer func() { _ = tx.Rollback() }() // nothing was changed
	if err := tx.QueryRowContext(ctx, "SELECT version FROM count_year WHERE num = ?", l.year).Scan(&version); err != nil {
		return t, 0, err
	}
	t, err = inRows(ctx, tx, l, own, others)
	return t, version, err
}

// inRows counts those people of a list, of those that no other file has, whom
// other lists hold in rows.
func inRows(ctx context.Context, q querier, l list, own, others *shelf) (t runset.Totals, err error) {
	src, err := rowsOf(ctx, q, l.year, l.num)
	if err != nil {
		return t, err
	}
	mine, theirs := runset.NewFinder(own.runs...), runset.NewFinder(others.runs...)
	err = inBatches(src, func(people []runset.Person) error {
		if err := mine.Intersect(people); err != nil {
			return err
		}
		both := people[:0]
		for _, p := range people {
			if p.Mask != 0 {
				both = append(both, p)
			}
		}
		if err := theirs.Subtract(both); err != nil {
			return err
		}
		t = t.Plus(runset.Sum(both))
		return nil
	})
	return t, err
}
