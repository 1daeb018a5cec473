package systest_test

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/sample"
)

// TestStopRace stops flows at random moments on a random side. Wherever the
// stop falls, both sides must come to an end, and to ends that fit.
func TestStopRace(t *testing.T) {
	const rounds = 40
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 2))
	w := newWorld(t)
	path := w.write(sample.Support)
	w.complete(w.send(w.sending(path)))
	began := time.Now()
	w.complete(w.send(w.sending(path)))
	length := time.Since(began)
	ends := map[string]int{}
	for n := range rounds {
		id := dataspace.ParticipantID("exporter-" + strconv.Itoa(n))
		w.exporter(id)
		before := len(w.far.flows())
		s := w.sending(path)
		s.From = id
		f := w.send(s)
		time.Sleep(time.Duration(r.Int64N(int64(length) * 3 / 4))) // the moment of the stop is what is tested
		stop := client.StopFlow{Reason: "a drill"}
		side := w.here.id
		var err error
		if list := w.far.flows(); r.IntN(2) == 0 && len(list) > before {
			side = w.far.id
			err = w.far.try("POST", "/flows/"+string(list[0].ID)+"/stop", stop, nil)
		} else {
			err = w.here.try("POST", "/flows/"+string(f.ID)+"/stop", stop, nil)
		}
		var no *refusal
		if err != nil && (!errors.As(err, &no) || no.answer.Code != "flow.state") {
			t.Fatalf("seed %d, round %d: %v", seed, n, err)
		}
		f = w.here.settle(f.ID)
		far := flow.Flow{Course: flow.Course{State: "none"}}
		if list := w.far.flows(); len(list) > before {
			far = w.far.settle(list[0].ID).Flow
		}
		ends[side+": "+string(f.State)+"/"+string(far.State)]++
		if (err != nil) != (f.State == dataspace.Completed && far.State == dataspace.Completed) {
			t.Errorf("seed %d, round %d: stopped at %s with %v, the sides are %s (%+v) and %s (%+v)", seed, n, side, err, f.State, f.Trouble, far.State, far.Trouble)
		}
		_, opened := f.Documents[flow.DocStart]
		if got := w.people(id)["non_sensitive"]; got != 0 && !opened || got == 0 && f.State == dataspace.Completed {
			t.Errorf("seed %d, round %d: %d people are counted of a flow that is %s", seed, n, got, f.State)
		}
	}
	checkLog(t, w.here.data)
	checkLog(t, w.far.data)
	t.Logf("seed %d: %v", seed, ends)
}
