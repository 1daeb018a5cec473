package flow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hutong/internal/agree"
	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/prove"
	"hutong/internal/work"
)

// memory is a Store in which the test can change a flow between two calls.
type memory struct {
	Store
	mu     sync.Mutex
	flows  map[dataspace.FlowID]Flow
	docs   map[dataspace.Digest]dataspace.Document
	events []prove.Row
	before func() // called before each update, once
}

func (m *memory) Update(_ context.Context, f Flow, docs []dataspace.Document, events []prove.Row) (Flow, error) {
	m.mu.Lock()
	before := m.before
	m.before = nil
	m.mu.Unlock()
	if before != nil {
		before()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.flows[f.ID].Version != f.Version {
		return Flow{}, fmt.Errorf("update flow %s: %w", f.ID, dataspace.ErrStale)
	}
	f.Version++
	m.flows[f.ID] = f
	for _, d := range docs {
		m.docs[d.Digest()] = d
	}
	m.events = append(m.events, events...)
	return f, nil
}

func (m *memory) Flow(_ context.Context, id dataspace.FlowID) (Flow, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.flows[id]
	if !ok {
		return Flow{}, dataspace.ErrNotFound
	}
	return f, nil
}

func (m *memory) touch(id dataspace.FlowID, change func(*Flow)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.flows[id]
	change(&f)
	f.Version++
	m.flows[id] = f
}

func (m *memory) kinds() (out []dataspace.EventKind) {
	for _, e := range m.events {
		out = append(out, e.Kind)
	}
	return out
}

// stopped is a clock that always shows the same time.
type stopped struct {
	clock.Clock
	now time.Time
}

func showing(now time.Time) clock.Clock { return stopped{clock.System(), now} }

// Now implements clock.Clock.
func (s stopped) Now() time.Time { return s.now }

// silent is a log without events.
type silent struct{ Evidence }

// Notify implements Evidence.
func (silent) Notify() {}

// testService is a service whose engine never steps, with its configuration.
type testService struct {
	*Service
	cfg Config
}

// remake makes the service anew after its cfg was changed.
func (s *testService) remake() {
	s.Service = New(s.cfg)
	s.engine.Close()
}

// newTestService is a service over flows in memory.
func newTestService(t *testing.T, flows ...Flow) (*testService, *memory) {
	t.Helper()
	m := &memory{flows: map[dataspace.FlowID]Flow{}, docs: map[dataspace.Digest]dataspace.Document{}}
	for _, f := range flows {
		m.flows[f.ID] = f
	}
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	s := &testService{cfg: Config{Gateway: "here", Store: m, Clock: showing(now), Logger: slog.New(slog.DiscardHandler), Log: silent{}}}
	s.remake()
	return s, m
}

func TestResumeLeavesARunningFlowAlone(t *testing.T) {
	s, m := newTestService(t, Flow{ID: "flow-1", Course: Course{State: dataspace.Profiling}, Mark: Mark{Version: 7}}, Flow{ID: "flow-2", Course: Course{State: dataspace.WaitingAction}})
	if f, err := s.Commands.Resume(t.Context(), "flow-1"); err != nil || f.Version != 7 {
		t.Errorf("resuming a flow that runs gave version %d, %v", f.Version, err)
	}
	if f, err := s.Commands.Resume(t.Context(), "flow-2"); err != nil || f.State != dataspace.Checking {
		t.Errorf("resuming a flow that waits gave %s, %v", f.State, err)
	}
	m.touch("flow-1", func(f *Flow) { f.State = dataspace.Ending })
	if _, err := s.Commands.Resume(t.Context(), "flow-1"); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("resuming a flow that ends gave %v", err)
	}
}

// A change of the row by somebody else does not discard an hour of work.
func TestProceed(t *testing.T) {
	s, m := newTestService(t, Flow{ID: "flow-1", Course: Course{State: dataspace.Profiling}})
	done := func(r *record) error {
		r.flow.State = dataspace.Checking
		r.event(dataspace.EventProfile)
		return nil
	}
	m.before = func() { m.touch("flow-1", func(f *Flow) { f.Trouble = &Trouble{Code: "x"} }) }
	if err := s.proceed(t.Context(), "flow-1", dataspace.Profiling, done); err != nil {
		t.Fatal(err)
	}
	if f := m.flows["flow-1"]; f.State != dataspace.Checking || len(m.events) != 1 || len(f.Events) != 1 {
		t.Errorf("flow is %s with %d events", f.State, len(m.events))
	}
	m.flows["flow-1"] = Flow{ID: "flow-1", Course: Course{State: dataspace.Profiling}}
	m.events = nil
	m.before = func() { m.touch("flow-1", func(f *Flow) { f.State = dataspace.Ending }) }
	if err := s.proceed(t.Context(), "flow-1", dataspace.Profiling, done); !errors.Is(err, dataspace.ErrStale) {
		t.Errorf("going on with a flow that was stopped meanwhile: %v", err)
	}
	if f := m.flows["flow-1"]; f.State != dataspace.Ending || len(m.events) != 0 {
		t.Errorf("flow is %s with %d events", f.State, len(m.events))
	}
}

// A refusal and its review are one change: a crash between the two would allow
// a second review.
func TestDecide(t *testing.T) {
	waiting := Flow{ID: "flow-1", Course: Course{State: dataspace.WaitingReview, Verdict: dataspace.HumanReview}, Papers: Papers{Documents: map[string]dataspace.Digest{DocDecision: "d"}}}
	s, m := newTestService(t, waiting)
	if _, err := s.Commands.Decide(t.Context(), "flow-1", dataspace.HumanReview, true, "somebody", ""); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("a decision without a reason gave %v", err)
	}
	if _, err := s.Commands.Decide(t.Context(), "flow-1", dataspace.Cleared, true, "somebody", "the intake"); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("an intake in place of a compliance review gave %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // no step finishes the end here, so do not wait for it
	if _, err := s.Commands.Decide(ctx, "flow-1", dataspace.HumanReview, false, "somebody", "no"); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	f := m.flows["flow-1"]
	if f.State != dataspace.Ending || f.EndsAs != dataspace.Refused || f.Version != 1 || f.Review == nil || f.Review.Decision != "d" {
		t.Errorf("flow is %s, version %d, review %+v", f.State, f.Version, f.Review)
	}
	if got := m.kinds(); !slices.Equal(got, []dataspace.EventKind{dataspace.EventReview, dataspace.EventRefusal}) {
		t.Errorf("events %v", got)
	}
	if _, err := s.Commands.Decide(t.Context(), "flow-1", dataspace.HumanReview, true, "somebody", "yes after all"); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("a second decision gave %v", err)
	}
}

func TestStopComesTooLate(t *testing.T) {
	arrived := &Delivered{}
	for name, f := range map[string]Flow{
		"ended":   {Course: Course{State: dataspace.Completed}},
		"ending":  {Course: Course{State: dataspace.Ending}},
		"proving": {Course: Course{State: dataspace.Proving}},
		"arrived": {Course: Course{State: dataspace.Delivering}, Role: dataspace.Consumer, Outcome: Outcome{Delivered: arrived}},
	} {
		f.ID = "flow-1"
		s, m := newTestService(t, f)
		if _, err := s.Commands.Stop(t.Context(), "flow-1", "somebody", ""); !errors.Is(err, dataspace.ErrConflict) {
			t.Errorf("%s: stop gave %v", name, err)
		}
		if m.flows["flow-1"].Version != 0 {
			t.Errorf("%s: the flow was changed", name)
		}
	}
}

// An error while a flow is proved does not undo the delivery.
func TestTroubled(t *testing.T) {
	gone := fmt.Errorf("no such witness: %w", dataspace.ErrNotFound)
	forked := fmt.Errorf("fork: %w", dataspace.ErrEvidence)
	for name, c := range map[string]struct {
		state dataspace.FlowState
		cause error
		want  dataspace.FlowState
		ends  dataspace.FlowState
	}{
		"lasting":             {dataspace.Delivering, gone, dataspace.Ending, dataspace.Failed},
		"denied":              {dataspace.Negotiating, dataspace.ErrDenied, dataspace.Ending, dataspace.Refused},
		"passing":             {dataspace.Delivering, dataspace.ErrUnavailable, dataspace.Delivering, ""},
		"proving":             {dataspace.Proving, gone, dataspace.Proving, ""},
		"proving, forked":     {dataspace.Proving, forked, dataspace.Ending, dataspace.Failed},
		"ended meanwhile":     {dataspace.Ending, gone, dataspace.Ending, ""},
		"completed already":   {dataspace.Completed, gone, dataspace.Completed, ""},
		"a cut peer":          {dataspace.Delivering, &dataspace.Problem{Kind: dataspace.ErrDenied, Code: gateway.CodeCut}, dataspace.Delivering, ""},
		"moved meanwhile":     {dataspace.Negotiating, &dataspace.Problem{Kind: dataspace.ErrConflict, Code: agree.CodeTransition}, dataspace.Negotiating, ""},
		"a changed source":    {dataspace.Delivering, &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "source.changed"}, dataspace.Ending, dataspace.Failed},
		"a clock that is off": {dataspace.Checking, &dataspace.Problem{Kind: dataspace.ErrUnauthenticated, Code: "token.clock"}, dataspace.Checking, ""},
	} {
		s, m := newTestService(t, Flow{ID: "flow-1", Course: Course{State: c.state}})
		changed := s.Changed("flow-1")
		err := s.ends.troubled(t.Context(), "flow-1", c.cause)
		f := m.flows["flow-1"]
		if f.State != c.want || f.EndsAs != c.ends {
			t.Errorf("%s: flow is %s as %s, want %s as %s", name, f.State, f.EndsAs, c.want, c.ends)
		}
		if again := f.State == c.state && !f.State.Final() && f.State != dataspace.Ending; again != (err != nil) {
			t.Errorf("%s: flow is %s and the step gave %v", name, f.State, err)
		} else if again && (f.Trouble == nil || !f.Trouble.Retry) {
			t.Errorf("%s: trouble %+v", name, f.Trouble)
		}
		if f.Version > 0 {
			select {
			case <-changed:
			default:
				t.Errorf("%s: whoever follows the flow does not hear of it", name)
			}
		}
		// The same trouble is not written again.
		version := f.Version
		if err := s.ends.troubled(t.Context(), "flow-1", c.cause); m.flows["flow-1"].Version != version {
			t.Errorf("%s: the same trouble was written twice (%v)", name, err)
		}
	}
}

// A prohibited flow ends in the same change that records the decision.
func TestDecided(t *testing.T) {
	for v, want := range map[dataspace.Verdict]dataspace.FlowState{
		dataspace.Cleared: dataspace.Negotiating, dataspace.ActionRequired: dataspace.WaitingAction, dataspace.HumanReview: dataspace.WaitingReview,
		dataspace.Prohibited: dataspace.Ending, "a mistake": dataspace.Ending,
	} {
		r := record{flow: Flow{ID: "flow-1", Course: Course{State: dataspace.Checking}}}
		if err := r.decided(v); err != nil {
			t.Fatal(err)
		}
		if r.flow.State != want || (r.flow.Trouble == nil) != (v == dataspace.Cleared) {
			t.Errorf("%s leads to %s with %+v", v, r.flow.State, r.flow.Trouble)
		}
		if ends := want == dataspace.Ending; ends != (len(r.events) == 1) || ends != (r.flow.EndsAs == dataspace.Refused) {
			t.Errorf("%s: ends as %q with %d events", v, r.flow.EndsAs, len(r.events))
		}
	}
}

// A flow that waits for a person, and has no other side yet, does not change.
func TestAbandonedWaits(t *testing.T) {
	s, m := newTestService(t, Flow{ID: "flow-1", Course: Course{State: dataspace.WaitingReview}})
	if next, err := s.step(t.Context(), "flow-1", ""); next != (work.Next{}) || err != nil || m.flows["flow-1"].Version != 0 {
		t.Errorf("a flow that waits was stepped: %v, %v", next, err)
	}
	if next, err := s.step(t.Context(), "flow-2", ""); next != (work.Next{}) || !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("a flow that is not there was stepped: %v, %v", next, err)
	}
}

// The flows with one peer take half of a lane at most; the others go on in a
// lane that such peers share, and flows with other peers are not held up.
func TestShares(t *testing.T) {
	checking, taking := Course{State: dataspace.Checking}, Course{State: dataspace.Delivering}
	flows := []Flow{
		{ID: "check-slow", Role: dataspace.Consumer, Course: checking}, {ID: "check-other", Role: dataspace.Consumer, Course: checking},
		{ID: "take-slow", Role: dataspace.Consumer, Course: taking}, {ID: "take-other", Role: dataspace.Consumer, Course: taking},
	}
	for i := range flows {
		flows[i].Peer, flows[i].Transfer = "slow", "t"
		if strings.HasSuffix(string(flows[i].ID), "other") {
			flows[i].Peer = "other"
		}
	}
	s, _ := newTestService(t, flows...)
	for _, lane := range []work.Lane{"", fetch} {
		for range max(steps, lanes[fetch]) {
			s.shares.Enter("slow", lane, lane) // and stay there
		}
	}
	for id, want := range map[dataspace.FlowID]work.Next{
		"check-slow": {Again: true, Lane: crowded}, "take-slow": {Again: true, Lane: fetchCrowded},
	} {
		if next, err := s.step(t.Context(), id, s.laneOf(flowOf(flows, id))); next != want || err != nil {
			t.Errorf("%s goes on with %+v, %v; want %+v", id, next, err, want)
		}
	}
	// A step that begins finds that nothing is wired, and panics.
	for id, lane := range map[dataspace.FlowID]work.Lane{"check-slow": crowded, "take-slow": fetchCrowded, "check-other": "", "take-other": fetch} {
		if begins := func() (begun bool) {
			defer func() { begun = recover() != nil }()
			_, _ = s.step(t.Context(), id, lane)
			return false
		}(); !begins {
			t.Errorf("%s was not stepped in lane %q", id, lane)
		}
	}
}

func flowOf(flows []Flow, id dataspace.FlowID) Flow {
	return flows[slices.IndexFunc(flows, func(f Flow) bool { return f.ID == id })]
}
