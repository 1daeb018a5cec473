package flow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"hutong/internal/dataspace"
)

// engine runs the steps of flows: at most one at a time for a flow, any
// number of flows side by side, and again after a failure that may pass.
//
// The rows are the queue: a flow that is neither final nor waiting for a
// person has work to do. Waking one is cheap and may be done too often.
type engine struct {
	step   func(ctx context.Context, id dataspace.FlowID) (again bool, err error)
	logger *slog.Logger

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu      sync.Mutex
	running map[dataspace.FlowID]bool // true: woken again while it ran
	timers  map[dataspace.FlowID]*time.Timer
	tries   map[dataspace.FlowID]int
	closed  bool
}

// Waits between attempts of a step that failed for a reason that may pass.
const (
	firstRetry = 200 * time.Millisecond
	lastRetry  = 30 * time.Second
)

// maxClashes is how often a step is repeated at once because somebody changed
// the flow under it.
const maxClashes = 10

func newEngine(step func(context.Context, dataspace.FlowID) (bool, error), logger *slog.Logger) *engine {
	ctx, cancel := context.WithCancel(context.Background())
	return &engine{
		step: step, logger: logger, ctx: ctx, cancel: cancel,
		running: map[dataspace.FlowID]bool{},
		timers:  map[dataspace.FlowID]*time.Timer{},
		tries:   map[dataspace.FlowID]int{},
	}
}

// wake has the flow stepped at once, or once more if it is being stepped.
func (e *engine) wake(id dataspace.FlowID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return
	}
	if t := e.timers[id]; t != nil {
		t.Stop()
		delete(e.timers, id)
	}
	if _, busy := e.running[id]; busy {
		e.running[id] = true
		return
	}
	e.running[id] = false
	e.wg.Add(1)
	go e.drive(id)
}

func (e *engine) drive(id dataspace.FlowID) {
	defer e.wg.Done()
	for clashes := 0; ; {
		again, err := e.safely(id)
		// Somebody changed the row meanwhile: read it again, at once. A clash
		// that stays is a failure like any other.
		if errors.Is(err, dataspace.ErrStale) && clashes < maxClashes && e.ctx.Err() == nil {
			clashes++
			continue
		}
		clashes = 0
		if !e.goOn(id, again, err) {
			return
		}
	}
}

// safely keeps a step that panics from taking every other flow with it, at
// this start and at each one after.
func (e *engine) safely(id dataspace.FlowID) (again bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			e.logger.ErrorContext(e.ctx, "flow step panicked", "flow", id, "panic", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
			again, err = false, fmt.Errorf("step flow %s: panic: %w", id, dataspace.ErrUnavailable)
		}
	}()
	return e.step(e.ctx, id)
}

// goOn decides what follows a step: another one at once, one after a pause,
// or none until somebody wakes the flow.
func (e *engine) goOn(id dataspace.FlowID, again bool, err error) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	woken := e.running[id]
	if e.ctx.Err() == nil && err == nil {
		delete(e.tries, id)
	}
	if e.ctx.Err() == nil && (woken || again && err == nil) {
		e.running[id] = false
		return true
	}
	delete(e.running, id)
	if err != nil && !e.closed {
		e.later(id, err)
	}
	return false
}

// later wakes the flow after a pause that grows with every failure.
func (e *engine) later(id dataspace.FlowID, err error) {
	pause := firstRetry << min(e.tries[id], 10)
	if pause > lastRetry {
		pause = lastRetry
	}
	e.tries[id]++
	e.logger.WarnContext(e.ctx, "flow step will be tried again", "flow", id, "pause", pause, "error", err)
	e.timers[id] = time.AfterFunc(pause, func() { e.wake(id) })
}

// close stops taking work and waits for the steps under way, whose context is
// cancelled; the rows say where to go on.
func (e *engine) close() {
	e.mu.Lock()
	e.closed = true
	for _, t := range e.timers {
		t.Stop()
	}
	e.mu.Unlock()
	e.cancel()
	e.wg.Wait()
}
