package flow

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/gateway"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

// after is a pack with obligations after a delivery.
const after = `id: cn/after
jurisdiction: CN
title: {en: After, zh: 后}
authority: {en: Nobody, zh: 无}
version: 1.0.0
released: 2026-01-01
effective: null
checked_on: 2026-01-01
sides:
  export: {applies: 'exporter.jurisdiction == "CN"'}
switches:
  audit: {default: false}
instruments:
  xx.paper: {name: {en: paper, zh: 文}, renew: {months: 2, article: r, text: {en: renew, zh: 续}}, triggers: [{on: control, article: t, text: {en: file again, zh: 重报}}]}
rules:
  - {id: xx.sign, order: 1, pathway: contract, demands: [xx.sign], text: {en: sign, zh: 签}, confidence: VSS}
  - {id: xx.signed, obligation: {id: xx.sign, demanded: true, before_delivery: true, keep: {years: 3}, text: {en: sign, zh: 签}}, satisfied: {by: [{kind: xx.paper}]}, confidence: VSS}
  - {id: xx.report, obligation: {id: xx.report, due: {fact: delivered_on, months: 1}, text: {en: report, zh: 报}}, confidence: VSS}
  - {id: xx.kept, obligation: {id: xx.kept, keep: {months: 1}, text: {en: keep, zh: 存}}, confidence: VSS}
  - {id: xx.audit, when: switch.audit, obligation: {id: xx.audit, text: {en: audit, zh: 审}}, confidence: VSS}
`

// register adds a registered dataset to papers.
type register struct {
	papers
	dataset *gateway.Dataset
}

func (r *register) Dataset(context.Context, dataspace.ParticipantID, dataspace.DatasetID) (gateway.Dataset, error) {
	if r.dataset == nil {
		return gateway.Dataset{}, dataspace.ErrNotFound
	}
	return *r.dataset, nil
}

func (m *memory) List(_ context.Context, filter Filter) (out []Flow, err error) {
	for _, f := range m.flows {
		if (filter.Local == "" || filter.Local == f.Local) && (len(filter.States) == 0 || slices.Contains(filter.States, f.State)) &&
			(!filter.Rechecked || len(f.Rechecks) > 0) {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b Flow) int { return len(a.ID) - len(b.ID) })
	return out, nil
}

// desk is a DutyStore that treats every flow as changed on each call.
type desk struct {
	*memory
	looks map[dataspace.FlowID]Look
}

func (d *desk) Unlooked(_ context.Context, of AgendaFilter, _ string, after Unlooked, _ int) (out []Unlooked, err error) {
	for id, f := range d.flows {
		_, decided := f.Documents[DocFacts]
		if decided && (!f.State.Final() || f.Delivered != nil) && has(of, id, f.Local) && id > after.Flow {
			out = append(out, Unlooked{Flow: id})
		}
	}
	slices.SortFunc(out, func(a, b Unlooked) int { return strings.Compare(string(a.Flow), string(b.Flow)) })
	return out, nil
}

func (d *desk) Undecided(context.Context, AgendaFilter, string) (int64, error) { return 0, nil }

func (d *desk) PutLook(_ context.Context, u Unlooked, l Look) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.looks[u.Flow] = l
	return nil
}

func (d *desk) Duties(_ context.Context, of AgendaFilter, after Place, limit int) (out []Ranked, err error) {
	for id, l := range d.looks {
		for _, r := range l.Duties {
			if has(of, id, l.Local) && (r.Open || of.Fulfilled) && (of.DueBefore == "" || r.Rank < of.DueBefore) && (after == Place{} || compare(r.Place, after) > 0) {
				out = append(out, r)
			}
		}
	}
	slices.SortFunc(out, func(a, b Ranked) int { return compare(a.Place, b.Place) })
	return out[:min(limit, len(out))], nil
}

func (d *desk) Notices(_ context.Context, of AgendaFilter, _ int) (out []Notice, err error) {
	for _, id := range slices.Sorted(maps.Keys(d.looks)) {
		l := d.looks[id]
		for _, w := range l.Warnings {
			if !has(of, id, l.Local) {
				continue
			}
			at := slices.IndexFunc(out, func(n Notice) bool { return n.Participant == l.Local && n.Warning == w })
			if at < 0 {
				at, out = len(out), append(out, Notice{Participant: l.Local, Warning: w})
			}
			out[at].Flows = append(out[at].Flows, id)
		}
	}
	return out, nil
}

func has(f AgendaFilter, id dataspace.FlowID, local dataspace.ParticipantID) bool {
	return (f.Flow == "" || f.Flow == id) && (f.Local == "" || f.Local == local)
}

func compare(p, q Place) int {
	return cmp.Or(cmp.Compare(p.Rank, q.Rank), cmp.Compare(p.Flow, q.Flow), cmp.Compare(p.N, q.N))
}

// agendaOf is a service with a delivered flow, a standing one, and a refused
// one, as of 2026-06-15.
func agendaOf(t *testing.T) (*testService, *memory, *register) {
	t.Helper()
	p, err := pack.Load(fstest.MapFS{"cn/after/pack.yaml": {Data: []byte(after)}}, "cn/after")
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(p)
	if err != nil {
		t.Fatal(err)
	}
	facts := dataspace.Facts{On: "2026-05-01", Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"exporter.id":            dataspace.TextOf("acme"),
		"exporter.jurisdiction":  dataspace.TextOf("CN"),
		"recipient.id":           dataspace.TextOf("lion"),
		"recipient.jurisdiction": dataspace.TextOf("SG"),
	})}
	s, m := newTestService(t)
	s.cfg.Duties = &desk{m, map[dataspace.FlowID]Look{}}
	today := time.Date(2026, 6, 15, 9, 0, 0, 0, time.UTC)
	s.cfg.Clock, s.cfg.Rules = showing(today), func() *rules.Set { return set }
	dir := &register{papers: papers{held: []dataspace.Instrument{{Kind: "xx.paper", ID: "p", EffectiveOn: "2026-01-02", ExpiresOn: "2027-01-01"}}}}
	s.cfg.Directory = dir
	s.remake()
	for i, f := range []Flow{
		{ID: "flow-1", Role: dataspace.Provider, Way: Way{Local: "acme"}, Course: Course{State: dataspace.Completed}, Outcome: Outcome{Delivered: &Delivered{Result: deliver.Result{Rows: 1}, At: time.Date(2026, 5, 10, 0, 0, 0, 0, time.UTC)}}},
		{ID: "flow-22", Role: dataspace.Provider, Way: Way{Local: "acme"}, Course: Course{State: dataspace.Negotiating}},
		{ID: "flow-333", Role: dataspace.Provider, Way: Way{Local: "acme"}, Course: Course{State: dataspace.Refused}},
		{ID: "flow-4444", Role: dataspace.Provider, Way: Way{Local: "sister"}, Course: Course{State: dataspace.Proving}, Outcome: Outcome{Delivered: &Delivered{At: time.Date(2026, 5, 20, 0, 0, 0, 0, time.UTC)}}},
	} {
		r := record{flow: f}
		facts.Known.Set("counts.non_sensitive", dataspace.MaybeInt(ptrTo(int64(i))))
		if err := r.document(DocFacts, facts); err != nil {
			t.Fatal(err)
		}
		m.docs[r.docs[0].Digest()] = r.docs[0]
		m.flows[f.ID] = r.flow
	}
	return s, m, dir
}

func ptrTo[T any](v T) *T { return &v }

func lines(a Agenda) (out []string) {
	for _, o := range a.Obligations {
		line := string(o.Flow) + " " + o.ID
		if o.Due != nil {
			line += " " + *o.Due
		}
		if o.Overdue {
			line += " overdue"
		}
		if o.Until != nil {
			line += " until " + *o.Until
		}
		if o.Satisfied {
			line += " done"
		}
		out = append(out, line)
	}
	return out
}

func TestAgenda(t *testing.T) {
	s, _, dir := agendaOf(t)
	for name, tt := range map[string]struct {
		filter AgendaFilter
		change func()
		want   []string
	}{
		"all":    {AgendaFilter{}, nil, []string{"flow-1 xx.report 2026-06-10 overdue", "flow-4444 xx.report 2026-06-20", "flow-22 xx.kept", "flow-22 xx.report", "flow-4444 xx.kept until 2026-06-20"}},
		"one":    {AgendaFilter{Flow: "flow-22"}, nil, []string{"flow-22 xx.kept", "flow-22 xx.report"}},
		"of-one": {AgendaFilter{Local: "sister"}, nil, []string{"flow-4444 xx.report 2026-06-20", "flow-4444 xx.kept until 2026-06-20"}},
		"before": {AgendaFilter{DueBefore: "2026-06-20"}, nil, []string{"flow-1 xx.report 2026-06-10 overdue"}},
		"fulfilled": {AgendaFilter{Flow: "flow-1", Fulfilled: true}, nil,
			[]string{"flow-1 xx.report 2026-06-10 overdue", "flow-1 xx.kept until 2026-06-10", "flow-1 xx.sign until 2029-05-10 done"}},
		"switch": {AgendaFilter{Flow: "flow-1"}, func() { s.cfg.Switches = map[string]bool{"cn/after#audit": true} },
			[]string{"flow-1 xx.report 2026-06-10 overdue", "flow-1 xx.audit"}},
		"taken-back": {AgendaFilter{Flow: "flow-1"}, func() { dir.held = nil }, []string{"flow-1 xx.report 2026-06-10 overdue", "flow-1 xx.sign until 2029-05-10"}},
	} {
		t.Run(name, func(t *testing.T) {
			held := dir.held
			if tt.change != nil {
				tt.change()
				s.remake()
			}
			got, err := s.Obligations.Agenda(t.Context(), tt.filter)
			dir.held, s.cfg.Switches = held, nil
			s.remake()
			if err != nil || !slices.Equal(lines(got), tt.want) || got.On != "2026-06-15" {
				t.Errorf("%q, %v, want %q", lines(got), err, tt.want)
			}
		})
	}
	if _, err := s.Obligations.Agenda(t.Context(), AgendaFilter{DueBefore: "soon"}); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("a day that is none: %v", err)
	}
	if _, err := s.Obligations.Agenda(t.Context(), AgendaFilter{Flow: "flow-0"}); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("a flow that is none: %v", err)
	}
}

// An agenda is read page by page: each obligation once, warnings on the first.
func TestAgendaPages(t *testing.T) {
	s, _, dir := agendaOf(t)
	dir.held[0].ExpiresOn = "2026-08-15"
	whole, err := s.Obligations.Agenda(t.Context(), AgendaFilter{})
	if err != nil || whole.Next != nil {
		t.Fatalf("%+v, %v", whole.Next, err)
	}
	var got []string
	for at, pages := (Place{}), 0; ; pages++ {
		a, err := s.Obligations.Agenda(t.Context(), AgendaFilter{After: at, Limit: 2})
		if err != nil || len(a.Obligations) > 2 || (len(a.Warnings) > 0) != (pages == 0) {
			t.Fatalf("page %d: %+v, %v", pages, a, err)
		}
		got = append(got, lines(a)...)
		if a.Next == nil {
			break
		}
		at = *a.Next
	}
	if !slices.Equal(got, lines(whole)) {
		t.Errorf("pages give %q, want %q", got, lines(whole))
	}
}

// TestAgendaWarns: an instrument that expires is named once with all its flows;
// an event that the owner of the dataset records requires a new filing.
func TestAgendaWarns(t *testing.T) {
	s, _, dir := agendaOf(t)
	dir.held[0].ExpiresOn = "2026-08-15"
	got, err := s.Obligations.Agenda(t.Context(), AgendaFilter{Local: "acme"})
	if err != nil || len(got.Warnings) != 1 || got.Warnings[0].Kind != "renew" || got.Warnings[0].From != "2026-06-15" ||
		!slices.Equal(got.Warnings[0].Flows, []dataspace.FlowID{"flow-1", "flow-22"}) {
		t.Errorf("%+v, %v", got.Warnings, err)
	}
	dir.dataset = &gateway.Dataset{Facts: dataspace.DatasetFacts{Events: []dataspace.Occurrence{{Kind: "control", On: "2026-06-14"}}}}
	got, err = s.Obligations.Agenda(t.Context(), AgendaFilter{Flow: "flow-22"})
	if err != nil || len(got.Warnings) != 1 || got.Warnings[0].Kind != "refile" || got.Warnings[0].Article != "t" {
		t.Errorf("%+v, %v", got.Warnings, err)
	}
	if want := []string{"flow-22 xx.kept", "flow-22 xx.report", "flow-22 xx.sign"}; !slices.Equal(lines(got), want) {
		t.Errorf("%q, want %q", lines(got), want)
	}
}

func TestFulfil(t *testing.T) {
	s, m, dir := agendaOf(t)
	for name, tt := range map[string]struct {
		flow                   dataspace.FlowID
		obligation, reason, on string
		want                   error
	}{
		"no-reason":     {"flow-1", "xx.report", "", "", dataspace.ErrInvalid},
		"no-day":        {"flow-1", "xx.report", "sent", "x", dataspace.ErrInvalid},
		"tomorrow":      {"flow-1", "xx.report", "sent", "2026-06-16", dataspace.ErrInvalid},
		"no-flow":       {"flow-0", "xx.report", "sent", "", dataspace.ErrNotFound},
		"no-obligation": {"flow-1", "xx.other", "sent", "", dataspace.ErrNotFound},
		"not-delivered": {"flow-22", "xx.report", "sent", "", dataspace.ErrConflict},
		"by-paper":      {"flow-1", "xx.sign", "sent", "", dataspace.ErrConflict},
	} {
		if _, err := s.Obligations.Fulfil(t.Context(), tt.flow, tt.obligation, "Li", tt.reason, tt.on); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if len(m.events) > 0 {
		t.Fatalf("refusals left evidence: %v", m.kinds())
	}
	held := dir.held
	dir.held = nil
	var p *dataspace.Problem
	if _, err := s.Obligations.Fulfil(t.Context(), "flow-1", "xx.sign", "Li", "signed it", ""); !errors.As(err, &p) || p.Code != "obligation.instrument" {
		t.Errorf("an open one that an instrument fulfils: %v", err)
	}
	dir.held = held
	f, err := s.Obligations.Fulfil(t.Context(), "flow-1", "xx.report", "Li", "sent", "2026-06-09")
	if err != nil || len(f.Done) != 1 || f.State != dataspace.Completed || f.Documents[DocDone] == "" || !slices.Equal(m.kinds(), []dataspace.EventKind{dataspace.EventObligation}) {
		t.Fatalf("%+v, %v, %v", f, err, m.kinds())
	}
	if e := m.events[0]; len(e.Documents) != 1 || e.Documents[0].Digest() != f.Documents[DocDone] || e.ID != f.Events[0] {
		t.Errorf("%+v", e)
	}
	got, err := s.Obligations.Agenda(t.Context(), AgendaFilter{Flow: "flow-1"})
	if err != nil || len(got.Obligations) != 0 {
		t.Errorf("%q, %v", lines(got), err)
	}
	got, err = s.Obligations.Agenda(t.Context(), AgendaFilter{Flow: "flow-1", Fulfilled: true})
	if err != nil || !slices.Contains(lines(got), "flow-1 xx.report 2026-06-10 done") {
		t.Errorf("%q, %v", lines(got), err)
	}
	if _, err := s.Obligations.Fulfil(t.Context(), "flow-1", "xx.report", "Li", "again", ""); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("done twice: %v", err)
	}
}
