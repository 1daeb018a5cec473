package pair

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Memory is what a process holds resident, in bytes.
type Memory struct {
	Peak int64 // VmHWM: the most since it started
	Now  int64 // VmRSS
	Anon int64 // of Now: not backed by a file
	Step map[string]int64
}

// ReadMemory reads /proc.
func ReadMemory(pid int) (Memory, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return Memory{}, err
	}
	var m Memory
	for s := bufio.NewScanner(bytes.NewReader(data)); s.Scan(); {
		key, value, _ := strings.Cut(s.Text(), ":")
		n, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch key {
		case "VmHWM":
			m.Peak = n << 10
		case "VmRSS":
			m.Now = n << 10
		case "RssAnon":
			m.Anon = n << 10
		}
	}
	if m.Peak == 0 {
		return m, fmt.Errorf("read memory of process %d: nothing there", pid)
	}
	return m, nil
}

// Watch samples the memory of a gateway ten times a second and remembers the
// most of each step. The function it returns ends it.
func (g *Gateway) Watch(ctx context.Context, step func() string) func() Memory {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	peak := Memory{Step: map[string]int64{}}
	look := func() {
		m, err := ReadMemory(g.PID)
		if err != nil {
			return // it has ended: the last one counts
		}
		peak.Peak, peak.Now, peak.Anon = m.Peak, m.Now, max(peak.Anon, m.Anon)
		peak.Step[step()] = max(peak.Step[step()], m.Now)
	}
	wg.Add(1)
	go func() {
		defer wg.Done()
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			look()
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
	return func() Memory {
		cancel()
		wg.Wait()
		look()
		return peak
	}
}

// CPU is the processor time that the gateway has used.
func (g *Gateway) CPU() (time.Duration, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", g.PID))
	if err != nil {
		return 0, err
	}
	_, rest, _ := bytes.Cut(data, []byte(") "))
	f := strings.Fields(string(rest))
	if len(f) < 13 {
		return 0, fmt.Errorf("read processor time of process %d: nothing there", g.PID)
	}
	const tick = 10 * time.Millisecond // USER_HZ is 100 on Linux
	user, _ := strconv.ParseInt(f[11], 10, 64)
	system, _ := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+system) * tick, nil
}
