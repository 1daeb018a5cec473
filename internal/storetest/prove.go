package storetest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/prove"
	"hutong/internal/tlog"
)

func evidenceSuite(t *testing.T, open Open) {
	part(t, open, "outbox", outboxContents)
	part(t, open, "marks", outboxMarks)
	part(t, open, "mark-race", outboxRace)
	part(t, open, "cosigned", cosignedGrows)
	part(t, open, "witnessed", witnessedSwaps)
}

// happens stores events as the flow service does: with the flow that they are
// about.
func happens(t *testing.T, s Stores, rows []prove.Row) {
	t.Helper()
	f, err := s.Flows.Flow(t.Context(), rows[0].Flow)
	if err != nil {
		f = aFlow(rows[0].Flow)
		must(t, s.Flows.Create(t.Context(), f))
	}
	_, err = s.Flows.Update(t.Context(), f, nil, rows)
	must(t, err)
}

func outboxContents(t *testing.T, s Stores) {
	ctx := t.Context()
	first, second := events(t, "flow-1", "e1", "e2"), events(t, "flow-2", "e3")
	happens(t, s, first)
	happens(t, s, second)
	pending, err := s.Evidence.Pending(ctx, 2)
	must(t, err)
	want := []prove.Pending{{ID: "e1", Flow: "flow-1", Entry: first[0].Entry}, {ID: "e2", Flow: "flow-1", Entry: first[1].Entry}}
	if d := cmp.Diff(want, pending); d != "" {
		t.Fatal(d)
	}
	list, err := s.Evidence.FlowEvents(ctx, "flow-1")
	must(t, err)
	if len(list) != 2 {
		t.Fatalf("%d events of the flow, want 2", len(list))
	}
	for i, got := range list {
		want := prove.LoggedRow{Row: first[i]}
		want.Documents = nil
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
		doc, err := s.Evidence.Document(ctx, first[i].Documents[0].Digest())
		must(t, err)
		equal(t, string(doc), string(first[i].Documents[0]))
	}
	list, err = s.Evidence.FlowEvents(ctx, "flow-none")
	must(t, err)
	if len(list) != 0 {
		t.Fatal("a flow that is not there has events")
	}
	_, err = s.Evidence.Document(ctx, dataspace.DigestOf([]byte("no")))
	wants(t, err, dataspace.ErrNotFound)
}

func outboxMarks(t *testing.T, s Stores) {
	ctx := t.Context()
	happens(t, s, events(t, "flow-1", "e1", "e2", "e3"))
	size := func(want uint64) {
		t.Helper()
		got, err := s.Evidence.LoggedSize(ctx)
		must(t, err)
		equal(t, got, want)
	}
	size(0)
	must(t, s.Evidence.MarkLogged(ctx, []prove.Mark{{ID: "e2", Index: 0}}))
	must(t, s.Evidence.MarkLogged(ctx, []prove.Mark{{ID: "e2", Index: 0}}))
	size(1)
	for _, c := range []struct {
		marks []prove.Mark
		kind  error
	}{
		{[]prove.Mark{{ID: "e1", Index: 5}, {ID: "e2", Index: 3}}, dataspace.ErrConflict},   // marked with another index
		{[]prove.Mark{{ID: "e1", Index: 0}}, dataspace.ErrConflict},                         // another's index
		{[]prove.Mark{{ID: "e1", Index: 5}, {ID: "e3", Index: 5}}, dataspace.ErrConflict},   // two of one call
		{[]prove.Mark{{ID: "e1", Index: 5}, {ID: "none", Index: 6}}, dataspace.ErrNotFound}, // all or none
	} {
		wants(t, s.Evidence.MarkLogged(ctx, c.marks), c.kind)
		_, logged, err := s.Evidence.LoggedAt(ctx, "e1")
		must(t, err)
		if logged {
			t.Fatalf("half of %+v stands", c.marks)
		}
	}
	must(t, s.Evidence.MarkLogged(ctx, []prove.Mark{{ID: "e1", Index: 7}}))
	index, logged, err := s.Evidence.LoggedAt(ctx, "e1")
	must(t, err)
	if index != 7 || !logged {
		t.Fatalf("logged %v at %d, want 7", logged, index)
	}
	size(8)
	pending, err := s.Evidence.Pending(ctx, 10)
	must(t, err)
	if len(pending) != 1 || pending[0].ID != "e3" {
		t.Fatalf("%d events wait, want e3 alone", len(pending))
	}
	_, _, err = s.Evidence.LoggedAt(ctx, "none")
	wants(t, err, dataspace.ErrNotFound)
}

func outboxRace(t *testing.T, s Stores) {
	ctx := t.Context()
	var ids []dataspace.EventID
	for i := range 16 {
		ids = append(ids, dataspace.EventID(fmt.Sprintf("e%d", i)))
	}
	happens(t, s, events(t, "flow-1", ids...))
	winner(t, len(ids), dataspace.ErrConflict, func(i int) error {
		return s.Evidence.MarkLogged(ctx, []prove.Mark{{ID: ids[i], Index: 3}})
	})
}

func cosignedGrows(t *testing.T, s Stores) {
	ctx := t.Context()
	_, err := s.Evidence.Cosigned(ctx, "w1")
	wants(t, err, dataspace.ErrNotFound)
	size, err := s.Evidence.CosignedSize(ctx)
	must(t, err)
	equal(t, size, 0)
	must(t, s.Evidence.SaveCosigned(ctx, "w1", 5, []byte("five")))
	must(t, s.Evidence.SaveCosigned(ctx, "w2", 9, []byte("nine")))
	many(8, func(i int) { must(t, s.Evidence.SaveCosigned(ctx, "w1", uint64(i), fmt.Append(nil, i))) })
	for witness, want := range map[string]string{"w1": "7", "w2": "nine"} {
		got, err := s.Evidence.Cosigned(ctx, witness)
		must(t, err)
		equal(t, string(got), want)
	}
	must(t, s.Evidence.SaveCosigned(ctx, "w1", 7, []byte("the same size again")))
	got, err := s.Evidence.Cosigned(ctx, "w1")
	must(t, err)
	equal(t, string(got), "the same size again")
	size, err = s.Evidence.CosignedSize(ctx)
	must(t, err)
	equal(t, size, 9)
}

func witnessedSwaps(t *testing.T, s Stores) {
	ctx := t.Context()
	none, err := s.Evidence.Witnessed(ctx, "log")
	must(t, err)
	equal(t, none, tlog.Checkpoint{Origin: "log"})
	at := func(size uint64, root byte) tlog.Checkpoint {
		c := tlog.Checkpoint{Origin: "log", Size: size}
		c.Root[0] = root
		return c
	}
	winner(t, 8, dataspace.ErrStale, func(i int) error { return s.Evidence.SetWitnessed(ctx, none, at(3, byte(i))) })
	now, err := s.Evidence.Witnessed(ctx, "log")
	must(t, err)
	wants(t, s.Evidence.SetWitnessed(ctx, none, at(4, 0)), dataspace.ErrStale)
	wants(t, s.Evidence.SetWitnessed(ctx, at(3, now.Root[0]+1), at(4, 0)), dataspace.ErrStale) // another root
	must(t, s.Evidence.SetWitnessed(ctx, now, at(4, 9)))
	got, err := s.Evidence.Witnessed(ctx, "log")
	must(t, err)
	equal(t, got, at(4, 9))
	other, err := s.Evidence.Witnessed(ctx, "other")
	must(t, err)
	equal(t, other, tlog.Checkpoint{Origin: "other"})
}
