package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
)

// openOne opens one connection, so that all statements share it.
func openOne(t *testing.T) *sql.DB {
	t.Helper()
	db := open(filepath.Join(t.TempDir(), "test.db"), 1, 1000)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.Exec("CREATE TABLE n (i INTEGER PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if _, err := db.Exec("INSERT INTO n (i) VALUES (?)", i); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func sum(t *testing.T, q interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}, query string, nested int) (total int) {
	t.Helper()
	rows, err := q.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var i int
		if err := rows.Scan(&i); err != nil {
			t.Fatal(err)
		}
		total += i
		if nested > 0 {
			total += sum(t, q, query, nested-1)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return total
}

// The same statement inside its own rows must not be the same run.
func TestPreparedStatementInsideItself(t *testing.T) {
	db := openOne(t)
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	for range 2 {
		if got := sum(t, tx, "SELECT i FROM n", 1); got != 10+5*10 {
			t.Errorf("sum is %d, want 60", got)
		}
	}
}

func TestPreparedStatementAfterAnError(t *testing.T) {
	db := openOne(t)
	const insert = "INSERT INTO n (i) VALUES (?)"
	if _, err := db.Exec(insert, 1); err == nil {
		t.Fatal("the same key twice: no error")
	}
	if _, err := db.Exec(insert, 5); err != nil {
		t.Errorf("after the error: %v", err)
	}
	if _, err := db.Query("SELECT nothing FROM n"); err == nil {
		t.Error("an unknown column: no error")
	}
}

// A prepared statement still works after its table was changed.
func TestPreparedStatementAfterAChangeOfTheTable(t *testing.T) {
	db := openOne(t)
	const all = "SELECT * FROM n LIMIT 1"
	columns := func() int {
		rows, err := db.Query(all)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	if got := columns(); got != 1 {
		t.Fatalf("%d columns", got)
	}
	if _, err := db.Exec("ALTER TABLE n ADD COLUMN j INTEGER"); err != nil {
		t.Fatal(err)
	}
	if got := columns(); got != 2 {
		t.Errorf("%d columns after the change, want 2", got)
	}
}

func TestPreparedStatementsAreBounded(t *testing.T) {
	db := openOne(t)
	for i := range maxPrepared + 10 {
		var got int
		if err := db.QueryRow(fmt.Sprintf("SELECT i + %d FROM n WHERE i = 1", i)).Scan(&got); err != nil || got != i+1 {
			t.Fatalf("got %d, %v", got, err)
		}
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	err = conn.Raw(func(c any) error {
		if n := len(c.(*preparedConn).idle); n != maxPrepared {
			return fmt.Errorf("%d statements are kept, not %d", n, maxPrepared)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
