package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
)

// DeliverStore keeps the grants of deliveries.
type DeliverStore struct{ db *DB }

var _ deliver.Store = (*DeliverStore)(nil)

// NewDeliverStore uses an open database.
func NewDeliverStore(db *DB) *DeliverStore { return &DeliverStore{db: db} }

// update runs fn in the writer's transaction. An interrupted statement can roll
// back the transaction of all callers, so fn gets a context that is never
// cancelled. A recipient that closes its connection would cancel it.
func (s *DeliverStore) update(ctx context.Context, fn func(context.Context, *sql.Tx) error) error {
	return s.db.Step(ctx, func(tx *sql.Tx) error { return fn(context.WithoutCancel(ctx), tx) })
}

// PutGrant stores or replaces a grant; see deliver.Store.
func (s *DeliverStore) PutGrant(ctx context.Context, g deliver.Grant, token deliver.TokenHash) error {
	expires := g.ExpiresAt.UnixMicro()
	body, err := deliver.EncodeGrant(g)
	if err != nil {
		return err
	}
	return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `
			INSERT INTO deliver_grant (id, token, state, reason, body, expires_at) VALUES (?, ?, ?, '', ?, ?)
			ON CONFLICT (id) DO UPDATE SET token = excluded.token, state = excluded.state, reason = '',
				body = excluded.body, expires_at = excluded.expires_at
			WHERE state NOT IN (?, ?)`,
			g.ID, token[:], deliver.GrantActive, body, expires, deliver.GrantRevoked, deliver.GrantDead)
		if err != nil {
			return fmt.Errorf("store grant %s: %w", g.ID, err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fmt.Errorf("store grant %s: it has ended: %w", g.ID, dataspace.ErrConflict))
		}
		return nil
	})
}

const selectGrant = `SELECT state, reason, body, result, expires_at FROM deliver_grant `

// GrantByToken finds the grant that a token opens.
func (s *DeliverStore) GrantByToken(ctx context.Context, token deliver.TokenHash) (deliver.Grant, error) {
	return scanGrant(s.db.Read().QueryRowContext(ctx, selectGrant+`WHERE token = ?`, token[:]))
}

// Grant finds the grant of a transfer.
func (s *DeliverStore) Grant(ctx context.Context, id dataspace.TransferID) (deliver.Grant, error) {
	return scanGrant(s.db.Read().QueryRowContext(ctx, selectGrant+`WHERE id = ?`, id))
}

func scanGrant(row *sql.Row) (g deliver.Grant, err error) {
	var body, result []byte
	var state, reason string
	var expires int64
	if err := row.Scan(&state, &reason, &body, &result, &expires); errors.Is(err, sql.ErrNoRows) {
		return g, fmt.Errorf("find grant: %w", dataspace.ErrNotFound)
	} else if err != nil {
		return g, fmt.Errorf("find grant: %w", err)
	}
	if g, err = deliver.DecodeGrant(body); err != nil {
		return g, err
	}
	g.State, g.Reason, g.ExpiresAt = deliver.GrantState(state), reason, time.UnixMicro(expires)
	if result != nil {
		g.Result = new(deliver.Result)
		if err := json.Unmarshal(result, g.Result); err != nil {
			return g, fmt.Errorf("decode grant %s: %w", g.ID, err)
		}
	}
	return g, nil
}

// SetGrantState sets the state of a grant; revoked and dead grants keep theirs.
func (s *DeliverStore) SetGrantState(ctx context.Context, id dataspace.TransferID, state deliver.GrantState, reason string) error {
	return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var now string
		err := tx.QueryRowContext(ctx, `SELECT state FROM deliver_grant WHERE id = ?`, id).Scan(&now)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return fmt.Errorf("move grant %s: %w", id, dataspace.ErrNotFound)
		case err != nil:
			return fmt.Errorf("move grant %s: %w", id, err)
		case now == string(state):
			return nil
		case now == string(deliver.GrantRevoked), now == string(deliver.GrantDead):
			return fmt.Errorf("move grant %s: it is %s: %w", id, now, dataspace.ErrConflict)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE deliver_grant SET state = ?, reason = ? WHERE id = ?`, state, reason, id); err != nil {
			return fmt.Errorf("move grant %s: %w", id, err)
		}
		return nil
	})
}

// SetGrantResult records the result of the stream once.
func (s *DeliverStore) SetGrantResult(ctx context.Context, id dataspace.TransferID, r deliver.Result) error {
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode result of %s: %w", id, err)
	}
	return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var before []byte
		err := tx.QueryRowContext(ctx, `SELECT result FROM deliver_grant WHERE id = ?`, id).Scan(&before)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return fmt.Errorf("record result of %s: %w", id, dataspace.ErrNotFound)
		case err != nil:
			return fmt.Errorf("record result of %s: %w", id, err)
		case string(before) == string(body):
			return nil
		case before != nil:
			return fmt.Errorf("record result of %s: it was another before: %w", id, dataspace.ErrConflict)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE deliver_grant SET result = ? WHERE id = ?`, body, id); err != nil {
			return fmt.Errorf("record result of %s: %w", id, err)
		}
		return nil
	})
}
