package flow

import (
	"hash/fnv"
	"sync"
	"time"

	"hutong/internal/dataspace"
)

// Progress is how far the work at hand has come. It is not durable: after a
// restart it begins again.
type Progress struct {
	Step    string        `json:"step"` // profiling, delivering
	Rows    int64         `json:"rows"`
	Bytes   int64         `json:"bytes"`
	Total   int64         `json:"total,omitempty"` // bytes; 0: not known
	Rate    float64       `json:"rate"`            // bytes per second since the step began
	Left    time.Duration `json:"-"`
	Seconds float64       `json:"seconds_left,omitempty"`
}

type progress struct {
	mu    sync.Mutex
	flows map[dataspace.FlowID]*track
}

type track struct {
	step               string
	began              time.Time
	from               int64
	rows, bytes, total int64
}

func (p *progress) set(id dataspace.FlowID, step string, rows, bytes, total int64, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.flows == nil {
		p.flows = map[dataspace.FlowID]*track{}
	}
	t := p.flows[id]
	if t == nil || t.step != step || bytes < t.bytes {
		t = &track{step: step, began: now, from: bytes}
		p.flows[id] = t
	}
	t.rows, t.bytes, t.total = rows, bytes, total
}

func (p *progress) forget(id dataspace.FlowID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.flows, id)
}

func (p *progress) of(id dataspace.FlowID, now time.Time) (out Progress, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.flows[id]
	if t == nil {
		return Progress{}, false
	}
	out = Progress{Step: t.step, Rows: t.rows, Bytes: t.bytes, Total: t.total}
	if d := now.Sub(t.began).Seconds(); d > 0 {
		out.Rate = float64(t.bytes-t.from) / d
	}
	if out.Rate > 0 && t.total > t.bytes {
		out.Seconds = float64(t.total-t.bytes) / out.Rate
		out.Left = time.Duration(out.Seconds * float64(time.Second))
	}
	return out, true
}

// Progress returns how far a flow's step has come; ok is false when nothing is
// under way.
func (s *Service) Progress(id dataspace.FlowID) (p Progress, ok bool) {
	return s.progress.of(id, s.now())
}

// watchers wait for flows to change. Flows share a fixed number of channels,
// so that watching leaves nothing behind, whatever is watched and for how
// long: who waits for one flow is at times woken for another.
type watchers struct {
	mu    sync.Mutex
	flows [256]chan struct{}
}

func (w *watchers) slot(id dataspace.FlowID) *chan struct{} {
	h := fnv.New32a()
	h.Write([]byte(id)) // never fails
	return &w.flows[h.Sum32()%uint32(len(w.flows))]
}

func (w *watchers) changed(id dataspace.FlowID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if slot := w.slot(id); *slot != nil {
		close(*slot)
		*slot = nil
	}
}
