//go:build testclock

package clock

import (
	"container/heap"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// Env names the file from which a program built with the tag testclock reads
// the time. All gateways of a test get the same file, or files of their own if
// their clocks are to differ.
const Env = "HUTONG_TEST_CLOCK"

// Process returns the clock of this process: that of the file that Env names,
// or that of the machine if Env is empty.
//
// The file contains either a duration such as "-10m" or "8760h", by which the
// clock is ahead of the machine's, or an instant such as
// "2027-01-01T00:30:00Z", which is the time of the clock when the file was
// written. Replace the file by renaming, so that no process reads half of it.
func Process() Clock { return process() }

var process = sync.OnceValue(func() Clock {
	path := os.Getenv(Env)
	if path == "" {
		return System()
	}
	f := &file{path: path}
	if err := f.read(); err != nil {
		panic(err) // a test build must not run with a wrong clock
	}
	return f
})

// look is how often the file is read while a caller waits for a time.
const look = 5 * time.Millisecond

// file is a clock that a file sets.
type file struct {
	path string

	mu       sync.Mutex
	modified time.Time
	size     int64
	ahead    time.Duration
	waiting  calls
	watched  bool
}

// Now implements Clock. It reads the file each time, so that a change of it has
// effect at once.
func (f *file) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = f.read() // if the file cannot be read, the clock stays as it was set
	return time.Now().Add(f.ahead)
}

// read reads the file if it has changed.
func (f *file) read() error {
	info, err := os.Stat(f.path)
	if err != nil {
		return fmt.Errorf("read test clock: %w", err)
	}
	if info.ModTime().Equal(f.modified) && info.Size() == f.size {
		return nil
	}
	text, err := os.ReadFile(f.path)
	if err != nil {
		return fmt.Errorf("read test clock: %w", err)
	}
	ahead, err := parse(strings.TrimSpace(string(text)), info.ModTime())
	if err != nil {
		return fmt.Errorf("read test clock %s: %w", f.path, err)
	}
	f.modified, f.size, f.ahead = info.ModTime(), info.Size(), ahead
	return nil
}

// parse returns how far the clock is ahead of the machine's.
func parse(text string, written time.Time) (time.Duration, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.Sub(written), nil
	}
	return time.ParseDuration(text)
}

// call is a function to call at a time.
type call struct {
	clock *file
	at    time.Time
	f     func()
	place int // index in the heap; -1: not in it
}

// AfterFunc implements Clock.
func (f *file) AfterFunc(d time.Duration, fn func()) Timer {
	c := &call{clock: f, at: f.Now().Add(d), f: fn}
	f.mu.Lock()
	defer f.mu.Unlock()
	heap.Push(&f.waiting, c)
	if !f.watched {
		f.watched = true
		go f.watch()
	}
	return c
}

// Stop implements Timer.
func (c *call) Stop() bool {
	c.clock.mu.Lock()
	defer c.clock.mu.Unlock()
	if c.place < 0 {
		return false
	}
	heap.Remove(&c.clock.waiting, c.place)
	return true
}

// watch makes the calls that are due, until none is left.
func (f *file) watch() {
	for f.due() {
		time.Sleep(look)
	}
}

// due starts the calls that are due, and reports whether any other call is
// waiting.
func (f *file) due() bool {
	now := f.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.waiting) > 0 && !f.waiting[0].at.After(now) {
		go heap.Pop(&f.waiting).(*call).f()
	}
	f.watched = len(f.waiting) > 0
	return f.watched
}

// calls is a heap, the earliest first.
type calls []*call

func (c calls) Len() int           { return len(c) }
func (c calls) Less(i, j int) bool { return c[i].at.Before(c[j].at) }
func (c calls) Swap(i, j int) {
	c[i], c[j] = c[j], c[i]
	c[i].place, c[j].place = i, j
}
func (c *calls) Push(x any) {
	x.(*call).place = len(*c)
	*c = append(*c, x.(*call))
}
func (c *calls) Pop() any {
	old := *c
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*c = old[:len(old)-1]
	last.place = -1
	return last
}
