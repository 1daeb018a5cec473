package storetest

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/agenda"
	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/gateway"
	"hutong/internal/papers"
	"hutong/internal/people"
	"hutong/internal/prove"
	"hutong/internal/runset"
	"hutong/internal/tlog"
)

// Durable writes into every store, closes them, opens them again and finds
// everything.
func Durable(t *testing.T, open Reopen) {
	t.Helper()
	ctx, place := t.Context(), t.TempDir()
	s, closed, err := open(ctx, place)
	must(t, err)
	participant, peer, key, process, token := aParticipant("a"), aPeer("p", "g"), aKey("k", gateway.Operator), aProcess("n-1"), deliver.HashToken("one")
	result, head := deliver.Result{Rows: 2}, tlog.Checkpoint{Origin: "log", Size: 3}
	statement := gateway.Statement{Gateway: "g", Participant: gateway.PublicParticipant{ID: "lion"}, Issued: at(0), Signed: []byte("signed")}
	must(t, s.Register.InsertParticipant(ctx, participant))
	must(t, s.Register.InsertDataset(ctx, gateway.Dataset{Owner: "a", ID: "d"}))
	must(t, s.Papers.Insert(ctx, papers.Paper{Owner: "a", Instrument: dataspace.Instrument{ID: "i"}}))
	must(t, s.Register.InsertPeer(ctx, peer))
	must(t, s.Register.PutStatement(ctx, "p", peer.Card.Identity, statement))
	must(t, s.Register.PutSetup(ctx, [32]byte{1}, at(10)))
	must(t, s.Processes.Create(ctx, process))
	must(t, s.Grants.PutGrant(ctx, aGrant("t-1"), token))
	must(t, s.Grants.SetGrantResult(ctx, "t-1", result))
	happens(t, s, events(t, "flow-1", "e1", "e2"))
	must(t, s.Evidence.MarkLogged(ctx, []prove.Mark{{ID: "e1", Index: 4}}))
	must(t, s.Evidence.SaveCosigned(ctx, "w", 5, []byte("five")))
	must(t, s.Evidence.SetWitnessed(ctx, tlog.Checkpoint{Origin: "log"}, head))
	decided(t, s, "flow-2", "a")
	look(t, s, today, func(id dataspace.FlowID) agenda.Look {
		return agenda.Look{Local: "a", Duties: []agenda.Ranked{aDuty(id, 0, "", true)}, Warnings: []dataspace.Warning{{Kind: "w"}}}
	})
	ledger := begun(t, s, aLedger(2026))
	list, claim := listed(t, s, people.List{Ledger: ledger.Num, Job: people.JobHeld, Counted: true}, person(1, 1)), aClaim("r1", "year", ledger)
	changeCounts(t, s, func(ctx context.Context, tx people.Tx) {
		must(t, tx.PutClaim(ctx, claim))
		must(t, tx.Count(ctx, ledger.Num, runset.Change{Tally: runset.Tally{3}}))
		must(t, corrected(ctx, tx, aCorrection("x1", 1)))
	})
	must(t, closed())

	s, closed, err = open(ctx, place)
	must(t, err)
	defer func() { must(t, closed()) }()
	must(t, s.Register.UseSetup(ctx, [32]byte{1}, at(0), key))
	same(t, participant)(s.Register.Participant(ctx, "a"))
	same(t, peer)(s.Register.Peer(ctx, "p"))
	same(t, statement)(s.Register.Statement(ctx, "p", "lion"))
	same(t, key)(s.Register.KeyByHash(ctx, key.Hash))
	same(t, process)(s.Processes.ByOrigin(ctx, process.Origin))
	grant, err := s.Grants.GrantByToken(ctx, token)
	must(t, err)
	same(t, &result)(grant.Result, nil)
	same(t, uint64(5))(s.Evidence.LoggedSize(ctx))
	same(t, []byte("five"))(s.Evidence.Cosigned(ctx, "w"))
	same(t, head)(s.Evidence.Witnessed(ctx, "log"))
	pending, err := s.Evidence.Pending(ctx, 9)
	must(t, err)
	if len(pending) != 2 || pending[0].ID != "e2" || pending[1].ID != "correction.x1" {
		t.Fatalf("%d events wait for the log, want e2 and that of the correction", len(pending))
	}
	equal(t, flowsOf(unlooked(t, s, agenda.Filter{}, today)), "")
	viewCounts(t, s, func(ctx context.Context, q people.Reader) {
		same(t, ledger)(q.Ledger(ctx, ledger.Window))
		same(t, runset.Tally{3})(q.Tally(ctx, ledger.Num, 0))
		same(t, []people.List{list})(q.Lists(ctx, people.ListFilter{}))
		same(t, []people.Claim{claim})(q.Claims(ctx, people.ClaimFilter{}))
		src, err := q.Others(ctx, ledger.Num, 0)
		same(t, []runset.Person{person(1, 1)})(readAll(t, src, err), nil)
		same(t, []people.Correction{aCorrection("x1", 1)})(q.Corrections(ctx, "acme", 2026))
	})
	for name, n := range map[string]func() (int, error){
		"datasets":    func() (int, error) { l, err := s.Register.Datasets(ctx, "a"); return len(l), err },
		"instruments": func() (int, error) { l, err := s.Papers.Papers(ctx, "a"); return len(l), err },
		"found":       func() (int, error) { return len(strings.Fields(finds(t, s, gateway.DatasetQuery{Search: "d"}))), nil },
		"duties": func() (int, error) {
			l, err := s.Duties.Duties(ctx, agenda.Filter{}, agenda.Place{}, 9)
			return len(l), err
		},
		"warnings": func() (int, error) { l, err := s.Duties.Notices(ctx, agenda.Filter{}, 9); return len(l), err },
		"events":   func() (int, error) { l, err := s.Evidence.FlowEvents(ctx, "flow-1"); return len(l) - 1, err },
	} {
		if got, err := n(); got != 1 || err != nil {
			t.Errorf("%d %s: %v", got, name, err)
		}
	}
}

// same checks what a query returns.
func same[V any](t *testing.T, want V) func(V, error) {
	return func(got V, err error) {
		t.Helper()
		must(t, err)
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	}
}
