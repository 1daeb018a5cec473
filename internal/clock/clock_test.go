package clock_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"hutong/internal/clock"
)

func TestSystem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, began := clock.System(), time.Now()
		if !c.Now().Equal(began) {
			t.Errorf("the clock shows %s at %s", c.Now(), began)
		}
		called := make(chan time.Time, 1)
		c.AfterFunc(time.Hour, func() { called <- c.Now() })
		if at := <-called; at.Sub(began) != time.Hour {
			t.Errorf("called after %s", at.Sub(began))
		}
		stopped := c.AfterFunc(time.Hour, func() { called <- c.Now() })
		if !stopped.Stop() || stopped.Stop() {
			t.Error("a call can be stopped once")
		}
		time.Sleep(2 * time.Hour)
		select {
		case <-called:
			t.Error("a call that was stopped was made")
		default:
		}
	})
}

func TestSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if err := clock.Sleep(t.Context(), clock.System(), time.Minute); err != nil || time.Since(began) != time.Minute {
			t.Errorf("slept %s, error %v", time.Since(began), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := clock.Sleep(ctx, clock.System(), time.Minute); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("sleeping beyond the end of its context gave %v", err)
		}
	})
}
