package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"hutong/internal/dataspace"
)

// paged is a store of many flows that notes how many were asked for at once.
type paged struct {
	Store
	flows  []Flow // newest first
	calls  int
	failAt int // which call fails
}

var errLost = errors.New("lost")

func (p *paged) List(_ context.Context, f Filter) ([]Flow, error) {
	if p.calls++; p.calls == p.failAt {
		return nil, errLost
	}
	from := 0
	if f.After.ID != "" {
		from = 1 + slices.IndexFunc(p.flows, func(o Flow) bool { return o.ID == f.After.ID && o.Created.Equal(f.After.Created) })
	}
	if f.Limit <= 0 {
		return nil, fmt.Errorf("all flows were asked for at once")
	}
	return slices.Clone(p.flows[from:min(from+f.Limit, len(p.flows))]), nil
}

// Each comes to every flow once and holds one page at a time, also where the
// last page is full.
func TestEach(t *testing.T) {
	for _, n := range []int{0, 1, eachPage - 1, eachPage, eachPage + 1, 100_000} {
		p := &paged{}
		for i := range n {
			p.flows = append(p.flows, Flow{ID: dataspace.FlowID(fmt.Sprintf("flow-%06d", i)), Mark: Mark{Created: time.Unix(int64(n-i/3), 0)}})
		}
		r, at := &records{store: p}, 0
		err := r.Each(t.Context(), Filter{}, func(f Flow) error {
			if f.ID != p.flows[at].ID {
				return fmt.Errorf("%s at %d, want %s", f.ID, at, p.flows[at].ID)
			}
			at++
			return nil
		})
		if err != nil || at != n || p.calls != n/eachPage+1 {
			t.Errorf("of %d flows Each came to %d in %d calls: %v", n, at, p.calls, err)
		}
	}
}

func TestEachStops(t *testing.T) {
	p := &paged{flows: make([]Flow, 3*eachPage), failAt: 2}
	for i := range p.flows {
		p.flows[i].ID = dataspace.FlowID(fmt.Sprint("flow-", i))
	}
	r, n := &records{store: p}, 0
	if err := r.Each(t.Context(), Filter{}, func(Flow) error { n++; return nil }); !errors.Is(err, errLost) || n != eachPage {
		t.Errorf("came to %d flows: %v", n, err)
	}
	if err := r.Each(t.Context(), Filter{}, func(f Flow) error { return context.Canceled }); !errors.Is(err, context.Canceled) || p.calls != 3 {
		t.Errorf("went on to call %d: %v", p.calls, err)
	}
}
