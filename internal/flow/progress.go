package flow

import (
	"hash/fnv"
	"sync"

	"hutong/internal/dataspace"
	"hutong/internal/meter"
)

// Progress returns how far a flow's step has come; ok is false when no step is
// running.
func (s *Service) Progress(id dataspace.FlowID) (r meter.Reading, ok bool) {
	return s.progress.Of(id, s.now())
}

// watchers wait for flows to change. Flows share a fixed number of channels, so
// that watching uses no further memory. A caller that waits for one flow is
// therefore sometimes woken for another.
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
