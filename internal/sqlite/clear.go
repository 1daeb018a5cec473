package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/runset"
)

// CountStore counts people.
//
// The people of a reservation are a list (count_load): a short one as rows
// (count_member), a long one as a file (runset). A file is written before its
// list counts, so that a long list holds up no other change. Then one short
// transaction makes it count. Who is in it and in no other list is found
// beforehand, and stands as long as neither the files nor the rows that it was
// found among have changed: count_year has a version of each.
//
// Confirmed lists are merged by Tidy: rows into a file, files into larger
// ones. A merged list begins to count in the transaction in which those that
// it was made of cease to.
type CountStore struct {
	db      *DB
	dir     string
	gateway dataspace.GatewayID
	chunk   int   // longer lists are files
	rows    int64 // as many confirmed people in rows become a file
	fan     int   // as many files of about one size become one

	// long is held by whoever changes which files count.
	long sync.Mutex
	tidy sync.Mutex

	mu   sync.Mutex
	open map[int64]*openRun

	// killed, in tests, cuts an action short between two steps.
	killed func(step string) error
}

var _ clear.CountStore = (*CountStore)(nil)

const (
	// countChunk is how many people are written or looked up in one
	// transaction, about ten milliseconds.
	countChunk = 4096
	countRows  = 16 * countChunk
	countFan   = 8
	// countTries is how often what was found may be overtaken.
	countTries = 3
)

// errOvertaken: what was found beforehand no longer holds.
var errOvertaken = errors.New("the counts have changed")

// OpenCountStore opens the store of a gateway's person counts, whose files are
// in dir.
// Close it before the database. What a crash left is removed, and what an
// older version left in rows is moved.
func OpenCountStore(ctx context.Context, db *DB, dir string, gateway dataspace.GatewayID) (*CountStore, error) {
	s := &CountStore{db: db, dir: dir, gateway: gateway, chunk: countChunk, rows: countRows, fan: countFan, open: map[int64]*openRun{}}
	for _, step := range []func(context.Context) error{s.sweep, s.moveOld} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("open counts: %w", err)
		}
	}
	return s, nil
}

func (s *CountStore) step(name string) error {
	if s.killed == nil {
		return nil
	}
	return s.killed(name)
}

// list is a count_load row.
type list struct {
	num, year int64
	file      bool
	info      runset.Info // of a file
}

// update runs fn in the writer's transaction. A statement that is interrupted
// can roll back everybody's transaction, so fn does not see a cancelled caller.
func (s *CountStore) update(ctx context.Context, fn func(context.Context, *sql.Tx) error) error {
	return s.db.Update(ctx, func(tx *sql.Tx) error { return fn(context.WithoutCancel(ctx), tx) })
}

// undisturbed runs fn until no change of the files overtakes it, the last time
// with none possible.
func (s *CountStore) undisturbed(fn func() error) error {
	for range countTries {
		if err := fn(); !errors.Is(err, errOvertaken) {
			return err
		}
	}
	s.long.Lock()
	defer s.long.Unlock()
	return fn()
}

// Reserve implements clear.CountStore.
func (s *CountStore) Reserve(ctx context.Context, r clear.Reservation, keyID string, people clear.People) (clear.Totals, error) {
	w := &loader{store: s, ctx: ctx, r: r, keyID: keyID}
	defer w.abort()
	if err := people(w.add); err != nil {
		if errors.Is(err, errCounted) {
			return s.Totals(ctx, r.Exporter, r.Year)
		}
		return clear.Totals{}, err
	}
	if w.sorter == nil {
		return s.reserveShort(ctx, r, keyID, runset.Sort(w.buf))
	}
	if err := w.finish(); err != nil {
		return clear.Totals{}, err
	}
	var t clear.Totals
	err := s.countFile(ctx, w.list, func(ctx context.Context, tx *sql.Tx, fresh runset.Totals) (err error) {
		t, err = flip(ctx, tx, r, w.list, fresh)
		return err
	})
	if err == nil {
		err = s.step("reserved")
	}
	return t, err
}

// reserveShort looks people up in the files, and does the rest at once.
func (s *CountStore) reserveShort(ctx context.Context, r clear.Reservation, keyID string, people []runset.Person) (t clear.Totals, err error) {
	err = s.undisturbed(func() error {
		year, err := findYear(ctx, s.db.Read(), r.Exporter, r.Year)
		if err != nil {
			return err
		}
		fresh, files, err := s.notInFiles(ctx, year, people)
		if err == nil {
			err = s.step("looked up")
		}
		if err != nil {
			return err
		}
		return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
			l, err := begin(ctx, tx, r, keyID, false)
			if errors.Is(err, errCounted) {
				t, err = totals(ctx, tx, r.Exporter, r.Year)
				return err
			}
			if err != nil {
				return err
			}
			if err := sameFiles(ctx, tx, l.year, files); err != nil {
				return err
			}
			l.info = runset.Info{People: int64(len(people)), Totals: runset.Sum(people)}
			if err := load(ctx, tx, l, people); err != nil {
				return err
			}
			only, err := alone(ctx, tx, l, fresh)
			if err == nil {
				t, err = flip(ctx, tx, r, l, only)
			}
			return err
		})
	})
	return t, err
}

// flip makes a list count.
func flip(ctx context.Context, tx *sql.Tx, r clear.Reservation, l list, fresh runset.Totals) (clear.Totals, error) {
	res, err := tx.ExecContext(ctx, `UPDATE count_load SET counted = 1, job = 'held', people = ?, other = ?, sensitive = ?, under14 = ?
		WHERE num = ? AND job = 'loading'`, l.info.People, l.info.Other, l.info.Sensitive, l.info.Under14, l.num)
	if err != nil {
		return clear.Totals{}, err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return clear.Totals{}, errors.Join(errBesides, err)
	}
	_, err = tx.ExecContext(ctx, `UPDATE count_reservation SET state = ?, other = ?, sensitive = ?, under14 = ?, new_other = ?, new_sensitive = ?, new_under14 = ? WHERE id = ?`,
		clear.Reserved, l.info.Other, l.info.Sensitive, l.info.Under14, fresh.Other, fresh.Sensitive, fresh.Under14, r.ID)
	if err != nil {
		return clear.Totals{}, err
	}
	if err := addTotals(ctx, tx, l, fresh); err != nil {
		return clear.Totals{}, err
	}
	return totals(ctx, tx, r.Exporter, r.Year)
}

// addTotals changes the totals of a list's year.
func addTotals(ctx context.Context, tx *sql.Tx, l list, t runset.Totals) error {
	_, err := tx.ExecContext(ctx, "UPDATE count_year SET version = version + 1, files = files + ?, other = other + ?, sensitive = sensitive + ?, under14 = under14 + ? WHERE num = ?",
		l.file, t.Other, t.Sensitive, t.Under14, l.year)
	return err
}

// Confirm implements clear.CountStore.
func (s *CountStore) Confirm(ctx context.Context, id dataspace.ReservationID) error {
	return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		state, l, err := find(ctx, tx, id)
		if err != nil || state == clear.Confirmed {
			return err
		}
		if state != clear.Reserved {
			return fmt.Errorf("reservation is %s: %w", state, dataspace.ErrConflict)
		}
		return mark(ctx, tx, id, clear.Confirmed, l, "settle")
	})
}

// Release implements clear.CountStore.
func (s *CountStore) Release(ctx context.Context, id dataspace.ReservationID) error {
	state, l, err := find(ctx, s.db.Read(), id)
	if errors.Is(err, dataspace.ErrNotFound) {
		return nil
	}
	if err != nil || state == clear.Released {
		return err
	}
	if state == clear.Confirmed {
		return fmt.Errorf("reservation is %s: %w", state, dataspace.ErrConflict)
	}
	if state == clear.Loading {
		return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error { return s.letGo(ctx, tx, id, state, l, runset.Totals{}) })
	}
	if l.file {
		return s.countFile(ctx, l, func(ctx context.Context, tx *sql.Tx, only runset.Totals) error {
			return s.letGo(ctx, tx, id, state, l, only)
		})
	}
	return s.undisturbed(func() error {
		people, err := s.members(ctx, l)
		if err != nil {
			return err
		}
		fresh, files, err := s.notInFiles(ctx, l.year, people)
		if err != nil {
			return err
		}
		return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
			if err := sameFiles(ctx, tx, l.year, files); err != nil {
				return err
			}
			only, err := alone(ctx, tx, l, fresh)
			if err != nil {
				return err
			}
			return s.letGo(ctx, tx, id, state, l, only)
		})
	})
}

// letGo ends a reservation that was found in the state was with the list l; only
// those are in no other list.
func (s *CountStore) letGo(ctx context.Context, tx *sql.Tx, id dataspace.ReservationID, was clear.ReservationState, l list, only runset.Totals) error {
	state, now, err := find(ctx, tx, id)
	switch {
	case err != nil:
		return err
	case state == clear.Released:
		return nil
	case state == clear.Confirmed:
		return fmt.Errorf("reservation is %s: %w", state, dataspace.ErrConflict)
	case state != was || now.num != l.num:
		return errBesides
	}
	if state == clear.Reserved {
		if err := addTotals(ctx, tx, l, runset.Totals{}.Minus(only)); err != nil {
			return err
		}
	}
	if err := mark(ctx, tx, id, clear.Released, l, "drop"); err != nil || l.file {
		return err
	}
	_, err = s.dropRows(ctx, tx, l.num)
	return err
}

type queryRower interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// A confirmed list is gone once it is merged.
const findReservation = `SELECT r.state, r.load, r.year, coalesce(l.file, 0), coalesce(l.people, 0), coalesce(l.other, 0), coalesce(l.sensitive, 0), coalesce(l.under14, 0)
	FROM count_reservation r LEFT JOIN count_load l ON l.num = r.load WHERE r.id = ?`

func find(ctx context.Context, q queryRower, id dataspace.ReservationID) (state clear.ReservationState, l list, err error) {
	i := &l.info
	err = q.QueryRowContext(ctx, findReservation, id).Scan(&state, &l.num, &l.year, &l.file, &i.People, &i.Other, &i.Sensitive, &i.Under14)
	if errors.Is(err, sql.ErrNoRows) {
		err = dataspace.ErrNotFound
	}
	return state, l, err
}

// mark sets the state of a reservation and what is to be done with its list.
func mark(ctx context.Context, tx *sql.Tx, id dataspace.ReservationID, state clear.ReservationState, l list, job string) error {
	if _, err := tx.ExecContext(ctx, "UPDATE count_reservation SET state = ? WHERE id = ?", state, id); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "UPDATE count_load SET job = ?1, counted = (?1 = 'settle') WHERE num = ?2", job, l.num)
	return err
}
