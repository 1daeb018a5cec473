package prove

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"hutong/internal/dataspace"
)

// marking is a store of which only the marks are needed.
type marking struct {
	Store
	err error
}

func (m marking) MarkLogged(context.Context, []Mark) error { return m.err }

func (m marking) LoggedAt(context.Context, dataspace.EventID) (uint64, bool, error) {
	return 0, false, dataspace.ErrNotFound
}

// An index is remembered only after it is stored, and only so many are.
func TestMarksAreRememberedWhenStored(t *testing.T) {
	ctx := t.Context()
	l := &Log{store: marking{err: errors.New("disk full")}, waiters: map[dataspace.EventID][]chan logged{}}
	if err := l.mark(ctx, []Mark{{ID: "lost", Index: 5}}); err == nil {
		t.Fatal("no error")
	}
	if at, err := l.awaitLogged(ctx, "lost"); err == nil {
		t.Errorf("an event that was not marked is at %d", at)
	}
	l.store = marking{}
	for i := range 3 * maxMarked / 100 {
		marks := make([]Mark, 100)
		for j := range marks {
			marks[j] = Mark{ID: dataspace.EventID(fmt.Sprint(100*i + j)), Index: uint64(100*i + j)}
		}
		if err := l.mark(ctx, marks); err != nil {
			t.Fatal(err)
		}
		if len(l.marked) > maxMarked {
			t.Fatalf("%d are remembered", len(l.marked))
		}
		if at, err := l.awaitLogged(ctx, marks[99].ID); err != nil || at != marks[99].Index {
			t.Errorf("event %s is at %d: %v", marks[99].ID, at, err)
		}
	}
}
