package work

import (
	"container/heap"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"

	"hutong/internal/dataspace"
)

// task is an id with work to do. With a hundred thousand ids an engine holds as
// many tasks and nothing more.
type task[ID comparable] struct {
	id    ID
	lane  Lane
	kept  Lane // another lane, in whose line it still has a place; empty: none
	state state
	woken bool // while it ran
	fed   bool // found by Feed, and not woken since
	// pauses is how long to wait after the next failure; nil unless the last
	// step failed.
	pauses *backoff.ExponentialBackOff
	due    time.Time
	place  int // index in the heap of resting tasks; -1: not in it
}

type state uint8

const (
	waiting state = iota + 1
	running
	paused
	done
)

// jitter spreads the attempts of ids that failed at the same moment, such as
// all flows with an unreachable peer.
const jitter = 0.1

// retry has a task rest after a failure.
func (e *Engine[ID]) retry(t *task[ID], err error) {
	if t.pauses == nil {
		t.pauses = &backoff.ExponentialBackOff{
			InitialInterval: e.cfg.First, MaxInterval: e.cfg.Last, Multiplier: 2, RandomizationFactor: jitter,
		}
	}
	pause := t.pauses.NextBackOff()
	e.cfg.Failed(e.ctx, t.id, err, pause)
	e.pause(t, pause)
}

// pause has a task rest for a time.
func (e *Engine[ID]) pause(t *task[ID], d time.Duration) {
	t.state, t.due = paused, e.cfg.Clock.Now().Add(d)
	heap.Push(&e.rest, t)
	if t.place == 0 {
		e.arm(d)
	}
}

// arm sets the one alarm for the first resting task. There is no timer for
// each, because a hundred thousand timers would cost too much.
func (e *Engine[ID]) arm(d time.Duration) {
	if e.alarm != nil {
		e.alarm.Stop()
	}
	e.alarm = e.cfg.Clock.AfterFunc(d, e.ripe)
}

// ripe puts the tasks whose rest is over into the line.
func (e *Engine[ID]) ripe() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return
	}
	now := e.cfg.Clock.Now()
	for len(e.rest) > 0 && !e.rest[0].due.After(now) {
		e.enqueue(heap.Pop(&e.rest).(*task[ID]), "")
	}
	if len(e.rest) > 0 {
		e.arm(e.rest[0].due.Sub(now))
	}
}

// unclaimed handles an id that cannot be claimed. If Feed found it, the other
// process does its work. If it was woken here, the step of the other process
// may have begun too early to see the change: it is tried until it can be
// claimed.
func (e *Engine[ID]) unclaimed(t *task[ID], err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	taken := errors.Is(err, dataspace.ErrConflict)
	switch {
	case e.closed, taken && t.fed:
		e.forget(t)
	default:
		e.retry(t, err)
	}
}

// resting are the resting tasks as a heap, with the earliest first.
type resting[ID comparable] []*task[ID]

func (r resting[ID]) Len() int           { return len(r) }
func (r resting[ID]) Less(i, j int) bool { return r[i].due.Before(r[j].due) }
func (r resting[ID]) Swap(i, j int) {
	r[i], r[j] = r[j], r[i]
	r[i].place, r[j].place = i, j
}

// Push implements heap.Interface.
func (r *resting[ID]) Push(x any) {
	t := x.(*task[ID])
	t.place = len(*r)
	*r = append(*r, t)
}

// Pop implements heap.Interface.
func (r *resting[ID]) Pop() any {
	old := *r
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*r = old[:len(old)-1]
	t.place = -1
	return t
}

func (r *resting[ID]) remove(t *task[ID]) { heap.Remove(r, t.place) }
