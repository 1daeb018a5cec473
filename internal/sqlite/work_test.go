package sqlite_test

import (
	"path/filepath"
	"testing"

	"hutong/internal/clock"
	"hutong/internal/sqlite"
	"hutong/internal/work"
	"hutong/internal/work/worktest"
)

func TestClaims(t *testing.T) {
	worktest.Claims(t, func(t *testing.T, c clock.Clock) work.Claims {
		db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return sqlite.NewClaims(db, c)
	})
}
