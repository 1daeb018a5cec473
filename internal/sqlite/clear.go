package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
)

// CountStore counts people.
//
// The people of a reservation are a list (count_load) that is written in
// chunks while it does not count yet, so that a long list holds up no other
// change. Then one short transaction makes it count: the people whom nobody
// else holds were found on a snapshot, which stands as long as the version of
// the year is the one that the snapshot saw. After some tries against a busy
// year they are found inside the transaction itself.
type CountStore struct {
	db    *DB
	chunk int
}

var _ clear.CountStore = (*CountStore)(nil)

// NewCountStore makes the store of the person counts.
func NewCountStore(db *DB) *CountStore { return &CountStore{db: db, chunk: countChunk} }

// countChunk is how many people are written or moved in one transaction,
// about ten milliseconds. A list of no more is done in one go.
const countChunk = 4096

// countTries is how often a snapshot may be overtaken.
const countTries = 3

// errOvertaken: the totals have changed since the snapshot.
var errOvertaken = errors.New("the totals have changed")

// list is a count_load row.
type list struct {
	num, year, people int64
}

// update runs fn in the writer's transaction. A statement that is interrupted
// can roll back everybody's transaction, so fn does not see a cancelled caller.
func (s *CountStore) update(ctx context.Context, fn func(context.Context, *sql.Tx) error) error {
	return s.db.Update(ctx, func(tx *sql.Tx) error { return fn(context.WithoutCancel(ctx), tx) })
}

// short lists are counted within the transaction.
func (s *CountStore) short(l list) bool { return l.people <= int64(s.chunk) }

// Reserve implements clear.CountStore.
func (s *CountStore) Reserve(ctx context.Context, r clear.Reservation, keyID string, people clear.People) (clear.Totals, error) {
	w := &loader{store: s, ctx: ctx, r: r, keyID: keyID}
	if err := people(w.add); err != nil {
		if errors.Is(err, errCounted) {
			return s.Totals(ctx, r.Exporter, r.Year)
		}
		return clear.Totals{}, err
	}
	if !w.begun {
		return s.reserveShort(ctx, r, keyID, w.buf)
	}
	if err := w.flush(); err != nil {
		return clear.Totals{}, err
	}
	var t clear.Totals
	err := s.counting(ctx, w.list, func(ctx context.Context, tx *sql.Tx, fresh clear.Totals) (err error) {
		t, err = flip(ctx, tx, r, w.list, fresh)
		return err
	})
	return t, err
}

// reserveShort does everything at once.
func (s *CountStore) reserveShort(ctx context.Context, r clear.Reservation, keyID string, people []byte) (t clear.Totals, err error) {
	err = s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		l, err := begin(ctx, tx, r, keyID)
		if errors.Is(err, errCounted) {
			t, err = totals(ctx, tx, r.Exporter, r.Year)
			return err
		}
		if err != nil {
			return err
		}
		if err := load(ctx, tx, l, people); err != nil {
			return err
		}
		fresh, _, err := alone(ctx, tx, l)
		if err == nil {
			t, err = flip(ctx, tx, r, l, fresh)
		}
		return err
	})
	return t, err
}

// flip makes a list count.
func flip(ctx context.Context, tx *sql.Tx, r clear.Reservation, l list, fresh clear.Totals) (clear.Totals, error) {
	res, err := tx.ExecContext(ctx, "UPDATE count_load SET counted = 1, job = 'held' WHERE num = ? AND job = 'loading'", l.num)
	if err != nil {
		return clear.Totals{}, err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return clear.Totals{}, errors.Join(errBesides, err)
	}
	if _, err := tx.ExecContext(ctx, "UPDATE count_reservation SET state = ? WHERE id = ?", clear.Reserved, r.ID); err != nil {
		return clear.Totals{}, err
	}
	if err := addTotals(ctx, tx, l.year, fresh, 1); err != nil {
		return clear.Totals{}, err
	}
	return totals(ctx, tx, r.Exporter, r.Year)
}

func addTotals(ctx context.Context, tx *sql.Tx, year int64, t clear.Totals, sign int64) error {
	_, err := tx.ExecContext(ctx, "UPDATE count_year SET version = version + 1, other = other + ?, sensitive = sensitive + ?, under14 = under14 + ? WHERE num = ?",
		sign*t.Other, sign*t.Sensitive, sign*t.Under14, year)
	return err
}

// counting finds the people whom only the list holds, and runs apply in the
// transaction in which that is still so.
func (s *CountStore) counting(ctx context.Context, l list, apply func(context.Context, *sql.Tx, clear.Totals) error) error {
	for try := 0; try < countTries && !s.short(l); try++ {
		found, version, err := alone(ctx, s.db.Read(), l)
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
			return apply(ctx, tx, found)
		})
		if !errors.Is(err, errOvertaken) {
			return err
		}
	}
	return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		found, _, err := alone(ctx, tx, l)
		if err != nil {
			return err
		}
		return apply(ctx, tx, found)
	})
}

type queryRower interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// alone counts the people in whom the list is the only one, class by class,
// and the version of the year that this holds for: one statement sees one
// snapshot. The LIMIT keeps SQLite from merging the subquery and with it
// looking every person up three times; the CASEs, evaluated once, keep it from
// looking anybody up where nobody else can be found, as in the first flow of a
// year and in the release of an only one.
func alone(ctx context.Context, q queryRower, l list) (t clear.Totals, version int64, err error) {
	err = q.QueryRowContext(ctx, `
		SELECT (SELECT version FROM count_year WHERE num = ?2),
		       coalesce(sum(mask & 1), 0), coalesce(sum(mask >> 1 & 1), 0), coalesce(sum(mask >> 2 & 1), 0)
		FROM (
			SELECT m.mask & ~(
				CASE WHEN EXISTS (SELECT 1 FROM count_person WHERE year = ?2) THEN
				coalesce((SELECT p.mask FROM count_person p WHERE p.year = ?2 AND p.person = m.person), 0) ELSE 0 END |
				CASE WHEN EXISTS (SELECT 1 FROM count_load WHERE year = ?2 AND counted = 1 AND num <> ?1) THEN
				coalesce((SELECT max(x.mask & 1) | max(x.mask & 2) | max(x.mask & 4)
				          FROM count_member x INDEXED BY count_member_person CROSS JOIN count_load o
				          WHERE x.year = ?2 AND x.person = m.person AND x.load <> ?1 AND o.num = x.load AND o.counted = 1), 0) ELSE 0 END
			) AS mask
			FROM count_member m WHERE m.load = ?1 LIMIT -1
		)`, l.num, l.year).Scan(&version, &t.Other, &t.Sensitive, &t.Under14)
	if err != nil {
		return t, 0, fmt.Errorf("count people: %w", err)
	}
	return t, version, nil
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
		if err := mark(ctx, tx, id, clear.Confirmed, l, "settle"); err != nil || !s.short(l) {
			return err
		}
		_, err = s.tidyChunk(ctx, tx, l, "settle")
		return err
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
	return s.counting(ctx, l, func(ctx context.Context, tx *sql.Tx, only clear.Totals) error {
		state, now, err := find(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case state == clear.Released:
			return nil
		case state == clear.Confirmed:
			return fmt.Errorf("reservation is %s: %w", state, dataspace.ErrConflict)
		case now.num != l.num:
			return errBesides
		}
		if state == clear.Reserved {
			if err := addTotals(ctx, tx, l.year, only, -1); err != nil {
				return err
			}
		}
		if err := mark(ctx, tx, id, clear.Released, l, "drop"); err != nil || !s.short(l) {
			return err
		}
		_, err = s.tidyChunk(ctx, tx, l, "drop")
		return err
	})
}

// A confirmed list is gone once it is tidied.
const findReservation = `SELECT r.state, r.load, r.year, coalesce(l.people, 0)
	FROM count_reservation r LEFT JOIN count_load l ON l.num = r.load WHERE r.id = ?`

func find(ctx context.Context, q queryRower, id dataspace.ReservationID) (state clear.ReservationState, l list, err error) {
	err = q.QueryRowContext(ctx, findReservation, id).Scan(&state, &l.num, &l.year, &l.people)
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
