package work

import (
	"context"
	"sync"
)

// Cutter holds the long steps in progress, so that they can be cancelled. It is
// local to a process: in another process a stop takes effect when the step
// reads the row again, which it does before its result counts. The zero value
// holds none. It is safe for concurrent use.
type Cutter[ID comparable] struct {
	mu    sync.Mutex
	steps map[ID]context.CancelFunc
}

// Begin makes a context for a long step. The caller must then check that the
// step is still needed: an earlier Cancel cancels nothing. done must be called
// when the step is over.
func (c *Cutter[ID]) Begin(ctx context.Context, id ID) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancel(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.steps == nil {
		c.steps = map[ID]context.CancelFunc{}
	}
	c.steps[id] = cancel
	return ctx, func() {
		cancel()
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.steps, id)
	}
}

// Cancel cancels the step of an id, if there is one.
func (c *Cutter[ID]) Cancel(id ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if cancel := c.steps[id]; cancel != nil {
		cancel()
	}
}
