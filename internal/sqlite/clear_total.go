package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/prove"
	"hutong/internal/runset"
)

// Totals implements clear.CountStore.
func (s *CountStore) Totals(ctx context.Context, exporter dataspace.ParticipantID, year int) (clear.Totals, error) {
	return totals(ctx, s.db.Read(), exporter, year)
}

// corrected are the sums of a year's corrections.
const corrected = `SELECT coalesce(sum(other), 0) AS other, coalesce(sum(sensitive), 0) AS sensitive, coalesce(sum(under14), 0) AS under14
	FROM count_correction WHERE exporter = ?1 AND year = ?2`

func totals(ctx context.Context, q queryRower, exporter dataspace.ParticipantID, year int) (t clear.Totals, err error) {
	err = q.QueryRowContext(ctx, `SELECT coalesce(y.other, 0) + c.other, coalesce(y.sensitive, 0) + c.sensitive, coalesce(y.under14, 0) + c.under14
		FROM (`+corrected+`) c LEFT JOIN count_year y ON y.exporter = ?1 AND y.year = ?2`, exporter, year).Scan(&t.Other, &t.Sensitive, &t.Under14)
	return t, err
}

// Recount implements clear.CountStore.
func (s *CountStore) Recount(ctx context.Context, exporter dataspace.ParticipantID, year int) (clear.Totals, error) {
	tx, err := s.db.Read().BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // one moment
	if err != nil {
		return clear.Totals{}, err
	}
	defer func() { _ = tx.Rollback() }() // nothing was changed
	num, err := findYear(ctx, tx, exporter, year)
	if err != nil {
		return clear.Totals{}, err
	}
	h, err := s.shelf(ctx, tx, num, 0)
	if err != nil {
		return clear.Totals{}, err
	}
	defer h.release()
	rows, err := rowsOf(ctx, tx, num, 0)
	if err != nil {
		return clear.Totals{}, err
	}
	defer rows.rows.Close() // its error is in Next
	sources := []runset.Source{rows}
	for _, r := range h.runs {
		sources = append(sources, r.Cursor())
	}
	var t clear.Totals
	err = tx.QueryRowContext(ctx, corrected, exporter, year).Scan(&t.Other, &t.Sensitive, &t.Under14)
	if err != nil {
		return clear.Totals{}, err
	}
	var people runset.Totals
	err = runset.Merge(ctx, sources, func(p runset.Person) error { people.Add(p.Mask); return nil })
	return clear.Totals{Other: t.Other + people.Other, Sensitive: t.Sensitive + people.Sensitive, Under14: t.Under14 + people.Under14}, err
}

// ByFlow implements clear.CountStore.
func (s *CountStore) ByFlow(ctx context.Context, flow dataspace.FlowID) ([]clear.Reservation, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT r.id, r.flow, y.exporter, y.year, r.state, coalesce(r.day, ''), coalesce(r.recipient, '')
		FROM count_reservation r JOIN count_year y ON y.num = r.year WHERE r.flow = ? ORDER BY r.id`, flow)
	if err != nil {
		return nil, fmt.Errorf("find reservations of %s: %w", flow, err)
	}
	defer rows.Close() // its error is in rows.Err
	var out []clear.Reservation
	for rows.Next() {
		var r clear.Reservation
		if err := rows.Scan(&r.ID, &r.Flow, &r.Exporter, &r.Year, &r.State, &r.On, &r.To); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// ByYear implements clear.CountStore.
func (s *CountStore) ByYear(ctx context.Context, exporter dataspace.ParticipantID, year int) ([]clear.Counted, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT r.id, r.flow, r.state, coalesce(r.day, ''), coalesce(r.recipient, ''),
		r.other, r.sensitive, r.under14, r.new_other, r.new_sensitive, r.new_under14
		FROM count_year y JOIN count_reservation r ON r.year = y.num WHERE y.exporter = ? AND y.year = ? AND r.state IN (?, ?) ORDER BY r.day DESC, r.id`,
		exporter, year, clear.Reserved, clear.Confirmed)
	if err != nil {
		return nil, err
	}
	defer rows.Close() // its error is in rows.Err
	var out []clear.Counted
	for rows.Next() {
		c := clear.Counted{Reservation: clear.Reservation{Exporter: exporter, Year: year}}
		var n [6]sql.NullInt64
		if err := rows.Scan(&c.ID, &c.Flow, &c.State, &c.On, &c.To, &n[0], &n[1], &n[2], &n[3], &n[4], &n[5]); err != nil {
			return nil, err
		}
		if n[0].Valid && n[3].Valid {
			c.People = &clear.Totals{Other: n[0].Int64, Sensitive: n[1].Int64, Under14: n[2].Int64}
			c.New = &clear.Totals{Other: n[3].Int64, Sensitive: n[4].Int64, Under14: n[5].Int64}
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Correct implements clear.CountStore.
func (s *CountStore) Correct(ctx context.Context, c clear.Correction, evidence dataspace.Event) error {
	return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		was, err := scanCorrection(tx.QueryRowContext(ctx, selectCorrection+"WHERE id = ?", c.ID))
		if err == nil {
			was.At, c.At = time.Time{}, time.Time{} // a repetition comes later
			if was != c {
				return fmt.Errorf("the id was used for another correction: %w", dataspace.ErrConflict)
			}
			return nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO count_correction (id, exporter, year, other, sensitive, under14, reason, author, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			c.ID, c.Exporter, c.Year, c.Change.Other, c.Change.Sensitive, c.Change.Under14, c.Reason, c.By, c.At.UnixMicro())
		if err != nil {
			return err
		}
		t, err := totals(ctx, tx, c.Exporter, c.Year)
		if err == nil && (t.Other < 0 || t.Sensitive < 0 || t.Under14 < 0) {
			return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "count.negative", Place: c.ID, Message: "the correction takes away more people than were counted"}
		}
		if err != nil {
			return err
		}
		rows, err := prove.Encode(s.gateway, evidence)
		if err != nil {
			return err
		}
		return InsertEvents(tx, rows)
	})
}

// Corrections implements clear.CountStore.
func (s *CountStore) Corrections(ctx context.Context, exporter dataspace.ParticipantID, year int) ([]clear.Correction, error) {
	rows, err := s.db.Read().QueryContext(ctx, selectCorrection+"WHERE exporter = ? AND year = ? ORDER BY at, id", exporter, year)
	if err != nil {
		return nil, fmt.Errorf("list corrections: %w", err)
	}
	defer rows.Close() // its error is in rows.Err
	var out []clear.Correction
	for rows.Next() {
		c, err := scanCorrection(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

const selectCorrection = "SELECT id, exporter, year, other, sensitive, under14, reason, author, at FROM count_correction "

func scanCorrection(row interface{ Scan(...any) error }) (clear.Correction, error) {
	var c clear.Correction
	var at int64
	err := row.Scan(&c.ID, &c.Exporter, &c.Year, &c.Change.Other, &c.Change.Sensitive, &c.Change.Under14, &c.Reason, &c.By, &at)
	c.At = time.UnixMicro(at).UTC()
	return c, err
}
