package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/sqlite"
)

// A database of a newer program is not opened, and not changed.
func TestNewer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Read().ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999999999999, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = sqlite.Open(t.Context(), path)
	var p *dataspace.Problem
	if !errors.As(err, &p) || p.Code != "database.newer" {
		t.Fatalf("%v", err)
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		t.Errorf("the file has changed: %v", err)
	}
}
