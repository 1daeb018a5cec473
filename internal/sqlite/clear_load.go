package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
)

// errCounted: the reservation counts already.
var errCounted = errors.New("already counted")

// errBesides: another call works on the same reservation.
var errBesides = fmt.Errorf("the reservation is being changed elsewhere: %w", dataspace.ErrConflict)

// personSize is a hash and its mask.
const personSize = 16 + 1

// loader writes people chunk by chunk, and begins its list only when there
// are more than fit into one chunk.
type loader struct {
	store *CountStore
	ctx   context.Context // of the one call of Reserve that it serves
	r     clear.Reservation
	keyID string
	buf   []byte
	begun bool
	list  list
}

func (w *loader) add(person [16]byte, sensitive, under14 bool) error {
	if len(w.buf) == w.store.chunk*personSize {
		if err := w.flush(); err != nil {
			return err
		}
	}
	mask := byte(1)
	if sensitive {
		mask = 2
	}
	if under14 {
		mask |= 4
	}
	w.buf = append(append(w.buf, person[:]...), mask)
	return nil
}

func (w *loader) flush() error {
	err := w.store.update(w.ctx, func(ctx context.Context, tx *sql.Tx) error {
		if !w.begun {
			var err error
			if w.list, err = begin(ctx, tx, w.r, w.keyID); err != nil {
				return err
			}
		}
		return load(ctx, tx, w.list, w.buf)
	})
	if err != nil {
		return err
	}
	w.begun = true
	w.list.people += int64(len(w.buf) / personSize)
	w.buf = w.buf[:0]
	return nil
}

// begin opens a list for the reservation. errCounted if the reservation
// counts.
func begin(ctx context.Context, tx *sql.Tx, r clear.Reservation, keyID string) (list, error) {
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
	l := list{year: year}
	res, err := tx.ExecContext(ctx, "INSERT INTO count_load (year, counted, job, people) VALUES (?, 0, 'loading', 0)", year)
	if err != nil {
		return list{}, err
	}
	if l.num, err = res.LastInsertId(); err != nil {
		return list{}, err
	}
	_, err = tx.ExecContext(ctx, "REPLACE INTO count_reservation (id, flow, year, state, load) VALUES (?, ?, ?, ?, ?)", r.ID, r.Flow, year, clear.Loading, l.num)
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

// load adds people to a list that is being loaded. They come as one blob that
// SQLite takes apart: binding them one by one costs twice the time.
func load(ctx context.Context, tx *sql.Tx, l list, people []byte) error {
	res, err := tx.ExecContext(ctx, "UPDATE count_load SET people = people + ? WHERE num = ? AND job = 'loading'", len(people)/personSize, l.num)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(errBesides, err)
	}
	if len(people) == 0 {
		return nil
	}
	_, err = tx.ExecContext(ctx, `
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + ?4 FROM n WHERE i + ?4 < length(?1))
		INSERT INTO count_member (load, year, person, mask)
		SELECT ?2, ?3, substr(?1, i, 16), unicode(substr(?1, i + 16, 1)) FROM n WHERE true
		ON CONFLICT DO UPDATE SET mask = mask | excluded.mask`, people, l.num, l.year, personSize)
	if err != nil {
		return fmt.Errorf("load people: %w", err)
	}
	return nil
}

// Tidy implements clear.CountStore.
func (s *CountStore) Tidy(ctx context.Context) (int, error) {
	for done := 0; ; done++ {
		var l list
		var job string
		err := s.db.Read().QueryRowContext(ctx, "SELECT num, year, job FROM count_load WHERE job IN ('settle', 'drop') LIMIT 1").Scan(&l.num, &l.year, &job)
		if errors.Is(err, sql.ErrNoRows) {
			return done, nil
		}
		for more := err == nil; more && err == nil; {
			err = s.update(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
				more, err = s.tidyChunk(ctx, tx, l, job)
				return err
			})
		}
		if err != nil {
			return done, fmt.Errorf("tidy counts: %w", err)
		}
	}
}

// tidyChunk merges or drops the next people of a list, and the list when none
// are left. A list that is merged counts as before: its people are held here
// or there.
func (s *CountStore) tidyChunk(ctx context.Context, tx *sql.Tx, l list, job string) (more bool, err error) {
	last := bytes.Repeat([]byte{0xff}, 17) // above everybody
	err = tx.QueryRowContext(ctx, "SELECT person FROM count_member WHERE load = ? ORDER BY person LIMIT 1 OFFSET ?", l.num, s.chunk-1).Scan(&last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	more = err == nil
	if job == "settle" {
		_, err = tx.ExecContext(ctx, `INSERT INTO count_person (year, person, mask)
			SELECT year, person, mask FROM count_member WHERE load = ? AND person <= ?
			ON CONFLICT DO UPDATE SET mask = mask | excluded.mask WHERE mask <> mask | excluded.mask`, l.num, last)
		if err != nil {
			return false, err
		}
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM count_member WHERE load = ? AND person <= ?", l.num, last); err != nil {
		return false, err
	}
	if !more {
		_, err = tx.ExecContext(ctx, "DELETE FROM count_load WHERE num = ?", l.num)
	}
	return more, err
}
