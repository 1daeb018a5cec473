package sqlite

import (
	"context"
	"database/sql"

	"hutong/internal/dataspace"
	"hutong/internal/officer"
	"hutong/internal/prove"
)

// OfficerStore keeps what people say of datasets.
type OfficerStore struct {
	db      *DB
	gateway dataspace.GatewayID
}

var _ officer.Store = OfficerStore{}

// NewOfficerStore makes the store of the officer service. The evidence is for the
// log of the gateway.
func NewOfficerStore(db *DB, gateway dataspace.GatewayID) OfficerStore {
	return OfficerStore{db, gateway}
}

// Rows implements officer.Store.
func (s OfficerStore) Rows(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID) ([]officer.Row, error) {
	return few(ctx, s.db, func(r *officer.Row) *[]byte { return &r.Body }, func(rows *sql.Rows) (r officer.Row, err error) {
		err = rows.Scan(&r.Kind, &r.Name, &r.Body)
		return r, err
	}, "SELECT kind, name, body FROM dataset_said WHERE owner = ? AND dataset = ? ORDER BY kind, name", string(owner), string(id))
}

// Put implements officer.Store. An interrupted statement can roll back
// the transaction of all callers, so the context is
// never cancelled.
func (s OfficerStore) Put(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID, rows []officer.Row, evidence []dataspace.Event) error {
	events, err := prove.Encode(s.gateway, evidence...)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		for _, r := range rows {
			_, err := tx.ExecContext(context.WithoutCancel(ctx), "INSERT INTO dataset_said (owner, dataset, kind, name, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
				owner, id, r.Kind, r.Name, r.Body)
			if err := constraint(err, dataspace.ErrNotFound); err != nil {
				return err
			}
		}
		return InsertEvents(tx, events)
	})
}

// Remove implements officer.Store.
func (s OfficerStore) Remove(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID, gone officer.Gone, evidence []dataspace.Event) error {
	events, err := prove.Encode(s.gateway, evidence...)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		for _, name := range gone.Names {
			res, err := tx.ExecContext(context.WithoutCancel(ctx), "DELETE FROM dataset_said WHERE owner = ? AND dataset = ? AND kind = ? AND name = ?", owner, id, gone.Kind, name)
			if err != nil {
				return err
			}
			if n, err := res.RowsAffected(); err != nil {
				return err
			} else if n == 0 {
				return dataspace.ErrNotFound
			}
		}
		return InsertEvents(tx, events)
	})
}
