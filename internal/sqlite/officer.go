package sqlite

import (
	"context"
	"database/sql"

	"hutong/internal/dataspace"
	"hutong/internal/officer"
)

// OfficerStore keeps what people say of datasets.
type OfficerStore struct{ db *DB }

var _ officer.Store = OfficerStore{}

// NewOfficerStore makes the store of the officer service.
func NewOfficerStore(db *DB) OfficerStore { return OfficerStore{db} }

// Rows implements officer.Store.
func (s OfficerStore) Rows(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID) (out []officer.Row, err error) {
	rows, err := s.db.Read().QueryContext(ctx, "SELECT kind, name, body FROM dataset_said WHERE owner = ? AND dataset = ? ORDER BY kind, name", owner, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close() // its error is in rows.Err
	for rows.Next() {
		var r officer.Row
		if err := rows.Scan(&r.Kind, &r.Name, &r.Body); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// Put implements officer.Store. An interrupted statement can roll back
// the transaction of all callers, so the context is
// never cancelled.
func (s OfficerStore) Put(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID, rows []officer.Row) error {
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		for _, r := range rows {
			_, err := tx.ExecContext(context.WithoutCancel(ctx), "INSERT INTO dataset_said (owner, dataset, kind, name, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
				owner, id, r.Kind, r.Name, r.Body)
			if err := constraint(err, dataspace.ErrNotFound); err != nil {
				return err
			}
		}
		return nil
	})
}

// Remove implements officer.Store.
func (s OfficerStore) Remove(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID, kind officer.Kind, names []string) error {
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		for _, name := range names {
			res, err := tx.ExecContext(context.WithoutCancel(ctx), "DELETE FROM dataset_said WHERE owner = ? AND dataset = ? AND kind = ? AND name = ?", owner, id, kind, name)
			if err != nil {
				return err
			}
			if n, err := res.RowsAffected(); err != nil {
				return err
			} else if n == 0 {
				return dataspace.ErrNotFound
			}
		}
		return nil
	})
}
