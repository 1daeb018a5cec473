package flow

import (
	"context"
	"errors"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/prove"
)

func (m *memory) Document(_ context.Context, digest dataspace.Digest) (dataspace.Document, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	d, ok := m.docs[digest]
	if !ok {
		return nil, dataspace.ErrNotFound
	}
	return d, nil
}

// This side does not sign times that it knows to be wrong.
func TestSameTime(t *testing.T) {
	f := Flow{ID: "flow-1", Course: Course{State: dataspace.Delivering}}
	s, m := newTestService(t, f)
	now := s.now()
	doc, err := dataspace.NewDocument(Start{At: stamp(now.Add(-time.Hour))})
	if err != nil {
		t.Fatal(err)
	}
	m.docs[doc.Digest()] = doc
	f.Documents = map[string]dataspace.Digest{DocStart: doc.Digest()}
	for name, c := range map[string]struct {
		started, finished time.Duration
		good              bool
	}{
		"as it was":           {-time.Hour, 0, true},
		"with clocks apart":   {-time.Hour - time.Minute, time.Minute, true},
		"before it began":     {-2 * time.Hour, 0, false},
		"after it was signed": {-time.Hour, time.Hour, false},
	} {
		st := prove.Statement{Started: stamp(now.Add(c.started)), Finished: stamp(now.Add(c.finished))}
		if err := s.Signing.sameTime(t.Context(), f, st); (err == nil) != c.good || err != nil && !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
