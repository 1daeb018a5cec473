package prove_test

import (
	"database/sql"
	"testing"

	"hutong/internal/dataspace"
)

// execSQL does to the database what a crash or an operator could.
func execSQL(t *testing.T, g *gateway, query string, args ...any) {
	t.Helper()
	must(t, g.db.Update(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(query, args...); return err }))
}

func unmark(t *testing.T, g *gateway, id dataspace.EventID) {
	t.Helper()
	execSQL(t, g, `UPDATE event SET logged = NULL WHERE id = ?`, id)
}
