package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"hutong/internal/runset"
)

// countTable counts the crowd in the obvious table: a row for each person, a
// transaction for each list, with the same SQLite and as durable. It is asked
// for the totals only at the end, and it cannot release people.
func countTable(ctx context.Context, dir string, c crowd) (f figures, err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return f, err
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "table.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-64000)")
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, "CREATE TABLE person (exporter TEXT, year INTEGER, person BLOB, mask INTEGER, PRIMARY KEY (exporter, year, person)) WITHOUT ROWID"); err != nil {
		return f, err
	}
	var want, got runset.Tally
	stop := watch(dir, &f.peak)
	for n := range c.lists() {
		list, adds := c.of(n)
		want = plus(want, adds)
		if err := f.measure(func() error { return insert(ctx, db, list) }); err != nil {
			return f, err
		}
	}
	stop()
	f.people, f.bytes = c.people, size(dir)
	f.peak = max(f.peak, f.bytes)
	err = db.QueryRowContext(ctx, "SELECT sum(mask & 1), sum(mask >> 1 & 1), sum(mask >> 2 & 1) FROM person WHERE exporter = ? AND year = ?", exporter, inYear).
		Scan(&got[0], &got[1], &got[2])
	if err == nil && got != want {
		err = fmt.Errorf("counted %v, not %v", got[:3], want[:3])
	}
	return f, err
}

func insert(ctx context.Context, db *sql.DB, list []runset.Person) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing after Commit
	stmt, err := tx.PrepareContext(ctx, "INSERT INTO person VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET mask = mask | excluded.mask")
	if err != nil {
		return err
	}
	defer stmt.Close() // the transaction's
	for i := range list {
		hash := list[i].Hash()
		if _, err := stmt.ExecContext(ctx, exporter, inYear, hash[:], list[i].Mask); err != nil {
			return err
		}
	}
	return tx.Commit()
}
