package flow

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/rules"
	"hutong/packs"
)

// stricter is a pack of a later update: one more rule of the exporter's law.
const stricter = `id: cn/later
jurisdiction: CN
title: {en: Later, zh: 后}
authority: {en: Nobody, zh: 无}
version: 1.0.0
released: 2026-01-01
effective: null
checked_on: 2026-01-01
sides:
  export: {applies: 'exporter.jurisdiction == "CN"'}
rules:
  - {id: later.look, when: 'recipient.jurisdiction == "SG"', bar: VERDICT, article: a, source: https://example.org/1, facts: ["1"], confidence: VSS, text: {en: look, zh: 看}}
`

// builtIn are the built-in packs, loaded once because loading is slow.
var builtIn = sync.OnceValues(func() ([]*pack.Pack, error) { return pack.LoadAll(packs.FS) })

// update makes the service decide by the built-in packs and, where a verdict is
// given, by one more pack whose bar gives it.
func update(t *testing.T, s *testService, verdict string) {
	t.Helper()
	list, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	list = slices.Clone(list)
	if verdict != "" {
		text := []byte(strings.Replace(stricter, "VERDICT", verdict, 1))
		p, err := pack.Load(fstest.MapFS{"cn/later/pack.yaml": {Data: text}}, "cn/later")
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	set, err := rules.NewSet(list...)
	if err != nil {
		t.Fatal(err)
	}
	s.cfg.Rules = func() *rules.Set { return set }
	s.remake()
}

// standingFlow puts the cleared flow into the store in a state.
func standingFlow(t *testing.T, state dataspace.FlowState) (*testService, *memory) {
	t.Helper()
	s, f, _, _ := clearedFlow(t, "2026-03-01", "2026-05-04")
	m := s.cfg.Store.(*memory)
	f.State, f.Verdict, f.Updated = state, dataspace.Cleared, s.now()
	m.flows[f.ID] = f
	return s, m
}

func changed(t *testing.T, s *testService, looked, changed int) {
	t.Helper()
	n, c, err := s.Rechecking.RulesChanged(t.Context())
	if err != nil || n != looked || c != changed {
		t.Errorf("looked at %d, %d changed, %v; want %d, %d", n, c, err, looked, changed)
	}
}

// TestRulesChanged: an update is recorded once on the flow, with the rules that
// cause the difference; the same update again changes nothing.
func TestRulesChanged(t *testing.T) {
	s, m := standingFlow(t, dataspace.Delivering)
	changed(t, s, 1, 0)
	if f := m.flows["flow-1"]; f.Version != 0 || len(f.Rechecks) != 0 {
		t.Errorf("nothing changed, and the flow is %+v", f)
	}
	update(t, s, "human_review")
	changed(t, s, 1, 1)
	changed(t, s, 1, 0)
	f := m.flows["flow-1"]
	if len(f.Rechecks) != 1 || f.State != dataspace.Delivering || f.Verdict != dataspace.Cleared {
		t.Fatalf("flow %+v", f)
	}
	c, ok := f.Recheck()
	if !ok || c.Old.Verdict != dataspace.Cleared || c.New.Verdict != dataspace.HumanReview || c.On != "2026-05-04" ||
		!slices.Contains(c.Because, "later.look") || len(c.Packs) != 1 || c.Packs[0].ID != "cn/later" || c.Decision != f.Documents[DocDecision] {
		t.Errorf("recheck %+v", c)
	}
	if list, err := s.List(t.Context(), Filter{Local: "acme", Rechecked: true}); err != nil || len(list) != 1 {
		t.Errorf("rechecked: %v %v", list, err)
	}
	if list, err := s.List(t.Context(), Filter{Local: "other", Rechecked: true}); err != nil || len(list) != 0 {
		t.Errorf("rechecked of another: %v %v", list, err)
	}
	// The law changes back: the flow has its first decision again.
	update(t, s, "")
	changed(t, s, 1, 1)
	f = m.flows["flow-1"]
	if _, ok := f.Recheck(); ok || len(f.Rechecks) != 2 {
		t.Fatalf("rechecks %+v", f.Rechecks)
	}
	if last := f.Rechecks[1]; !last.Back || last.Old.Verdict != dataspace.HumanReview || last.New.Verdict != dataspace.Cleared {
		t.Errorf("last %+v", last)
	}
}

// TestRulesChangedByState: a waiting flow is decided again, a delivered flow
// that counts is only marked, and other ended flows stay unchanged.
func TestRulesChangedByState(t *testing.T) {
	for state, want := range map[dataspace.FlowState]dataspace.FlowState{
		dataspace.WaitingAction: dataspace.Checking, dataspace.WaitingReview: dataspace.Checking,
		dataspace.Negotiating: dataspace.Negotiating, dataspace.Proving: dataspace.Proving, dataspace.Completed: dataspace.Completed,
	} {
		s, m := standingFlow(t, state)
		update(t, s, "prohibited")
		changed(t, s, 1, 1)
		if f := m.flows["flow-1"]; f.State != want || len(f.Rechecks) != 1 {
			t.Errorf("%s became %s with %d rechecks", state, f.State, len(f.Rechecks))
		}
	}
	for _, state := range []dataspace.FlowState{dataspace.Refused, dataspace.Stopped, dataspace.Failed, dataspace.Ending, dataspace.Checking, dataspace.Profiling} {
		s, m := standingFlow(t, state)
		update(t, s, "prohibited")
		changed(t, s, 0, 0)
		if f := m.flows["flow-1"]; f.State != state || len(f.Rechecks) != 0 {
			t.Errorf("%s became %s", state, f.State)
		}
	}
	s, m := standingFlow(t, dataspace.Completed)
	m.touch("flow-1", func(f *Flow) { f.Updated = f.Updated.AddDate(-1, 0, 0) })
	update(t, s, "prohibited")
	changed(t, s, 0, 0)
}

// TestRulesChangedNotForAll: a flow without its documents does not stop the
// others from being checked.
func TestRulesChangedNotForAll(t *testing.T) {
	s, m := standingFlow(t, dataspace.Delivering)
	m.flows["flow-0"] = Flow{ID: "flow-0", Role: dataspace.Provider, Course: Course{State: dataspace.Delivering}}
	update(t, s, "human_review")
	n, c, err := s.Rechecking.RulesChanged(t.Context())
	if n != 2 || c != 1 || err == nil {
		t.Errorf("looked at %d, %d changed, %v", n, c, err)
	}
}

func TestRechecksAreFew(t *testing.T) {
	s, m := standingFlow(t, dataspace.Delivering)
	for i := range 2 * maxRechecks {
		update(t, s, []string{"human_review", ""}[i%2])
		changed(t, s, 1, 1)
	}
	if n := len(m.flows["flow-1"].Rechecks); n != maxRechecks {
		t.Errorf("%d rechecks", n)
	}
}

// TestRulesChangedOnWhatItWasDecidedOn: the numbers stated by earlier flows,
// and the classification of sensitive people, are in the facts of a flow and
// not in its dataset.
func TestRulesChangedOnWhatItWasDecidedOn(t *testing.T) {
	s, m := standingFlow(t, dataspace.Delivering)
	f := m.flows["flow-1"]
	var facts dataspace.Facts
	if err := s.read(t.Context(), f, DocFacts, &facts); err != nil {
		t.Fatal(err)
	}
	f.Facts.Known.Set("us_persons.personal_health", dataspace.IntOf(9000))
	facts.Known.Set("data.us_persons.personal_health", dataspace.IntOf(10_500))
	facts.Known.Set("counts.standard", dataspace.TextOf("strictest"))
	r := record{flow: f}
	if err := r.documents(map[string]any{DocFacts: facts}); err != nil {
		t.Fatal(err)
	}
	for _, d := range r.docs {
		m.docs[d.Digest()] = d
	}
	m.flows[f.ID] = r.flow
	list, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("VERDICT", "prohibited", `recipient.jurisdiction == "SG"`,
		`counts.standard == "strictest" && data.us_persons.personal_health > 10000`).Replace(stricter)
	p, err := pack.Load(fstest.MapFS{"cn/later/pack.yaml": {Data: []byte(text)}}, "cn/later")
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(append(slices.Clone(list), p)...)
	if err != nil {
		t.Fatal(err)
	}
	s.cfg.Rules = func() *rules.Set { return set }
	s.remake()
	changed(t, s, 1, 1)
	if c, _ := m.flows[f.ID].Recheck(); c.New.Verdict != dataspace.Prohibited {
		t.Errorf("decided again it is %s", c.New.Verdict)
	}
}
