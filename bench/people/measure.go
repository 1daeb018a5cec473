package main

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"hutong/internal/runset"
)

// figures are what was measured.
type figures struct {
	people          int64
	processor, wall time.Duration
	bytes, peak     int64
	resident        int64
	short           time.Duration
	long, release   time.Duration
	longPeople      int64
	recount         time.Duration
	totals          runset.Tally
}

// measure adds up the time of what is measured, and leaves out what is not:
// the making of the people.
func (f *figures) measure(fn func() error) error {
	began, used := time.Now(), processor()
	err := fn()
	f.wall += time.Since(began)
	f.processor += processor() - used
	return err
}

// processor is the processor time of this process, user and system.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // a command that measures and cannot
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// size is how much room the files of a directory take.
func size(dir string) (total int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // files come and go
		}
		if info, err := d.Info(); err == nil {
			total += info.Size()
		}
		return nil
	})
	return total
}

// watch notes the most room that a directory takes until stop.
func watch(dir string, peak *int64) (stop func()) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			*peak = max(*peak, size(dir))
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	})
	return func() { close(done); wg.Wait() }
}

// resident is the most memory that this process has had.
func resident() int64 {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var kb int64
		if rest, ok := strings.CutPrefix(s.Text(), "VmHWM:"); ok {
			if _, err := fmt.Sscan(rest, &kb); err == nil {
				return kb << 10
			}
		}
	}
	return 0
}
