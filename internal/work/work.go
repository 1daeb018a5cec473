// Package work runs lasting work: flows, negotiations, transfers, evidence,
// cleaning up. A row with a state says what is to be done, and a step does the
// next part of it. The engine decides when a step runs, how many run in
// parallel, and what follows a failure.
//
// The engine does not know what a step does. It keeps no durable queue: it asks
// the store of the rows which of them have work to do.
package work

import (
	"context"
	"log/slog"
	"time"

	"hutong/internal/clock"
)

// Lane is a class of steps with a common limit on how many run in parallel.
// Every woken id begins in the empty Lane.
type Lane string

// Next says what follows a successful step.
type Next struct {
	// Again asks for another step at once, in Lane.
	Again bool
	Lane  Lane
	// After asks for another step after this time. Zero: when the id is woken.
	After time.Duration
}

// Step does the next part of the work for an id. It must be safe to repeat, and
// must return soon after ctx has ended. An error that wraps dataspace.ErrStale
// means that the row changed meanwhile: the step is repeated at once. After any
// other error it is repeated after a pause that grows with each failure.
type Step[ID comparable] func(ctx context.Context, id ID, lane Lane) (Next, error)

// Feed returns at most limit ids with work to do, oldest first, after the given
// one; the zero ID begins with the oldest. Fewer than limit means that these
// are the last.
type Feed[ID comparable] func(ctx context.Context, after ID, limit int) ([]ID, error)

// Config has the parts of an Engine. Name, Step and Limit are needed.
type Config[ID comparable] struct {
	// Name is the name of the work, in log lines and in the names of leases.
	Name string
	Step Step[ID]
	// Limit is how many steps run in parallel in the empty Lane, and Lanes how
	// many in each of the others.
	Limit int
	Lanes map[Lane]int
	// Feed finds the unfinished work of an earlier run or another process. Nil:
	// there is none, or the starter of the engine wakes it.
	Feed Feed[ID]
	// Claims keeps other processes from stepping the same id. Nil: there is no
	// other process.
	Claims Claims
	// Lease is how long an id is claimed at a time, by default 30 s. After this
	// time at the latest, another process takes over unfinished work.
	Lease time.Duration
	// First and Last are the shortest and the longest pause after a failure,
	// by default 200 ms and 30 s.
	First, Last time.Duration
	// KeepPause says that waking an id does not end the pause after a failure,
	// because a wake does not mean that the cause is gone.
	KeepPause bool
	// Failed is called for every failure with the pause that follows. By
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

// withDefaults sets the optional fields that are empty.
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
