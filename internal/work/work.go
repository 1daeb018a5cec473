// Package work runs what lasts: flows, negotiations, transfers, evidence,
// tidying. A row with a state says what is to be done, and a step does the
// next of it; the engine decides when a step runs, how many run side by side,
// and what follows a failure.
//
// It knows nothing of what a step does. It keeps no queue that must survive:
// which rows have work to do is asked of the store that holds them.
package work

import (
	"context"
	"log/slog"
	"time"

	"hutong/internal/clock"
)

// Lane is a class of steps that share a bound on how many run side by side.
// The empty Lane is where every id begins when it is woken.
type Lane string

// Next says what follows a step that did not fail.
type Next struct {
	// Again asks for another step at once, in Lane.
	Again bool
	Lane  Lane
	// After asks for another step after this time. Zero: when the id is woken.
	After time.Duration
}

// Step does the next thing for an id. It must bear repetition, and must return
// soon after ctx has ended. An error that wraps dataspace.ErrStale means
// that the row changed meanwhile: the step is repeated at once. After any
// other error it is repeated after a pause that grows with each failure.
type Step[ID comparable] func(ctx context.Context, id ID, lane Lane) (Next, error)

// Feed returns at most limit ids that have work to do, oldest first, beginning
// behind after; the zero ID begins with the oldest. Fewer than limit means
// that these are the last.
type Feed[ID comparable] func(ctx context.Context, after ID, limit int) ([]ID, error)

// Config is what an Engine is made of. Name, Step and Limit are needed.
type Config[ID comparable] struct {
	// Name is that of the work, in log lines and in the names of leases.
	Name string
	Step Step[ID]
	// Limit is how many steps run side by side in the empty Lane, and Lanes
	// how many in each of the others.
	Limit int
	Lanes map[Lane]int
	// Feed finds what an earlier run or another process has left. Nil: nothing
	// is left, or whoever starts the engine wakes it.
	Feed Feed[ID]
	// Claims keeps other processes from stepping the same id. Nil: there is no
	// other process.
	Claims Claims
	// Lease is for how long an id is claimed at a time, by default 30 s. What
	// a process leaves behind is taken over after that at the latest.
	Lease time.Duration
	// First and Last are the shortest and the longest pause after a failure,
	// by default 200 ms and 30 s.
	First, Last time.Duration
	// KeepPause says that waking an id does not end the pause after a failure:
	// whatever wakes it says nothing about the cause being gone.
	KeepPause bool
	// Failed is told of every failure and the pause that follows it. By
	// default it is logged.
	Failed func(ctx context.Context, id ID, err error, pause time.Duration)
	Clock  clock.Clock  // by default that of the machine
	Logger *slog.Logger // by default none
}

// Defaults of Config.
const (
	firstPause = 200 * time.Millisecond
	lastPause  = 30 * time.Second
	leaseTime  = 30 * time.Second
)

// withDefaults fills in what may be left out.
func (c Config[ID]) withDefaults() Config[ID] {
	if c.First <= 0 {
		c.First = firstPause
	}
	if c.Last <= 0 {
		c.Last = lastPause
	}
	if c.Lease <= 0 {
		c.Lease = leaseTime
	}
	if c.Clock == nil {
		c.Clock = clock.System()
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Failed == nil {
		name, logger := c.Name, c.Logger
		c.Failed = func(ctx context.Context, id ID, err error, pause time.Duration) {
			logger.WarnContext(ctx, "step will be tried again",
				slog.String("work", name), slog.Any("id", id), slog.Duration("pause", pause), slog.Any("error", err))
		}
	}
	return c
}
