package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/runset"
)

// errCounted: the reservation counts already.
var errCounted = errors.New("already counted")

// errBesides: another call works on the same reservation.
var errBesides = fmt.Errorf("the reservation is being changed elsewhere: %w", dataspace.ErrStale)

// loader takes the people of one call of Reserve, and begins a list with a file
// only when there are more than are kept in rows.
type loader struct {
	store  *CountStore
	ctx    context.Context // of the one call that it serves
	r      clear.Reservation
	keyID  string
	buf    []runset.Person
	sorter *runset.Sorter
	list   list
}

func (w *loader) add(person [16]byte, sensitive, under14 bool) error {
	if len(w.buf) >= w.store.chunk {
		if err := w.flush(); err != nil {
			return err
		}
	}
	mask := uint8(runset.Other)
	if sensitive {
		mask = runset.Sensitive
	}
	if under14 {
		mask |= runset.Under14
	}
	w.buf = append(w.buf, runset.FromHash(person, mask))
	return nil
}

func (w *loader) flush() error {
	if w.sorter == nil {
		err := w.store.update(w.ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
			w.list, err = begin(ctx, tx, w.r, w.keyID, true)
			return err
		})
		if err != nil {
			return err
		}
		if err := w.store.step("begun"); err != nil {
			return err
		}
		w.sorter = runset.NewSorter(w.store.path(w.list.num))
	}
	if err := w.ctx.Err(); err != nil {
		return err
	}
	err := w.sorter.Add(w.buf...)
	w.buf = w.buf[:0]
	return err
}

// finish makes the file durable; it does not count yet.
func (w *loader) finish() (err error) {
	if err := w.flush(); err != nil {
		return err
	}
	if w.list.info, err = w.sorter.Commit(w.ctx); err != nil {
		return err
	}
	return w.store.step("written")
}

// abort leaves nothing beside a file that was finished. One that does not
// count is removed when the list is dropped.
func (w *loader) abort() {
	if w.sorter != nil {
		_ = w.sorter.Abort() // what is left is removed at the next start
	}
}

// findYear is the number of a year; 0 before anybody was counted in it.
func findYear(ctx context.Context, q queryRower, exporter dataspace.ParticipantID, year int) (num int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT num FROM count_year WHERE exporter = ? AND year = ?", exporter, year).Scan(&num)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return num, err
}

// begin opens a list for the reservation. errCounted if the reservation
// counts.
func begin(ctx context.Context, tx *sql.Tx, r clear.Reservation, keyID string, file bool) (list, error) {
	year, err := yearNum(ctx, tx, r.Exporter, r.Year, keyID)
	if err != nil {
		return list{}, err
	}
	var flow dataspace.FlowID
	var state clear.ReservationState
	var was list
	err = tx.QueryRowContext(ctx, "SELECT flow, state, year, load FROM count_reservation WHERE id = ?", r.ID).Scan(&flow, &state, &was.year, &was.num)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return list{}, err
	case flow != r.Flow, was.year != year && (state == clear.Reserved || state == clear.Confirmed):
		return list{}, fmt.Errorf("the id was used for another flow, exporter or year: %w", dataspace.ErrConflict)
	case state == clear.Reserved || state == clear.Confirmed:
		return list{}, errCounted
	}
	// Whoever still loads the former list finds it gone.
	if _, err := tx.ExecContext(ctx, "UPDATE count_load SET job = 'drop' WHERE num = ?", was.num); err != nil {
		return list{}, err
	}
	l, err := newList(ctx, tx, year, file, "loading")
	if err != nil {
		return list{}, err
	}
	_, err = tx.ExecContext(ctx, "REPLACE INTO count_reservation (id, flow, year, state, load, day, recipient) VALUES (?, ?, ?, ?, ?, nullif(?, ''), nullif(?, ''))", r.ID, r.Flow, year, clear.Loading, l.num, r.On, r.To)
	return l, err
}

func newList(ctx context.Context, tx *sql.Tx, year int64, file bool, job string) (l list, err error) {
	res, err := tx.ExecContext(ctx, "INSERT INTO count_load (year, counted, job, people, file) VALUES (?, 0, ?, 0, ?)", year, job, file)
	if err != nil {
		return list{}, err
	}
	l = list{year: year, file: file}
	l.num, err = res.LastInsertId()
	return l, err
}

// yearNum finds or begins a year.
func yearNum(ctx context.Context, tx *sql.Tx, exporter dataspace.ParticipantID, year int, keyID string) (num int64, err error) {
	_, err = tx.ExecContext(ctx, `INSERT INTO count_year (exporter, year, key_id, version, other, sensitive, under14)
		VALUES (?, ?, ?, 0, 0, 0, 0) ON CONFLICT DO NOTHING`, exporter, year, keyID)
	if err != nil {
		return 0, err
	}
	var known string
	err = tx.QueryRowContext(ctx, "SELECT num, key_id FROM count_year WHERE exporter = ? AND year = ?", exporter, year).Scan(&num, &known)
	if err == nil && known != keyID {
		return 0, &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "count.key", Place: fmt.Sprintf("%s in %d", exporter, year),
			Message: "the people of this year were counted under another count key", Hint: "restore the count key of this database: with a new one everybody would be counted twice"}
	}
	return num, err
}

// personSize is a hash and its mask.
const personSize = 16 + 1

// pack is people as one blob that SQLite takes apart: binding them one by one
// costs twice the time. Who has no marks is left out.
func pack(people []runset.Person) []byte {
	out := make([]byte, 0, len(people)*personSize)
	for _, p := range people {
		if p.Mask != 0 {
			hash := p.Hash()
			out = append(append(out, hash[:]...), p.Mask)
		}
	}
	return out
}

// unpacked are the offsets of the people in the blob ?1.
const unpacked = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 17 FROM n WHERE i + 17 < length(?1)) `

// load writes the people of a short list.
func load(ctx context.Context, tx *sql.Tx, l list, people []runset.Person) error {
	if len(people) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, unpacked+`INSERT INTO count_member (load, year, person, mask)
		SELECT ?2, ?3, substr(?1, i, 16), unicode(substr(?1, i + 16, 1)) FROM n`, pack(people), l.num, l.year)
	if err != nil {
		return fmt.Errorf("load people: %w", err)
	}
	return nil
}

// alone counts those of the people whom no other list of rows holds, class by
// class. The LIMIT keeps SQLite from merging the subquery and with it looking
// every person up three times; the CASE, evaluated once, keeps it from looking
// anybody up where nobody else can be found, as in the first flow of a year
// and in the release of an only one.
func alone(ctx context.Context, tx *sql.Tx, l list, people []runset.Person) (t runset.Totals, err error) {
	blob := pack(people)
	if len(blob) == 0 {
		return t, nil
	}
	err = tx.QueryRowContext(ctx, unpacked+`SELECT coalesce(sum(mask & 1), 0), coalesce(sum(mask >> 1 & 1), 0), coalesce(sum(mask >> 2 & 1), 0)
		FROM (
			SELECT unicode(substr(?1, i + 16, 1)) & ~
				CASE WHEN EXISTS (SELECT 1 FROM count_load WHERE year = ?3 AND file = 0 AND counted = 1 AND num <> ?2) THEN
				coalesce((SELECT max(x.mask & 1) | max(x.mask & 2) | max(x.mask & 4)
				          FROM count_member x INDEXED BY count_member_person CROSS JOIN count_load o
				          WHERE x.year = ?3 AND x.person = substr(?1, i, 16) AND x.load <> ?2 AND o.num = x.load AND o.counted = 1), 0)
				ELSE 0 END AS mask
			FROM n LIMIT -1
		)`, blob, l.num, l.year).Scan(&t.Other, &t.Sensitive, &t.Under14)
	if err != nil {
		return t, fmt.Errorf("count people: %w", err)
	}
	return t, nil
}

// members are the people of a short list, in order.
func (s *CountStore) members(ctx context.Context, l list) ([]runset.Person, error) {
	rows, err := s.db.Read().QueryContext(ctx, "SELECT person, mask FROM count_member WHERE load = ? ORDER BY person", l.num)
	if err != nil {
		return nil, fmt.Errorf("read list of people: %w", err)
	}
	return collect(&rowSource{rows: rows})
}
