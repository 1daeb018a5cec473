package work

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"

	"hutong/internal/clock"
	"hutong/internal/dataspace"
)

// Engine steps ids: at most one step of each at a time, and different ones in
// parallel as far as their lanes allow. It is safe for concurrent use.
type Engine[ID comparable] struct {
	cfg    Config[ID]
	owner  string          // of the leases of this engine
	ctx    context.Context // of the steps
	cancel context.CancelFunc
	taking context.Context // ends when no more work is started
	stop   context.CancelFunc
	wg     sync.WaitGroup
	room   chan struct{} // tells feed that the line is short again

	mu     sync.Mutex
	tasks  map[ID]*task[ID] // that wait, run or rest
	lanes  map[Lane]*lane[ID]
	rest   resting[ID]
	alarm  clock.Timer // for the first resting task
	closed bool
}

// lane is where tasks wait for their turn. A task that was woken has left the
// line when its place in it comes.
type lane[ID comparable] struct {
	name    Lane
	limit   int
	workers int
	line    []*task[ID]
}

// maxClashes is how often a step is repeated at once because the row was
// changed during the step.
const maxClashes = 10

// New makes an engine. It does nothing until an id is woken or Start is
// called.
func New[ID comparable](cfg Config[ID]) *Engine[ID] {
	ctx, cancel := context.WithCancel(context.Background())
	taking, stop := context.WithCancel(ctx)
	e := &Engine[ID]{
		cfg: cfg.withDefaults(), owner: newOwner(), ctx: ctx, cancel: cancel, taking: taking, stop: stop, room: make(chan struct{}, 1),
		tasks: map[ID]*task[ID]{}, lanes: map[Lane]*lane[ID]{"": {limit: cfg.Limit}},
	}
	for name, limit := range cfg.Lanes {
		e.lanes[name] = &lane[ID]{name: name, limit: limit}
	}
	return e
}

// Context ends when the engine is closed.
func (e *Engine[ID]) Context() context.Context { return e.ctx }

// Wake has the id stepped as soon as there is room, and once more if a step of
// it runs now. It ends the pause after a failure, unless KeepPause is set. An id
// that waits in another lane is stepped in the empty one, where its step can see
// that the wait is no longer needed; if it goes back, it has its old position.
// Wake is cheap, and extra calls do no harm.
func (e *Engine[ID]) Wake(id ID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return
	}
	t := e.tasks[id]
	if t == nil {
		t = &task[ID]{id: id, place: -1}
		e.tasks[id] = t
		e.enqueue(t, "")
		return
	}
	e.rouse(t)
}

// Nudge is Wake for an id that waits, runs or rests; it does nothing for
// others.
func (e *Engine[ID]) Nudge(id ID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if t := e.tasks[id]; t != nil && !e.closed {
		e.rouse(t)
	}
}

// rouse has a known task stepped.
func (e *Engine[ID]) rouse(t *task[ID]) {
	t.fed = false
	switch {
	case t.state == running:
		t.woken = true
	case t.state == waiting && t.lane != "":
		t.kept = t.lane
		e.enqueue(t, "")
	case t.state == paused && t.pauses != nil && e.cfg.KeepPause:
	case t.state == paused:
		e.rest.remove(t)
		e.enqueue(t, "")
	}
}

// take puts an id that Feed has found into the line, unless it is known.
func (e *Engine[ID]) take(id ID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || e.tasks[id] != nil {
		return
	}
	t := &task[ID]{id: id, place: -1, fed: true}
	e.tasks[id] = t
	e.enqueue(t, "")
}

// enqueue puts a task at the end of a lane's line and ensures that a worker
// runs there.
func (e *Engine[ID]) enqueue(t *task[ID], name Lane) {
	t.state, t.lane = waiting, name
	l := e.lanes[name]
	if name == "" || t.kept != name {
		l.line = append(l.line, t)
	}
	if l.workers < l.limit {
		l.workers++
		e.wg.Go(func() { e.serve(l) })
	}
}

// serve steps the tasks of a lane until its line is empty.
func (e *Engine[ID]) serve(l *lane[ID]) {
	for t := e.first(l); t != nil; t = e.first(l) {
		e.drive(t)
	}
}

// first takes the first task of a line; nil ends the worker.
func (e *Engine[ID]) first(l *lane[ID]) *task[ID] {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.pop(l)
	if e.closed || t == nil {
		l.workers--
		return nil
	}
	t.state, t.woken = running, false
	if t.lane == "" && len(l.line) <= page/2 {
		select {
		case e.room <- struct{}{}:
		default:
		}
	}
	return t
}

// pop takes the first task that still waits in a line; nil if there is none.
func (e *Engine[ID]) pop(l *lane[ID]) *task[ID] {
	for len(l.line) > 0 {
		t := l.line[0]
		l.line[0] = nil
		l.line = l.line[1:]
		if t.kept == l.name {
			t.kept = ""
		}
		if t.state == waiting && t.lane == l.name {
			return t
		}
	}
	return nil
}

// forget drops a task; the next Wake of its id makes a new one.
func (e *Engine[ID]) forget(t *task[ID]) {
	t.state = done
	delete(e.tasks, t.id)
}

// drive steps a task until it has nothing more to do in this lane.
func (e *Engine[ID]) drive(t *task[ID]) {
	held, err := e.claim(t.id)
	if err != nil {
		e.unclaimed(t, err)
		return
	}
	next, err := e.step(held.ctx, t)
	for e.goesOn(held.ctx, t, next, err) {
		next, err = e.step(held.ctx, t)
	}
	// The claim is released before the task leaves: the next Wake of the id
	// must find it free.
	e.release(held)
	e.leave(t, next, err)
}

// step runs one step. It repeats the step at once if the row was changed during
// it. A conflict that stays is a failure like any other.
func (e *Engine[ID]) step(ctx context.Context, t *task[ID]) (next Next, err error) {
	for range maxClashes {
		next, err = e.safely(ctx, t)
		if !errors.Is(err, dataspace.ErrStale) || ctx.Err() != nil {
			break
		}
	}
	return next, err
}

// safely recovers a panic of a step. Otherwise one panic would stop the work on
// every other id, now and after each start.
func (e *Engine[ID]) safely(ctx context.Context, t *task[ID]) (next Next, err error) {
	defer func() {
		if r := recover(); r != nil {
			e.cfg.Logger.ErrorContext(ctx, "step panicked", slog.String("work", e.cfg.Name), slog.Any("id", t.id),
				slog.String("panic", fmt.Sprintf("%T", r)), slog.String("stack", string(debug.Stack())))
			next, err = Next{}, fmt.Errorf("step %s %v: panic: %w", e.cfg.Name, t.id, dataspace.ErrUnavailable)
		}
	}()
	next, err = e.cfg.Step(ctx, t.id, t.lane)
	if err == nil && e.lanes[next.Lane] == nil {
		return Next{}, fmt.Errorf("step %s %v: no lane %q: %w", e.cfg.Name, t.id, next.Lane, dataspace.ErrInvalid)
	}
	return next, err
}

// goesOn reports whether the task is stepped again at once in its lane.
func (e *Engine[ID]) goesOn(ctx context.Context, t *task[ID], next Next, err error) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err == nil {
		t.pauses = nil
	}
	if e.closed || ctx.Err() != nil {
		return false
	}
	if t.woken && !(err != nil && e.cfg.KeepPause) {
		again := t.lane == ""
		t.woken = !again
		return again
	}
	return err == nil && next.Again && next.Lane == t.lane
}

// leave decides what happens to a task after its step: it waits in another
// lane, rests, or is removed until its id is woken.
func (e *Engine[ID]) leave(t *task[ID], next Next, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.closed:
		e.forget(t)
	case t.woken && !(err != nil && e.cfg.KeepPause):
		e.enqueue(t, "")
	case err != nil:
		e.retry(t, err)
	case next.Again:
		e.enqueue(t, next.Lane)
	case next.After > 0:
		e.pause(t, next.After)
	default:
		e.forget(t)
	}
}

// Drain starts no more work and waits for the running steps. When ctx ends it
// cancels them. The rows say where to continue.
func (e *Engine[ID]) Drain(ctx context.Context) {
	e.shut()
	over := make(chan struct{})
	go func() {
		e.wg.Wait()
		close(over)
	}()
	select {
	case <-over:
	case <-ctx.Done():
	}
	e.cancel()
	<-over
}

// Close cancels the running steps and waits for them.
func (e *Engine[ID]) Close() {
	e.shut()
	e.cancel()
	e.wg.Wait()
}

// shut stops starting work.
func (e *Engine[ID]) shut() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	if e.alarm != nil {
		e.alarm.Stop()
	}
	e.stop()
}
