package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"hutong/bench/pair"
	"hutong/client"
	"hutong/internal/dataspace"
)

// measured is what was seen of one flow.
type measured struct {
	sides []*side
	flow  client.Flow
	began time.Time
	ended time.Time

	mu    sync.Mutex
	steps []stepTime
}

type stepTime struct {
	name string
	at   time.Time
}

type side struct {
	gateway *pair.Gateway
	stop    func() pair.Memory
	cpu     time.Duration
	memory  pair.Memory
}

func newMeasured(ctx context.Context, p *pair.Pair) *measured {
	m := &measured{began: time.Now()}
	for _, g := range []*pair.Gateway{p.Provider, p.Consumer} {
		s := &side{gateway: g}
		s.cpu, _ = g.CPU() // a figure for people
		s.stop = g.Watch(ctx, m.step)
		m.sides = append(m.sides, s)
	}
	return m
}

// seen takes note of a step when it is first seen.
func (m *measured) seen(f client.Flow) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := len(m.steps); n == 0 || m.steps[n-1].name != f.State {
		m.steps = append(m.steps, stepTime{f.State, time.Now()})
	}
}

func (m *measured) step() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.steps) == 0 {
		return ""
	}
	return m.steps[len(m.steps)-1].name
}

func (m *measured) end() error {
	m.ended = time.Now()
	var errs []error
	for _, s := range m.sides {
		s.memory = s.stop()
		cpu, err := s.gateway.CPU()
		s.cpu = cpu - s.cpu
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (m *measured) print(size int64) {
	fmt.Printf("%-14s %10s %12s", "step", "time", "MB/s")
	for _, s := range m.sides {
		fmt.Printf(" %14s", s.gateway.ID)
	}
	fmt.Println()
	for i, step := range m.steps[:len(m.steps)-1] {
		at := step.at
		if i == 0 {
			at = m.began
		}
		m.line(step.name, m.steps[i+1].at.Sub(at), size, func(s *side) int64 { return s.memory.Step[step.name] })
	}
	m.line("all", m.ended.Sub(m.began), size, func(s *side) int64 { return s.memory.Peak })
	fmt.Println("\nMemory is the most that was resident; in the last line the kernel's own high-water mark since the process started.")
	for _, s := range m.sides {
		fmt.Printf("%s: %s of processor time, %s resident of which %s not backed by a file\n", s.gateway.ID, seconds(s.cpu), mb(s.memory.Peak), mb(s.memory.Anon))
	}
	fmt.Printf("delivered: %d rows, %s\n", m.flow.Delivered.Rows, mb(m.flow.Delivered.Size))
}

func (m *measured) line(name string, d time.Duration, size int64, memory func(*side) int64) {
	rate := "-"
	switch dataspace.FlowState(name) {
	case dataspace.Profiling, dataspace.Delivering, "all":
		rate = fmt.Sprintf("%.1f", float64(size)/1e6/d.Seconds())
	}
	fmt.Printf("%-14s %10s %12s", name, seconds(d), rate)
	for _, s := range m.sides {
		fmt.Printf(" %14s", mb(memory(s)))
	}
	fmt.Println()
}

// within fails if a gateway held more than the bound.
func (m *measured) within(bound int64) error {
	var errs []error
	for _, s := range m.sides {
		if s.memory.Peak > bound {
			errs = append(errs, fmt.Errorf("%s held %s, more than %s", s.gateway.ID, mb(s.memory.Peak), mb(bound)))
		}
	}
	return errors.Join(errs...)
}
