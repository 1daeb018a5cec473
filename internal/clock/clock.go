// Package clock is the one clock of the program. Whatever decides by time
// (leases, retries, tokens, certificates, schedules, years of counting) is
// given a Clock and asks it; nothing else in the program asks package time for
// the hour or waits by it, which internal/archtest checks.
//
// A program that is built with the tag testclock takes the time from a file,
// see Process. Any other build has no such switch.
//
// How long something took, and how long to wait for a connection or a person,
// is not decided here: that is measured in elapsed time.
package clock

import (
	"context"
	"time"
)

// Clock tells the time and calls back when it has come. It is safe for
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
