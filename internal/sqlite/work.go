package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/work"
)

// Claims are the leases of processes that share the database. A gateway that
// has its database alone uses none. No statement gets the caller's context: an
// interrupted statement can roll back the transaction of all callers.
type Claims struct {
	db    *DB
	clock clock.Clock
}

var _ work.Claims = (*Claims)(nil)

// NewClaims returns the leases in db. The clocks of all processes must agree to
// within a small part of a lease.
func NewClaims(db *DB, c clock.Clock) *Claims { return &Claims{db: db, clock: c} }

// Claim implements work.Claims.
func (c *Claims) Claim(ctx context.Context, name, owner string, ttl time.Duration) (token int64, err error) {
	err = c.db.Step(ctx, func(tx *sql.Tx) error {
		now := c.clock.Now()
		if _, err := tx.Exec(`DELETE FROM work_lease WHERE name = ? AND until <= ?`, name, now.UnixMicro()); err != nil {
			return err
		}
		err := tx.QueryRow(`INSERT INTO work_lease (name, owner, until) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING token`,
			name, owner, now.Add(ttl).UnixMicro()).Scan(&token)
		if errors.Is(err, sql.ErrNoRows) {
			return dataspace.ErrConflict
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("claim %s: %w", name, err)
	}
	return token, nil
}

// Extend implements work.Claims.
func (c *Claims) Extend(ctx context.Context, name string, token int64, ttl time.Duration) error {
	err := c.db.Step(ctx, func(tx *sql.Tx) error {
		now := c.clock.Now()
		res, err := tx.Exec(`UPDATE work_lease SET until = ? WHERE name = ? AND token = ? AND until > ?`,
			now.Add(ttl).UnixMicro(), name, token, now.UnixMicro())
		if err != nil {
			return err
		}
		return changed(res, dataspace.ErrConflict)
	})
	if err != nil {
		return fmt.Errorf("extend lease of %s: %w", name, err)
	}
	return nil
}

// Release implements work.Claims.
func (c *Claims) Release(ctx context.Context, name string, token int64) error {
	err := c.db.Step(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`DELETE FROM work_lease WHERE name = ? AND token = ?`, name, token)
		return err
	})
	if err != nil {
		return fmt.Errorf("release lease of %s: %w", name, err)
	}
	return nil
}
