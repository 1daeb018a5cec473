// Package clock is the one clock of the program. Code that decides by time
// (leases, retries, tokens, certificates, schedules, years of counting) is
// given a Clock. No other code asks package time for the present time or waits
// by it; internal/archtest checks this.
//
// A program that is built with the tag testclock reads the time from a file,
// see Process. Any other build has no such switch.
//
// Durations of work, and waiting times for a connection or a person, are
// measured in elapsed time and do not use this clock.
package clock

import (
	"context"
	"time"
)

// Clock tells the time and makes calls at a given time. It is safe for
// concurrent use.
type Clock interface {
	// Now is the time.
	Now() time.Time
	// AfterFunc calls f once, in a goroutine of its own, when the clock shows
	// d more than now. A d of zero or less calls it at once.
	AfterFunc(d time.Duration, f func()) Timer
}

// Timer is a call that is still to come.
type Timer interface {
	// Stop prevents the call. It reports false if the call has begun or was
	// stopped before.
	Stop() bool
}

// System returns the clock of the machine.
func System() Clock { return system{} }

type system struct{}

func (system) Now() time.Time                            { return time.Now() }
func (system) AfterFunc(d time.Duration, f func()) Timer { return time.AfterFunc(d, f) }

// Sleep returns when the clock shows d more than now, or with the error of ctx
// when that ends first.
func Sleep(ctx context.Context, c Clock, d time.Duration) error {
	over := make(chan struct{})
	t := c.AfterFunc(d, func() { close(over) })
	defer t.Stop()
	select {
	case <-over:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
