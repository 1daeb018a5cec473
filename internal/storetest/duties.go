package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/agenda"
	"hutong/internal/dataspace"
	"hutong/internal/declare"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/papers"
)

func dutySuite(t *testing.T, open Open) {
	part(t, open, "contents", dutyContents)
	part(t, open, "lists", dutyLists)
	part(t, open, "queue", dutyQueue)
	part(t, open, "changes", dutyChanges)
	part(t, open, "notices", dutyNotices)
	part(t, open, "race", dutyRace)
}

const (
	today    = "2026-03-02 rules"
	tomorrow = "2026-03-03 rules"
)

// decided stores a flow that was decided.
func decided(t *testing.T, s Stores, id dataspace.FlowID, owner dataspace.ParticipantID) flow.Flow {
	t.Helper()
	f := aFlow(id)
	f.Local, f.Dataset, f.Delivered, f.State, f.Documents = owner, "set", nil, dataspace.Checking, nil
	must(t, s.Flows.Create(t.Context(), f))
	f.Documents = map[string]dataspace.Digest{flow.DocFacts: dataspace.DigestOf([]byte("facts"))}
	return update(t, s, f)
}

func update(t *testing.T, s Stores, f flow.Flow) flow.Flow {
	t.Helper()
	f, err := s.Flows.Update(t.Context(), f, nil, nil)
	must(t, err)
	return f
}

// unlooked returns the flows that must be checked.
func unlooked(t *testing.T, s Stores, of agenda.Filter, asOf string) []agenda.Unlooked {
	t.Helper()
	list, err := s.Duties.Unlooked(t.Context(), of, asOf, agenda.Unlooked{}, 1000)
	must(t, err)
	n, err := s.Duties.Undecided(t.Context(), of, asOf)
	must(t, err)
	if int(n) != len(list) {
		t.Fatalf("%d flows are to be looked at, %d are counted", len(list), n)
	}
	return list
}

func flowsOf(list []agenda.Unlooked) string {
	var out []string
	for _, u := range list {
		out = append(out, string(u.Flow))
	}
	return strings.Join(out, " ")
}

// aDuty is an obligation of a flow; due "" has no day.
func aDuty(id dataspace.FlowID, n int, due string, open bool) agenda.Ranked {
	rank, d := due, &due
	if due == "" {
		rank, d = "x", nil
	}
	return agenda.Ranked{Duty: agenda.Duty{Flow: id, Participant: "acme", Dataset: "set", Obligation: dataspace.Obligation{ID: fmt.Sprint("duty", n), Due: d}},
		Place: agenda.Place{Rank: rank, Flow: id, N: n}, Open: open}
}

// look stores the open obligations of every flow that must be checked.
func look(t *testing.T, s Stores, asOf string, of func(id dataspace.FlowID) agenda.Look) {
	t.Helper()
	for _, u := range unlooked(t, s, agenda.Filter{}, asOf) {
		l := of(u.Flow)
		l.AsOf = asOf
		must(t, s.Duties.PutLook(t.Context(), u, l))
	}
	equal(t, flowsOf(unlooked(t, s, agenda.Filter{}, asOf)), "")
}

func dutyContents(t *testing.T, s Stores) {
	ctx := t.Context()
	equal(t, len(unlooked(t, s, agenda.Filter{}, today)), 0)
	must(t, s.Flows.Create(ctx, aFlow("flow-0"))) // never decided: nothing is open about it
	decided(t, s, "flow-1", "acme")
	want := []agenda.Ranked{aDuty("flow-1", 0, "2026-05-01", true), aDuty("flow-1", 1, "", true), aDuty("flow-1", 2, "2026-04-01", false)}
	want[0].Done = &agenda.Done{Obligation: "duty0", Reason: "理由", At: at(3)}
	look(t, s, today, func(dataspace.FlowID) agenda.Look { return agenda.Look{Local: "acme", Duties: want} })
	want[0].Done.Reason = "changed by the caller"
	got, err := s.Duties.Duties(ctx, agenda.Filter{Fulfilled: true}, agenda.Place{}, 10)
	must(t, err)
	want[0].Done = &agenda.Done{Obligation: "duty0", Reason: "理由", At: at(3)}
	if d := cmp.Diff([]agenda.Ranked{want[2], want[0], want[1]}, got); d != "" {
		t.Fatal(d)
	}
	decided(t, s, "flow-2", "acme")
	must(t, s.Duties.PutLook(ctx, agenda.Unlooked{Flow: "flow-none", Changed: 1}, agenda.Look{AsOf: today, Duties: []agenda.Ranked{aDuty("flow-none", 0, "", true)}}))
	look(t, s, tomorrow, func(dataspace.FlowID) agenda.Look { return agenda.Look{Local: "acme"} }) // nothing is open any more
	got, err = s.Duties.Duties(ctx, agenda.Filter{Fulfilled: true}, agenda.Place{}, 10)
	must(t, err)
	equal(t, len(got), 0)
}

func dutyLists(t *testing.T, s Stores) {
	owners := map[dataspace.FlowID]dataspace.ParticipantID{"flow-1": "acme", "flow-2": "acme", "flow-3": "other"}
	for id, owner := range owners {
		decided(t, s, id, owner)
	}
	look(t, s, today, func(id dataspace.FlowID) agenda.Look {
		return agenda.Look{Local: owners[id], Duties: []agenda.Ranked{
			aDuty(id, 0, "2026-05-01", true), aDuty(id, 1, "2026-05-01", true), aDuty(id, 2, "2026-06-0"+string(id[len(id)-1]), false), aDuty(id, 3, "", true),
		}}
	})
	for _, c := range []struct {
		want   string
		filter agenda.Filter
	}{
		{"1.0 1.1 2.0 2.1 3.0 3.1 1.3 2.3 3.3", agenda.Filter{}},
		{"1.0 1.1 2.0 2.1 3.0 3.1 1.2 2.2 3.2 1.3 2.3 3.3", agenda.Filter{Fulfilled: true}},
		{"1.0 1.1 2.0 2.1 1.3 2.3", agenda.Filter{Local: "acme"}},
		{"2.0 2.1 2.3", agenda.Filter{Flow: "flow-2"}},
		{"", agenda.Filter{Flow: "flow-2", Local: "other"}},
		{"1.0 1.1 2.0 2.1 3.0 3.1 1.2", agenda.Filter{Fulfilled: true, DueBefore: "2026-06-02"}},
		{"", agenda.Filter{DueBefore: "2026-05-01"}},
	} {
		for limit := 1; limit < 6; limit++ {
			var got []string
			for after := (agenda.Place{}); ; {
				list, err := s.Duties.Duties(t.Context(), c.filter, after, limit)
				must(t, err)
				for _, r := range list {
					after = r.Place
					got = append(got, fmt.Sprintf("%s.%d", r.Place.Flow[len("flow-"):], r.N))
				}
				if len(list) < limit {
					break
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%+v by %d lists %q, want %q", c.filter, limit, got, c.want)
			}
		}
	}
}

// dutyQueue lists the flows to check in pages: by their last check, and then by
// name.
func dutyQueue(t *testing.T, s Stores) {
	for i := range 6 {
		decided(t, s, dataspace.FlowID(fmt.Sprint("flow-", i)), dataspace.ParticipantID([]string{"acme", "other"}[i%2]))
	}
	for _, u := range unlooked(t, s, agenda.Filter{}, today) {
		asOf := map[dataspace.FlowID]string{"flow-1": tomorrow, "flow-2": today, "flow-4": "2026-03-01 rules"}[u.Flow]
		if asOf != "" {
			must(t, s.Duties.PutLook(t.Context(), u, agenda.Look{AsOf: asOf}))
		}
	}
	for _, c := range []struct {
		want   string
		filter agenda.Filter
	}{{"035 4 1", agenda.Filter{}}, {"0 4", agenda.Filter{Local: "acme"}}, {"35 1", agenda.Filter{Local: "other"}}, {"3", agenda.Filter{Flow: "flow-3"}}} {
		want := strings.ReplaceAll(c.want, " ", "")
		for limit := 1; limit < 8; limit++ {
			got := pages(t, limit, func(after agenda.Unlooked, limit int) ([]agenda.Unlooked, error) {
				return s.Duties.Unlooked(t.Context(), c.filter, today, after, limit)
			}, func(u agenda.Unlooked) string { return string(u.Flow[len("flow-"):]) })
			if got != want {
				t.Fatalf("%+v in pages of %d: %q, want %q", c.filter, limit, got, want)
			}
		}
	}
}

// dutyChanges: a change of something on which decisions depend causes a new
// check of their flows, and no other change does.
func dutyChanges(t *testing.T, s Stores) {
	ctx, r := t.Context(), s.Register
	for _, id := range []dataspace.ParticipantID{"acme", "sister", "other"} {
		must(t, r.InsertParticipant(ctx, aParticipant(id)))
	}
	mine, theirs := decided(t, s, "flow-1", "acme"), decided(t, s, "flow-2", "other")
	shared := papers.Paper{Owner: "sister", Instrument: dataspace.Instrument{ID: "shared", Covers: &dataspace.InstrumentScope{Exporters: []dataspace.ParticipantID{"acme"}}}}
	for _, c := range []struct {
		name string
		do   func() error
		want string
	}{
		{"nothing", func() error { return nil }, ""},
		{"an own instrument", func() error {
			return s.Papers.Insert(ctx, papers.Paper{Owner: "acme", Instrument: dataspace.Instrument{ID: "p"}})
		}, "flow-1"},
		{"it is confirmed", func() error { return confirmPaper(t, s, "acme", "p", "p1") }, "flow-1"},
		{"it is taken back", func() error { return removePaper(t, s, "acme", "p") }, "flow-1"},
		{"a shared instrument", func() error { return s.Papers.Insert(ctx, shared) }, "flow-1"},
		{"who shares it changes", func() error { return r.ReplaceParticipant(ctx, aParticipant("sister")) }, "flow-1"},
		{"that is confirmed", func() error { return confirmPaper(t, s, "sister", "shared", "p2") }, "flow-1"},
		{"it is taken back too", func() error { return removePaper(t, s, "sister", "shared") }, "flow-1"},
		{"the participant changes", func() error { return r.ReplaceParticipant(ctx, aParticipant("other")) }, "flow-2"},
		{"something is declared of it", func() error {
			return s.Declare.Declare(ctx, "other", declare.Row{Fact: "x", Event: "e1", Body: []byte("{}")}, "", declaredBy("e1"))
		}, "flow-2"},
		{"it is declared again", func() error {
			return s.Declare.Declare(ctx, "other", declare.Row{Fact: "x", Event: "e2", Body: []byte("{}")}, "e1", declaredBy("e2"))
		}, "flow-2"},
		{"the same dataset of another", func() error { return r.InsertDataset(ctx, gateway.Dataset{Owner: "sister", ID: "set"}) }, ""},
		{"another dataset", func() error { return r.InsertDataset(ctx, gateway.Dataset{Owner: "acme", ID: "else"}) }, ""},
		{"its dataset", func() error { return r.InsertDataset(ctx, gateway.Dataset{Owner: "acme", ID: "set"}) }, "flow-1"},
		{"its dataset changes", func() error { return r.ReplaceDataset(ctx, gateway.Dataset{Owner: "acme", ID: "set", Format: "csv"}) }, "flow-1"},
		{"its dataset goes", func() error { return r.RemoveDataset(ctx, "acme", "set") }, "flow-1"},
		{"the flow itself", func() error { theirs.State = dataspace.Negotiating; theirs = update(t, s, theirs); return nil }, "flow-2"},
		{"it ends without a delivery", func() error { theirs.State = dataspace.Refused; theirs = update(t, s, theirs); return nil }, ""},
		{"it ends with one", func() error {
			mine.State, mine.Delivered = dataspace.Completed, &flow.Delivered{At: at(9)}
			mine = update(t, s, mine)
			return nil
		}, "flow-1"},
	} {
		look(t, s, today, func(id dataspace.FlowID) agenda.Look {
			return agenda.Look{Local: "acme", Duties: []agenda.Ranked{aDuty(id, 0, "", true)}, Warnings: []dataspace.Warning{{Kind: "w"}}}
		})
		must(t, c.do())
		if got := flowsOf(unlooked(t, s, agenda.Filter{}, today)); got != c.want {
			t.Errorf("%s: to be looked at is %q, want %q", c.name, got, c.want)
		}
	}
	list, err := s.Duties.Duties(ctx, agenda.Filter{Fulfilled: true}, agenda.Place{}, 10)
	must(t, err)
	notices, err := s.Duties.Notices(ctx, agenda.Filter{}, 10)
	must(t, err)
	if len(list) != 1 || list[0].Place.Flow != "flow-1" || len(notices) != 1 || len(notices[0].Flows) != 1 {
		t.Errorf("of a flow that ended without a delivery something is left: %+v %+v", list, notices)
	}
}

func dutyNotices(t *testing.T, s Stores) {
	const flows = agenda.NoticeFlows + 3
	owners := map[dataspace.FlowID]dataspace.ParticipantID{"flow-other": "other"}
	for i := range flows {
		owners[dataspace.FlowID(fmt.Sprintf("flow-%03d", i))] = "acme"
	}
	for id, owner := range owners {
		decided(t, s, id, owner)
	}
	renew, report := dataspace.Warning{Kind: "renew", Instrument: "纸"}, dataspace.Warning{Kind: "report"}
	look(t, s, today, func(id dataspace.FlowID) agenda.Look {
		l := agenda.Look{Local: owners[id], Warnings: []dataspace.Warning{renew, renew}}
		if id == "flow-007" {
			l.Warnings = append(l.Warnings, report)
		}
		return l
	})
	notices := func(of agenda.Filter, limit int) []agenda.Notice {
		t.Helper()
		list, err := s.Duties.Notices(t.Context(), of, limit)
		must(t, err)
		return list
	}
	all := notices(agenda.Filter{}, 10)
	if len(all) != 3 || len(notices(agenda.Filter{}, 2)) != 2 || all[2].Participant != "other" {
		t.Fatalf("%d warnings, want two of acme and then one of other", len(all))
	}
	for _, n := range all[:2] {
		if n.Kind == "renew" && (n.FlowsInAll != flows || len(n.Flows) != agenda.NoticeFlows || n.Flows[0] != "flow-000" || n.Flows[99] != "flow-099" || n.Instrument != "纸") {
			t.Errorf("%d flows in all, the first %d from %s", n.FlowsInAll, len(n.Flows), n.Flows[0])
		}
	}
	want := []agenda.Notice{{Participant: "other", Flows: []dataspace.FlowID{"flow-other"}, FlowsInAll: 1, Warning: renew}}
	if d := cmp.Diff(want, notices(agenda.Filter{Local: "other"}, 10)); d != "" {
		t.Error(d)
	}
	of := notices(agenda.Filter{Flow: "flow-007"}, 10)
	if len(of) != 2 || of[0].FlowsInAll != 1 || of[1].FlowsInAll != 1 || len(of[0].Flows) != 1 || of[0].Flows[0] != "flow-007" {
		t.Errorf("of one flow: %+v", of)
	}
	equal(t, len(notices(agenda.Filter{Local: "other", Flow: "flow-007"}, 10)), 0)
	look(t, s, tomorrow, func(id dataspace.FlowID) agenda.Look {
		l := agenda.Look{Local: owners[id]}
		if id == "flow-001" {
			l.Warnings = []dataspace.Warning{renew}
		}
		return l
	})
	left := notices(agenda.Filter{}, 10)
	if len(left) != 1 || left[0].FlowsInAll != 1 || left[0].Flows[0] != "flow-001" {
		t.Errorf("after all were looked at again: %+v", left)
	}
}

// dutyRace checks a flow while it changes: the result of a check from before a
// change is not kept.
func dutyRace(t *testing.T, s Stores) {
	ctx := t.Context()
	must(t, s.Register.InsertParticipant(ctx, aParticipant("acme")))
	decided(t, s, "flow-1", "acme")
	u := unlooked(t, s, agenda.Filter{}, today)[0]
	must(t, s.Register.ReplaceParticipant(ctx, aParticipant("acme")))
	must(t, s.Duties.PutLook(ctx, u, agenda.Look{AsOf: today, Local: "acme", Duties: []agenda.Ranked{aDuty("flow-1", 0, "", true)}, Warnings: []dataspace.Warning{{Kind: "w"}}}))
	list, err := s.Duties.Duties(ctx, agenda.Filter{Fulfilled: true}, agenda.Place{}, 10)
	must(t, err)
	notices, err := s.Duties.Notices(ctx, agenda.Filter{}, 10)
	must(t, err)
	if len(list)+len(notices) != 0 || len(unlooked(t, s, agenda.Filter{}, today)) != 1 {
		t.Fatalf("a look that was overtaken is kept: %+v %+v", list, notices)
	}
	many(16, func(i int) {
		if i%4 == 0 {
			must(t, s.Register.ReplaceParticipant(ctx, aParticipant("acme")))
			return
		}
		list, err := s.Duties.Unlooked(ctx, agenda.Filter{}, today, agenda.Unlooked{}, 10)
		must(t, err)
		for _, u := range list {
			mark := fmt.Sprint("look ", i, " of ", u.Changed)
			must(t, s.Duties.PutLook(ctx, u, agenda.Look{AsOf: today, Local: "acme",
				Duties: []agenda.Ranked{aDuty("flow-1", 0, mark, true)}, Warnings: []dataspace.Warning{{Kind: mark}}}))
		}
	})
	list, err = s.Duties.Duties(ctx, agenda.Filter{}, agenda.Place{}, 10)
	must(t, err)
	notices, err = s.Duties.Notices(ctx, agenda.Filter{}, 10)
	must(t, err)
	if len(list) != len(notices) || len(list) > 1 || len(list) == 1 && list[0].Rank != notices[0].Kind {
		t.Fatalf("two looks are mixed: %+v %+v", list, notices)
	}
	for range 2 { // it is settled once nothing changes
		for _, u := range unlooked(t, s, agenda.Filter{}, today) {
			must(t, s.Duties.PutLook(ctx, u, agenda.Look{AsOf: today, Local: "acme"}))
		}
	}
	equal(t, flowsOf(unlooked(t, s, agenda.Filter{}, today)), "")
}
