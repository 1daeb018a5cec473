package flow

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/decide"
	"hutong/internal/rules"
)

// Numbers stated by earlier flows between the same two parties count for twelve
// months, to the day. Flows that never left, went elsewhere or came later do
// not count.
func TestStatedBefore(t *testing.T) {
	at := func(s string) time.Time {
		day, err := time.Parse(time.DateTime, s)
		if err != nil {
			t.Fatal(err)
		}
		return day
	}
	now := at("2026-06-15 12:00:00")
	delivered := func(when string) func(*Flow) {
		return func(f *Flow) { f.State, f.Delivered = dataspace.Completed, &Delivered{At: at(when)} }
	}
	state := func(s dataspace.FlowState) func(*Flow) { return func(f *Flow) { f.State = s } }
	for name, c := range map[string]struct {
		other func(*Flow)
		want  bool
	}{
		"yesterday":          {delivered("2026-06-14 12:00:00"), true},
		"twelve-months":      {delivered("2025-06-15 12:00:00"), true},
		"first-day":          {delivered("2025-06-15 00:00:00"), true},
		"day-before":         {delivered("2025-06-14 23:59:59"), false},
		"other-recipient":    {func(f *Flow) { delivered("2026-06-14 12:00:00")(f); f.Counterparty = "tiger" }, false},
		"other-peer":         {func(f *Flow) { delivered("2026-06-14 12:00:00")(f); f.Peer = "elsewhere" }, false},
		"other-exporter":     {func(f *Flow) { delivered("2026-06-14 12:00:00")(f); f.Local = "sister" }, false},
		"received":           {func(f *Flow) { delivered("2026-06-14 12:00:00")(f); f.Role = dataspace.Consumer }, false},
		"itself":             {func(f *Flow) { delivered("2026-06-14 12:00:00")(f); f.ID = "flow-5" }, false},
		"on-its-way":         {state(dataspace.Delivering), true},
		"agreed":             {state(dataspace.Negotiating), true},
		"refused":            {state(dataspace.Refused), false},
		"waits-for-a-person": {state(dataspace.WaitingReview), false},
		"stopped-in-stream":  {func(f *Flow) { f.State, f.Transfer, f.Updated = dataspace.Stopped, "transfer-1", now.AddDate(0, -1, 0) }, true},
		"stopped-long-ago":   {func(f *Flow) { f.State, f.Transfer, f.Updated = dataspace.Stopped, "transfer-1", now.AddDate(-2, 0, 0) }, false},
		"decided-before":     {func(f *Flow) { f.State, f.Created = dataspace.Checking, now.Add(-time.Hour) }, true},
		"decided-after":      {func(f *Flow) { f.State, f.Created = dataspace.Checking, now.Add(time.Hour) }, false},
		"same-moment-first":  {func(f *Flow) { f.State, f.ID = dataspace.Checking, "flow-4" }, true},
		"same-moment-second": {func(f *Flow) { f.State, f.ID = dataspace.Checking, "flow-6" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			s, m := newTestService(t)
			s.cfg.Clock = showing(now)
			s.cfg.Rules = func() *rules.Set { return builtInRules(t) }
			s.remake()
			f := Flow{ID: "flow-5", Role: dataspace.Provider, Way: Way{Local: "acme", Peer: "sg", Counterparty: "lion"}, Course: Course{State: dataspace.Checking}, Mark: Mark{Created: now, Updated: now}, Supply: Supply{Facts: dataspace.DatasetFacts{Known: dataspace.ValuesOf(map[string]dataspace.Value{
				"us_persons.personal_health": dataspace.IntOf(9000),
			})}}}
			other := f
			other.ID, other.Facts.Known = "flow-9", dataspace.ValuesOf(map[string]dataspace.Value{
				"us_persons.personal_health": dataspace.IntOf(1500), "us_persons.biometric_identifier": dataspace.IntOf(20),
			})
			c.other(&other)
			m.flows = map[dataspace.FlowID]Flow{f.ID: f, other.ID: other}
			before, err := s.Deciding.statedBefore(t.Context(), f, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := dataspace.ValuesOf(map[string]dataspace.Value{"data.us_persons.personal_health": dataspace.IntOf(9000)})
			if c.want {
				want.Set("data.us_persons.personal_health", dataspace.IntOf(10500))
				want.Set("data.us_persons.biometric_identifier", dataspace.IntOf(20))
			}
			facts := decide.Case{Dataset: f.Facts, Before: before}.Facts(emptyRules(t), dataspace.Plan{}, dataspace.Values{})
			if diff := cmp.Diff(want, facts.Known.Under("data.us_persons.")); diff != "" {
				t.Error(diff)
			}
			f.Facts.Known = dataspace.Values{}
			if before, err := s.Deciding.statedBefore(t.Context(), f, nil); err != nil || before.Len() != 0 {
				t.Errorf("a dataset that states nothing is given %v (%v)", before, err)
			}
		})
	}
}

// emptyRules is a set without packs.
func emptyRules(t *testing.T) *rules.Set {
	t.Helper()
	set, err := rules.NewSet()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// builtInRules is the set of all packs of the program, which say how far back
// stated numbers are added up.
func builtInRules(t *testing.T) *rules.Set {
	t.Helper()
	list, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(list...)
	if err != nil {
		t.Fatal(err)
	}
	return set
}
