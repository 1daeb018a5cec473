// Package meter tells the progress of the work on each flow, with its rate and
// the remaining time. It stores only the steps in progress.
package meter

import (
	"sync"
	"time"

	"hutong/internal/dataspace"
)

// Reading is the progress of the present work. It is not durable: after a
// restart it begins again.
type Reading struct {
	Step    string        `json:"step"` // profiling, delivering
	Rows    int64         `json:"rows"`
	Bytes   int64         `json:"bytes"`
	Total   int64         `json:"total,omitempty"` // bytes; 0: not known
	Rate    float64       `json:"rate"`            // bytes per second since the step began
	Left    time.Duration `json:"-"`
	Seconds float64       `json:"seconds_left,omitempty"`
}

// Meter stores and returns readings. The zero Meter is ready; it is safe for
// concurrent use.
type Meter struct {
	mu    sync.Mutex
	flows map[dataspace.FlowID]*track
}

type track struct {
	step               string
	began              time.Time
	from               int64
	rows, bytes, total int64
}

// Set records the progress of a step. The rate counts from the first record of
// it.
func (m *Meter) Set(id dataspace.FlowID, step string, rows, bytes, total int64, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.flows == nil {
		m.flows = map[dataspace.FlowID]*track{}
	}
	t := m.flows[id]
	if t == nil || t.step != step || bytes < t.bytes {
		t = &track{step: step, began: now, from: bytes}
		m.flows[id] = t
	}
	t.rows, t.bytes, t.total = rows, bytes, total
}

// Forget says that no step is in progress any more.
func (m *Meter) Forget(id dataspace.FlowID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.flows, id)
}

// Of is the reading of a flow; ok is false when no step is in progress.
func (m *Meter) Of(id dataspace.FlowID, now time.Time) (out Reading, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.flows[id]
	if t == nil {
		return Reading{}, false
	}
	out = Reading{Step: t.step, Rows: t.rows, Bytes: t.bytes, Total: t.total}
	if d := now.Sub(t.began).Seconds(); d > 0 {
		out.Rate = float64(t.bytes-t.from) / d
	}
	if out.Rate > 0 && t.total > t.bytes {
		out.Seconds = float64(t.total-t.bytes) / out.Rate
		out.Left = time.Duration(out.Seconds * float64(time.Second))
	}
	return out, true
}
