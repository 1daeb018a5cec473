package worktest

import (
	"sync"
	"time"

	"hutong/internal/clock"
)

// manual is a clock that the test moves.
type manual struct {
	mu    sync.Mutex
	now   time.Time
	calls map[*call]bool
}

type call struct {
	clock *manual
	at    time.Time
	f     func()
}

var _ clock.Clock = (*manual)(nil)

func newManual() *manual {
	return &manual{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), calls: map[*call]bool{}}
}

// Now implements clock.Clock.
func (m *manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// AfterFunc implements clock.Clock.
func (m *manual) AfterFunc(d time.Duration, f func()) clock.Timer {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := &call{m, m.now.Add(d), f}
	if d <= 0 {
		go f()
		return c
	}
	m.calls[c] = true
	return c
}

// Stop implements clock.Timer.
func (c *call) Stop() bool {
	c.clock.mu.Lock()
	defer c.clock.mu.Unlock()
	was := c.clock.calls[c]
	delete(c.clock.calls, c)
	return was
}

// advance moves the clock and makes the calls that are due.
func (m *manual) advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
	for c := range m.calls {
		if !c.at.After(m.now) {
			delete(m.calls, c)
			go c.f()
		}
	}
}
