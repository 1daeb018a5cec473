package api_test

import (
	"fmt"
	"net/http"
	"syscall"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/sqlite"
)

// BenchmarkObligations asks for the obligations of 10,000 delivered flows: the
// first page of a thousand, after all flows were checked. It also reports the
// cost of the check, which runs once a day.
func BenchmarkObligations(b *testing.B) {
	const flows = 10_000
	w := newWorld(b)
	store := sqlite.NewFlowStore(w.db)
	facts, err := dataspace.NewDocument(map[string]any{"on": "2026-03-01",
		"exporter": map[string]string{"id": string(acme), "jurisdiction": "CN"}, "recipient": map[string]string{"id": "lion", "jurisdiction": "SG"}})
	w.must(err)
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	work := make(chan int)
	done := make(chan error)
	for range 16 {
		go func() {
			for i := range work {
				f := flow.Flow{ID: dataspace.FlowID(fmt.Sprintf("flow-%05d", i)), Role: dataspace.Provider,
					Way:     flow.Way{Local: acme, Peer: "far", Counterparty: "lion"},
					Subject: flow.Subject{Dataset: "set", Purpose: "business"},
					Course:  flow.Course{State: dataspace.Completed},
					Papers:  flow.Papers{Documents: map[string]dataspace.Digest{flow.DocFacts: facts.Digest()}},
					Outcome: flow.Outcome{Delivered: &flow.Delivered{At: at}},
					Mark:    flow.Mark{Created: at, Updated: at}}
				err := store.Create(b.Context(), f)
				if err == nil {
					_, err = store.Update(b.Context(), f, []dataspace.Document{facts}, nil)
				}
				done <- err
			}
		}()
	}
	go func() {
		for i := range flows {
			work <- i
		}
		close(work)
	}()
	for range flows {
		w.must(<-done)
	}
	before := processor()
	w.must(w.node.Flows.Obligations.LookAtFlows(b.Context()))
	looking := processor() - before
	before = processor()
	n := 0
	for b.Loop() {
		if got := w.ask(w.keys[gateway.Operator], "GET", "/obligations?limit=1000", ""); got.Code != http.StatusOK || got.Body.Len() < 100_000 {
			b.Fatal(got.Code, got.Body.Len())
		}
		n++
	}
	b.ReportMetric(looking.Seconds(), "cpu-s/look-at-all")
	b.ReportMetric(float64((processor()-before).Milliseconds())/float64(n), "cpu-ms/page")
}

// processor returns the processor time that this process has used.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
