package prove_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/prove"
)

// BenchmarkOutbox measures how fast 50 flows write evidence to the log, each
// waiting for its own.
func BenchmarkOutbox(b *testing.B) {
	g := newGateway(b, "provider", nil)
	const writers = 50
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for i := range writers {
		wg.Go(func() {
			for next.Add(1) <= int64(b.N) {
				e := event(b, dataspace.EventDecision, dataspace.FlowID(fmt.Sprintf("flow-%d", i)), "facts", map[string]any{"n": i})
				if err := g.insert(context.Background(), e); err != nil {
					b.Error(err)
					return
				}
				if _, err := g.l.Await(context.Background(), e.ID); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkOutboxUnawaited is the same without waiting for checkpoints.
func BenchmarkOutboxUnawaited(b *testing.B) {
	g := newGateway(b, "provider", nil)
	const writers = 50
	var next atomic.Int64
	var wg sync.WaitGroup
	var last sync.Map
	b.ResetTimer()
	for i := range writers {
		wg.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				e := event(b, dataspace.EventDecision, dataspace.FlowID(fmt.Sprintf("flow-%d", n)), "facts", map[string]any{"n": i})
				if err := g.insert(context.Background(), e); err != nil {
					b.Error(err)
					return
				}
				last.Store(i, e.ID)
			}
		})
	}
	wg.Wait()
	last.Range(func(_, id any) bool {
		_, err := g.l.Await(context.Background(), id.(dataspace.EventID))
		must(b, err)
		return true
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkAwait measures how long one single event waits.
func BenchmarkAwait(b *testing.B) {
	g := newGateway(b, "provider", nil)
	for b.Loop() {
		e := event(b, dataspace.EventStart, "flow-1")
		g.record(b, e)
		g.await(b, e)
	}
}

// BenchmarkAwaitLogged is the same without waiting for the checkpoint.
func BenchmarkAwaitLogged(b *testing.B) {
	g := newGateway(b, "provider", nil)
	for b.Loop() {
		e := event(b, dataspace.EventStart, "flow-1")
		g.record(b, e)
		if _, err := g.l.AwaitLogged(b.Context(), e.ID); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	p, c := pair(b)
	data := encode(b, deliver(b, p, c, sampleDocs(b, p, c, "flow-1", nil), "flow-1"))
	trust := prove.Trust{Keys: []string{p.l.Key()}}
	b.ReportMetric(float64(len(data)), "bytes")
	for b.Loop() {
		if _, err := prove.Verify(data, trust); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCosign(b *testing.B) {
	p, c := pair(b)
	for b.Loop() {
		e := event(b, dataspace.EventStart, "flow-1")
		p.record(b, e)
		index := p.await(b, e)
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		must(b, p.l.AwaitCosigned(ctx, index, c.w.Key()))
		cancel()
	}
}
