package agree

import (
	"context"
	"sync"
	"time"
)

// runner does the work of processes: for each at most one step at a time, for
// different ones side by side. A process that has nothing to do costs nothing.
type runner struct {
	ctx      context.Context
	step     func(context.Context, Ref) (more bool, err error)
	min, max time.Duration
	wg       sync.WaitGroup

	mu     sync.Mutex
	jobs   map[Ref]chan struct{} // capacity 1: woken while running
	closed bool
}

func newRunner(ctx context.Context, step func(context.Context, Ref) (bool, error), lo, hi time.Duration) *runner {
	return &runner{ctx: ctx, step: step, min: lo, max: hi, jobs: map[Ref]chan struct{}{}}
}

// wake runs the process's steps now, or once more if they are running; it
// cuts a pause between attempts short.
func (r *runner) wake(ref Ref) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || r.ctx.Err() != nil {
		return
	}
	if r.signal(ref) {
		return
	}
	woken := make(chan struct{}, 1)
	r.jobs[ref] = woken
	r.wg.Add(1)
	go r.run(ref, woken)
}

// nudge is wake for a process whose steps are running, and nothing for others.
func (r *runner) nudge(ref Ref) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.signal(ref)
}

// signal reports whether the process's steps are running, and has them run
// once more.
func (r *runner) signal(ref Ref) bool {
	woken, ok := r.jobs[ref]
	if ok {
		select {
		case woken <- struct{}{}:
		default: // it will look anyway
		}
	}
	return ok
}

func (r *runner) run(ref Ref, woken chan struct{}) {
	defer r.wg.Done()
	for attempts := 0; ; {
		more, err := r.step(r.ctx, ref)
		switch {
		case r.ctx.Err() != nil:
			r.forget(ref)
			return
		case err != nil:
			r.pause(attempts, woken)
			attempts++
		case more:
			attempts = 0
		case r.done(ref, woken):
			return
		}
	}
}

func (r *runner) pause(attempts int, woken chan struct{}) {
	wait := r.max
	if attempts < 30 && r.min<<attempts < r.max {
		wait = r.min << attempts
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-woken:
	case <-r.ctx.Done():
	}
}

// done takes the process off unless it was woken meanwhile.
func (r *runner) done(ref Ref, woken chan struct{}) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-woken:
		return false
	default:
	}
	delete(r.jobs, ref)
	return true
}

func (r *runner) forget(ref Ref) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.jobs, ref)
}

// wait returns when nothing runs any more; the context must be cancelled.
func (r *runner) wait() {
	r.mu.Lock()
	r.closed = true // no wake can add from here on
	r.mu.Unlock()
	r.wg.Wait()
}
