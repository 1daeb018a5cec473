package sqlite_test

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"hutong/internal/clock"
	"hutong/internal/sqlite"
	"hutong/internal/work"
	"hutong/internal/work/worktest"
)

func openClaims(t *testing.T, c clock.Clock) work.Claims {
	t.Helper()
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
}

func TestClaims(t *testing.T) { worktest.Claims(t, openClaims) }

// hangsUp is the context of a caller who goes as soon as a change has begun.
type hangsUp struct {
	context.Context
	asked *atomic.Int32
}

// Err implements context.Context.
func (h hangsUp) Err() error {
	if h.asked.Add(1) == 1 {
		return nil
	}
	return context.Canceled
}

// Done implements context.Context.
func (h hangsUp) Done() <-chan struct{} {
	over := make(chan struct{})
	close(over)
	return over
}

// A claim that has begun is finished: a caller who goes must not take the
// changes of others along that share the transaction.
func TestClaimsOfWhoGoes(t *testing.T) {
	c := openClaims(t, clock.System())
	going := func() context.Context { return hangsUp{t.Context(), new(atomic.Int32)} }
	token, err := c.Claim(going(), "a", "one", time.Hour)
	if err != nil {
		t.Fatalf("claim: %v", err)
	}
	if err := c.Extend(going(), "a", token, time.Hour); err != nil {
		t.Errorf("extend: %v", err)
	}
	if err := c.Release(going(), "a", token); err != nil {
		t.Errorf("release: %v", err)
	}
}
