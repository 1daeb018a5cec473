package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/papers"
)

func paperSuite(t *testing.T, open Open) {
	part(t, open, "confirm", paperConfirm)
	part(t, open, "race", paperRace)
}

func saidOf(id dataspace.EventID) dataspace.Event {
	return dataspace.Event{ID: id, Kind: dataspace.EventInstrument, At: at(1),
		Documents: map[string]dataspace.Document{papers.Doc: dataspace.Document(`{"x":1}`)}, Salts: map[string]dataspace.Salt{papers.Doc: {1}}}
}

// aPaper has every member that a store keeps.
func aPaper(owner dataspace.ParticipantID, id dataspace.InstrumentID) papers.Paper {
	yes := true
	return papers.Marked(papers.Paper{
		Instrument: dataspace.Instrument{ID: id, Kind: "k", Number: "N 1", Authority: "who", File: dataspace.DigestOf([]byte("bytes")), EffectiveOn: "2026-01-01",
			Covers: &dataspace.InstrumentScope{Recipients: []string{"lion"}, Items: []string{"1.2"}, Sensitive: &yes, Unlimited: []string{"people"}}},
		Owner: owner, Size: 5, Registered: at(2), Proposed: &papers.Act{By: "clerk", Key: "k1", At: at(2).Truncate(time.Second)},
	})
}

func confirmPaper(t *testing.T, s Stores, owner dataspace.ParticipantID, id dataspace.InstrumentID, event dataspace.EventID) error {
	t.Helper()
	was, err := s.Papers.Paper(t.Context(), papers.Key{Owner: owner, ID: id})
	must(t, err)
	now := was
	now.Confirmed, now.Confirmation = event, &papers.Act{By: "eve", Key: "k2", At: at(3).Truncate(time.Second)}
	return s.Papers.Replace(t.Context(), was, now, saidOf(event))
}

func removePaper(t *testing.T, s Stores, owner dataspace.ParticipantID, id dataspace.InstrumentID) error {
	t.Helper()
	was, err := s.Papers.Paper(t.Context(), papers.Key{Owner: owner, ID: id})
	must(t, err)
	return s.Papers.Remove(t.Context(), was)
}

// paperConfirm tests that only whoever has seen a document changes it, and that
// the evidence is stored with the change.
func paperConfirm(t *testing.T, s Stores) {
	ctx := t.Context()
	must(t, s.Register.InsertParticipant(ctx, aParticipant("a")))
	was, key := aPaper("a", "i"), papers.Key{Owner: "a", ID: "i"}
	_, err := s.Papers.Paper(ctx, key)
	wants(t, err, dataspace.ErrNotFound)
	wants(t, s.Papers.Replace(ctx, was, was, saidOf("e0")), dataspace.ErrNotFound)
	must(t, s.Papers.Insert(ctx, was))
	is := func(want papers.Paper, events int) {
		t.Helper()
		got, err := s.Papers.Paper(ctx, key)
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		waiting, err := s.Evidence.Pending(ctx, 20)
		must(t, err)
		if len(waiting) != events {
			t.Fatalf("%d events, want %d", len(waiting), events)
		}
	}
	is(was, 0)
	now := was
	now.Confirmed, now.Confirmation = "e1", &papers.Act{By: "eve", Key: "k2", At: at(3).Truncate(time.Second)}
	now = papers.Marked(now)
	other := was
	other.File = dataspace.DigestOf([]byte("others"))
	wants(t, s.Papers.Replace(ctx, other, now, saidOf("e1")), dataspace.ErrStale)
	is(was, 0)
	must(t, s.Papers.Replace(ctx, was, now, saidOf("e1")))
	is(now, 1)
	wants(t, s.Papers.Replace(ctx, was, now, saidOf("e2")), dataspace.ErrStale)
	wants(t, s.Papers.Remove(ctx, was, saidOf("e2")), dataspace.ErrStale)
	wants(t, s.Papers.Remove(ctx, now, saidOf("e1")), dataspace.ErrConflict) // the event is there already
	is(now, 1)
	must(t, s.Papers.Remove(ctx, now, saidOf("e2")))
	_, err = s.Papers.Paper(ctx, key)
	wants(t, err, dataspace.ErrNotFound)
	waiting, err := s.Evidence.Pending(ctx, 20)
	must(t, err)
	if len(waiting) != 2 {
		t.Fatalf("%d events after the removal, want 2", len(waiting))
	}
}

// paperRace tests that of many who confirm one document one succeeds.
func paperRace(t *testing.T, s Stores) {
	ctx := t.Context()
	must(t, s.Register.InsertParticipant(ctx, aParticipant("a")))
	was := aPaper("a", "i")
	must(t, s.Papers.Insert(ctx, was))
	winner(t, 20, dataspace.ErrStale, func(i int) error {
		id := dataspace.EventID(fmt.Sprint("e", i))
		now := was
		now.Confirmed = id
		now.Confirmation = &papers.Act{By: "eve", Key: "k", At: at(int64(i)).Truncate(time.Second)}
		return s.Papers.Replace(ctx, was, now, saidOf(id))
	})
}
