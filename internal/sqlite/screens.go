package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"hutong/internal/dataspace"
	"hutong/internal/prove"
	"hutong/internal/screen"
)

// ScreenStore keeps lists of barred recipients, and what people say of them.
type ScreenStore struct {
	db      *DB
	gateway dataspace.GatewayID
}

var _ screen.Store = ScreenStore{}

// NewScreenStore makes the store of screenings. The evidence is for the log of the
// gateway.
func NewScreenStore(db *DB, gateway dataspace.GatewayID) ScreenStore { return ScreenStore{db, gateway} }

// Rows implements screen.Store.
func (s ScreenStore) Rows(ctx context.Context, kind string) ([]screen.Row, error) {
	return few(ctx, s.db, func(r *screen.Row) *[]byte { return &r.Body }, func(rows *sql.Rows) (r screen.Row, err error) {
		err = rows.Scan(&r.Kind, &r.Name, &r.Event, &r.Body)
		return r, err
	}, "SELECT kind, name, event, body FROM screen WHERE kind = ? ORDER BY name", kind)
}

// Put implements screen.Store. An interrupted statement can roll back the
// transaction of all callers, so the context is never cancelled.
func (s ScreenStore) Put(ctx context.Context, r screen.Row, replaces dataspace.EventID, evidence dataspace.Event) error {
	events, err := prove.Encode(s.gateway, evidence)
	if err != nil {
		return err
	}
	lasting := context.WithoutCancel(ctx)
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		var now dataspace.EventID
		err := tx.QueryRowContext(lasting, "SELECT event FROM screen WHERE kind = ? AND name = ?", r.Kind, r.Name).Scan(&now)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if now != replaces {
			return dataspace.ErrStale
		}
		if len(r.Body) == 0 {
			_, err = tx.ExecContext(lasting, "DELETE FROM screen WHERE kind = ? AND name = ?", r.Kind, r.Name)
		} else {
			_, err = tx.ExecContext(lasting, "REPLACE INTO screen (kind, name, event, body) VALUES (?, ?, ?, ?)", r.Kind, r.Name, r.Event, r.Body)
		}
		if err != nil {
			return err
		}
		return InsertEvents(tx, events)
	})
}
