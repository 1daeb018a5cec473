package systest_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/sample"
)

// TestParallel runs many small flows side by side: none may be lost, none
// doubled.
func TestParallel(t *testing.T) {
	const flows, atOnce = 200, 50
	w := newWorld(t, "log_level: warn")
	path := w.write(sample.Support)
	w.complete(w.send(w.sending(path)))
	began := time.Now()
	ids := make(chan dataspace.FlowID, flows)
	var wg sync.WaitGroup
	work := make(chan int)
	for range atOnce {
		wg.Go(func() {
			for n := range work {
				s := w.sending(path)
				s.Dataset = dataspace.DatasetID(fmt.Sprintf("tickets-%d", n))
				f := w.here.settle(w.send(s).ID)
				if f.State != dataspace.Completed {
					t.Errorf("flow %d is %s: %+v", n, f.State, f.Trouble)
				}
				ids <- f.ID
			}
		})
	}
	for n := range flows {
		work <- n
	}
	close(work)
	wg.Wait()
	close(ids)
	took := time.Since(began)
	here := w.here.flows()
	if len(here) != flows+1 {
		t.Errorf("here are %d flows, want %d", len(here), flows+1)
	}
	agreements := map[dataspace.AgreementID]bool{}
	names := map[dataspace.DatasetID]int{}
	for _, f := range here {
		agreements[f.Agreement] = true
		names[f.Dataset]++
	}
	far := w.far.flows()
	if len(far) != flows+1 || len(names) != flows+1 {
		t.Errorf("the far side has %d flows, want %d, of %d datasets", len(far), flows+1, len(names))
	}
	kinds := checkLog(t, w.far.data)
	for _, f := range far {
		if o := w.far.settle(f.ID); o.State != dataspace.Completed || !agreements[o.Agreement] {
			t.Errorf("flow %s of the far side is %s (%+v)", o.ID, o.State, o.Trouble)
		}
		delete(agreements, f.Agreement)
		wantKinds(t, kinds, f.ID, gotKinds)
	}
	kinds = checkLog(t, w.here.data)
	for id := range ids {
		wantKinds(t, kinds, id, sentKinds)
	}
	if got := w.delivered(lion); len(got) != flows+1 {
		t.Errorf("%d files were delivered, want %d", len(got), flows+1)
	}
	if got := w.people(acme); got["non_sensitive"] != supportPeople {
		t.Errorf("people %+v", got)
	}
	t.Logf("%d flows, %d at once, in %s: %.1f a second", flows, atOnce, took.Round(time.Millisecond), flows/took.Seconds())
}
