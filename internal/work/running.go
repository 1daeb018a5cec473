package work

import (
	"context"
	"sync"
)

// Running holds the long steps in progress, so that they can be cancelled. It is
// local to a process: in another process a stop takes effect when the step
// reads the row again, which it does before its result counts. The zero value
// holds none. It is safe for concurrent use.
type Running[ID comparable] struct {
	mu    sync.Mutex
	steps map[ID]context.CancelFunc
}

// Begin makes a context for a long step. The caller must then check that the
// step is still needed: an earlier Cancel cancels nothing. done must be called
// when the step is over.
func (r *Running[ID]) Begin(ctx context.Context, id ID) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancel(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.steps == nil {
		r.steps = map[ID]context.CancelFunc{}
	}
	r.steps[id] = cancel
	return ctx, func() {
		cancel()
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.steps, id)
	}
}

// Cancel cancels the step of an id, if there is one.
func (r *Running[ID]) Cancel(id ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel := r.steps[id]; cancel != nil {
		cancel()
	}
}
