package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"hutong/internal/dataspace"
	"hutong/internal/declare"
	"hutong/internal/prove"
)

// DeclareStore keeps declarations.
type DeclareStore struct {
	db      *DB
	gateway dataspace.GatewayID
}

var _ declare.Store = DeclareStore{}

// NewDeclareStore makes the store of the service of declarations. The evidence is
// for the log of the gateway.
func NewDeclareStore(db *DB, gateway dataspace.GatewayID) DeclareStore {
	return DeclareStore{db, gateway}
}

// Declarations implements declare.Store.
func (s DeclareStore) Declarations(ctx context.Context, owner dataspace.ParticipantID) ([]declare.Row, error) {
	return few(ctx, s.db, func(r *declare.Row) *[]byte { return &r.Body }, func(rows *sql.Rows) (r declare.Row, err error) {
		err = rows.Scan(&r.Dataset, &r.Fact, &r.Event, &r.Body)
		return r, err
	}, "SELECT coalesce(dataset, ''), fact, event, body FROM declaration WHERE owner = ? ORDER BY fact, coalesce(dataset, '')", string(owner))
}

// Declare implements declare.Store. An interrupted statement can roll back the
// transaction of all callers, so the context is never cancelled.
func (s DeclareStore) Declare(ctx context.Context, owner dataspace.ParticipantID, r declare.Row, replaces dataspace.EventID, evidence dataspace.Event) error {
	events, err := prove.Encode(s.gateway, evidence)
	if err != nil {
		return err
	}
	lasting := context.WithoutCancel(ctx)
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		var now dataspace.EventID
		err := tx.QueryRowContext(lasting, "SELECT event FROM declaration WHERE owner = ? AND fact = ? AND coalesce(dataset, '') = ?", owner, r.Fact, r.Dataset).Scan(&now)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if now != replaces {
			return dataspace.ErrStale
		}
		if now == "" {
			_, err = tx.ExecContext(lasting, "INSERT INTO declaration (owner, fact, dataset, event, body) VALUES (?, ?, nullif(?, ''), ?, ?)", owner, r.Fact, r.Dataset, r.Event, r.Body)
		} else {
			_, err = tx.ExecContext(lasting, "UPDATE declaration SET event = ?, body = ? WHERE owner = ? AND fact = ? AND coalesce(dataset, '') = ?", r.Event, r.Body, owner, r.Fact, r.Dataset)
		}
		if err := constraint(err, dataspace.ErrNotFound); err != nil {
			return err
		}
		return InsertEvents(tx, events)
	})
}
