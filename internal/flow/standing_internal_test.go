package flow

import (
	"context"
	"errors"
	"testing"
	"time"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/decide"
	"hutong/internal/gateway"
	"hutong/internal/people"
	"hutong/internal/rules"
	"hutong/internal/zone"
)

// papers is a Directory with one exporter, one recipient, and the instruments
// and declarations that the test gives the exporter.
type papers struct {
	Directory
	held     []dataspace.Instrument
	declared []dataspace.Declaration
}

func (p *papers) Declared(context.Context, dataspace.ParticipantID, dataspace.DatasetID, time.Time) ([]dataspace.Declaration, error) {
	return p.declared, nil
}

func (p *papers) Participant(context.Context, dataspace.ParticipantID) (gateway.Participant, error) {
	no := false
	return gateway.Participant{ID: "acme", Jurisdiction: "CN", Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"registered_in": dataspace.TextOf("CN-SH"),
		"exports_from":  dataspace.TextOf("CN-SH"),
		"ciio":          dataspace.MaybeBool(&no),
		"state_organ":   dataspace.MaybeBool(&no),
	})}, nil
}

func (p *papers) Home(context.Context, dataspace.ParticipantID) (zone.List, error) { return nil, nil }

func (p *papers) Counterparty(context.Context, dataspace.PeerName, dataspace.ParticipantID) (Other, error) {
	no := false
	return Other{PublicParticipant: gateway.PublicParticipant{ID: "lion", Jurisdiction: "SG", Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"foreign_authority": dataspace.MaybeBool(&no),
	})}}, nil
}

func (p *papers) Screened(_ context.Context, _ dataspace.PeerName, of gateway.PublicParticipant) (gateway.PublicParticipant, []dataspace.Screening, error) {
	return of, nil, nil
}

func (p *papers) Held(context.Context, dataspace.ParticipantID) ([]dataspace.Instrument, error) {
	return p.held, nil
}

// ledger is a Counts and a Profiler that records its calls.
type ledger struct {
	Profiler
	Counts
	calls []string
	years []int
	gone  bool
	said  bool // something else since the profile
}

func (l *ledger) Current(context.Context, Flow, dataspace.Profile) (bool, error) { return !l.said, nil }

func (l *ledger) Census(context.Context, dataspace.FlowID) (Census, error) {
	if l.gone {
		return nil, dataspace.ErrNotFound
	}
	return nobody{}, nil
}

func (l *ledger) Reserve(_ context.Context, r people.Reservation, _ []people.Part, _ people.People) (people.Totals, error) {
	l.calls, l.years = append(l.calls, "reserve"), append(l.years, r.Year)
	return people.Totals{"non_sensitive": 7, "sensitive": 0, "under_14": 0}, nil
}

func (l *ledger) Release(context.Context, dataspace.ReservationID) error {
	l.calls = append(l.calls, "release")
	return nil
}

type nobody struct{}

func (nobody) Each(string, func(string) bool, []dataspace.CountClass, func([16]byte, people.Classes) error) error {
	return nil
}
func (nobody) Close() error { return nil }

// others are the people without sensitive data in the year of a cleared flow.
const others = 90_000

// clearedFlow is a service and a flow that was cleared on a day, as of now.
func clearedFlow(t *testing.T, on, now string) (*testService, Flow, *papers, *ledger) {
	t.Helper()
	list, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(list...)
	if err != nil {
		t.Fatal(err)
	}
	today, err := time.Parse(time.DateOnly, now)
	if err != nil {
		t.Fatal(err)
	}
	s, m := newTestService(t)
	dir, books := &papers{held: []dataspace.Instrument{{Kind: "cn.pipia", ID: "pipia", CompletedOn: "2026-01-02"}},
		declared: []dataspace.Declaration{{Owner: "acme", Fact: "data.core", Value: dataspace.BoolOf(false), By: "bob", From: "2026-01-01", Until: "2026-12-31", Event: "event-core"}}}, &ledger{}
	s.cfg.Clock, s.cfg.Rules = showing(today), func() *rules.Set { return set }
	s.cfg.Directory, s.cfg.Counts, s.cfg.Profiler = dir, books, books
	s.remake()
	email, yes, no := dataspace.ElementID("email"), true, false // whether it is core data was declared
	profile := dataspace.Profile{Columns: []dataspace.ColumnProfile{{Name: "mail", Element: &email, Band: dataspace.BandAccept, Personal: true}}}
	f := Flow{ID: "flow-1", Role: dataspace.Provider, Way: Way{Local: "acme", Peer: "sg", Counterparty: "lion"}, Course: Course{State: dataspace.Delivering}, Subject: Subject{Purpose: "business", Format: "csv"}, People: People{Reserved: "flow-1"}, Supply: Supply{Facts: dataspace.DatasetFacts{Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"sector":                   dataspace.TextOf("digital_content"),
		"origin":                   dataspace.TextOf("domestic"),
		"important":                dataspace.TextOf("no"),
		"state_secret":             dataspace.MaybeBool(&no),
		"consent.basis":            dataspace.TextOf("consent"),
		"consent.separate_consent": dataspace.MaybeBool(&yes),
		"consent.notice_given":     dataspace.MaybeBool(&yes),
	})}}}
	c, err := s.Deciding.caseOf(t.Context(), f, profile)
	if err != nil {
		t.Fatal(err)
	}
	c.Dates = clear.Dates{On: on}
	plan, err := decide.Propose(set, c)
	if err != nil {
		t.Fatal(err)
	}
	facts, decision, err := decide.Decide(set, c, plan, dataspace.ValuesOf(map[string]dataspace.Value{"counts.non_sensitive": dataspace.IntOf(others), "counts.sensitive": dataspace.IntOf(0), "counts.under_14": dataspace.IntOf(0)}))
	if err != nil || decision.Verdict != dataspace.Cleared {
		t.Fatalf("the flow is %s at first: %v %v", decision.Verdict, decision.Missing, err)
	}
	r := record{flow: f}
	if err := r.documents(map[string]any{DocProfile: profile, DocPlan: plan, DocFacts: facts, DocDecision: decision}); err != nil {
		t.Fatal(err)
	}
	for _, d := range r.docs {
		m.docs[d.Digest()] = d
	}
	return s, r.flow, dir, books
}

func TestStands(t *testing.T) {
	s, f, _, books := clearedFlow(t, "2026-03-01", "2026-05-04")
	got, err := s.Deciding.stands(t.Context(), f)
	if err != nil || got.reserved != f.Reserved || others != mustInt(t, got.facts, "counts.non_sensitive") || len(books.calls) != 0 {
		t.Errorf("within the year: %v, %s, counts asked %v", err, got.reserved, books.calls)
	}
	if err := s.Deciding.Standing(t.Context(), f); err != nil {
		t.Error(err)
	}
}

// A person who leaves in a year counts in that year.
func TestStandsInANewYear(t *testing.T) {
	s, f, _, books := clearedFlow(t, "2026-12-30", "2027-01-02")
	got, err := s.Deciding.stands(t.Context(), f)
	if err != nil || got.reserved != f.Reserved || got.facts.On != "2027-01-02" || mustInt(t, got.facts, "counts.non_sensitive") != 7 {
		t.Fatalf("%+v %v", got.facts.Counts(), err)
	}
	if len(books.calls) != 2 || books.calls[0] != "release" || books.years[0] != 2027 {
		t.Errorf("counts were asked %v in %v", books.calls, books.years)
	}
	books.gone = true
	if _, err := s.Deciding.stands(t.Context(), f); !errors.Is(err, dataspace.ErrNotCleared) {
		t.Errorf("with nobody to count: %v", err)
	}
}

func TestLapses(t *testing.T) {
	s, f, dir, _ := clearedFlow(t, "2026-03-01", "2026-05-04")
	dir.held = nil
	got, err := s.Deciding.stands(t.Context(), f)
	if !errors.Is(err, dataspace.ErrNotCleared) || got.decision.Verdict == dataspace.Cleared {
		t.Errorf("without its papers the flow is %s: %v", got.decision.Verdict, err)
	}
	if err := s.Deciding.Standing(t.Context(), f); !errors.Is(err, dataspace.ErrNotCleared) {
		t.Errorf("without its papers it may be fetched: %v", err)
	}
}

// TestDeclarationEnds: a decision rests on a declaration while it is in force,
// whoever made it, and on none that a flow contradicts.
func TestDeclarationEnds(t *testing.T) {
	s, f, dir, _ := clearedFlow(t, "2026-03-01", "2026-05-04")
	var facts dataspace.Facts
	if err := s.read(t.Context(), f, DocFacts, &facts); err != nil || len(facts.Declared) != 1 || facts.Declared[0].Event != "event-core" {
		t.Fatalf("the facts rest on %+v, %v", facts.Declared, err)
	}
	dir.declared[0].By, dir.declared[0].Event = "eve", "event-again"
	got, err := s.Deciding.stands(t.Context(), f)
	if err != nil || got.facts.Declared[0].By != "eve" || !clear.SameGrounds(got.facts, facts) {
		t.Errorf("declared again: %+v, %v", got.facts.Declared, err)
	}
	stated := f
	stated.Facts.Known.Set("core", dataspace.BoolOf(true))
	for name, err := range map[string]error{"delivered": s.Deciding.Standing(t.Context(), stated), "decided": func() error {
		_, err := s.Deciding.clear(t.Context(), stated, dataspace.Profile{})
		return err
	}()} {
		var p *dataspace.Problem
		if !errors.As(err, &p) || p.Code != "declaration.contradiction" || p.Place != "flow flow-1" {
			t.Errorf("a flow that contradicts a declaration is %s: %v", name, err)
		}
	}
	dir.declared = nil
	if got, err := s.Deciding.stands(t.Context(), f); !errors.Is(err, dataspace.ErrNotCleared) || got.decision.Verdict == dataspace.Cleared {
		t.Errorf("without the declaration the flow is %s: %v", got.decision.Verdict, err)
	}
}

// TestDeclaredSince: what is declared while a flow is decided is not lost.
func TestDeclaredSince(t *testing.T) {
	for _, state := range []dataspace.FlowState{dataspace.WaitingAction, dataspace.WaitingReview} {
		for _, changed := range []bool{false, true} {
			s, f, dir, _ := clearedFlow(t, "2026-03-01", "2026-05-04")
			m := s.cfg.Store.(*memory)
			f.State = state
			m.flows[f.ID] = f
			out := outcome{declared: dir.declared, held: dir.held}
			want := state
			if changed {
				dir.declared, want = nil, dataspace.Checking
			}
			if err := s.provider.since(t.Context(), f, out); err != nil || m.flows[f.ID].State != want {
				t.Errorf("%s, declared something else: %v: the flow is %s, %v", state, changed, m.flows[f.ID].State, err)
			}
		}
	}
}

func TestApprovalRestsOnItsGrounds(t *testing.T) {
	s, f, _, _ := clearedFlow(t, "2026-03-01", "2026-05-04")
	var before dataspace.Facts
	if err := s.read(t.Context(), f, DocFacts, &before); err != nil {
		t.Fatal(err)
	}
	later, more := before, int64(95_000)
	later.On = "2026-05-04"
	later.Known.Set("counts.non_sensitive", dataspace.MaybeInt(&more))
	if !clear.SameGrounds(later, before) {
		t.Error("another day is taken for other grounds")
	}
	later.Instruments = nil
	if clear.SameGrounds(later, before) {
		t.Error("papers that are gone are taken for the same grounds")
	}
	d := dataspace.Decision{Verdict: dataspace.HumanReview, Reasons: []dataspace.Reason{{Rule: "a"}}}
	if other := (dataspace.Decision{Verdict: dataspace.HumanReview, Reasons: []dataspace.Reason{{Rule: "b"}}}); clear.SameReasons(other, d) || !clear.SameReasons(d, d) {
		t.Error("other rules are taken for the same reasons")
	}
}

// mustInt is a number that the facts must contain.
func mustInt(t *testing.T, f dataspace.Facts, name string) int64 {
	t.Helper()
	n, known := f.Known.Int(name)
	if !known {
		t.Fatalf("%s is not known", name)
	}
	return n
}
