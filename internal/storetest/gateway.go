package storetest

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/papers"
)

func registerSuite(t *testing.T, open Open) {
	part(t, open, "participants", registerParticipants)
	part(t, open, "owned", registerOwned)
	part(t, open, "shared", registerShared)
	part(t, open, "keys", registerKeys)
	part(t, open, "setup", registerSetup)
	part(t, open, "last-operator", registerLastOperator)
	part(t, open, "peers", registerPeers)
	part(t, open, "statements", registerStatements)
	part(t, open, "statement-whole", registerStatementWhole)
	part(t, open, "peer-alone", registerPeerAlone)
	part(t, open, "race", registerRace)
}

func aParticipant(id dataspace.ParticipantID) gateway.Participant {
	return gateway.Participant{ID: id, LegalName: dataspace.Text{EN: "Acme", ZH: "艾克米"}, Jurisdiction: "XX",
		Intake: gateway.Intake{Accept: []gateway.IntakeRule{{Peer: "far"}}}}
}

func registerParticipants(t *testing.T, s Stores) {
	ctx, r := t.Context(), s.Register
	wants(t, r.ReplaceParticipant(ctx, aParticipant("b")), dataspace.ErrNotFound)
	for _, id := range []dataspace.ParticipantID{"b", "a", "c"} {
		must(t, r.InsertParticipant(ctx, aParticipant(id)))
	}
	wants(t, r.InsertParticipant(ctx, aParticipant("b")), dataspace.ErrConflict)
	p := aParticipant("b")
	p.LegalName.EN, p.Inbox = "Other", "/in"
	must(t, r.ReplaceParticipant(ctx, p))
	got, err := r.Participant(ctx, "b")
	must(t, err)
	if d := cmp.Diff(p, got); d != "" {
		t.Fatal(d)
	}
	list, err := r.Participants(ctx)
	must(t, err)
	if d := cmp.Diff([]gateway.Participant{aParticipant("a"), p, aParticipant("c")}, list); d != "" {
		t.Fatal(d)
	}
	must(t, r.RemoveParticipant(ctx, "b"))
	wants(t, r.RemoveParticipant(ctx, "b"), dataspace.ErrNotFound)
	_, err = r.Participant(ctx, "b")
	wants(t, err, dataspace.ErrNotFound)
}

// registerShared tests documents that several participants of a group use.
func registerShared(t *testing.T, s Stores) {
	ctx, r := t.Context(), s.Register
	for id, group := range map[dataspace.ParticipantID]string{"a": "g", "b": "g", "c": "g", "stranger": "h", "alone": ""} {
		p := aParticipant(id)
		p.Group = group
		must(t, r.InsertParticipant(ctx, p))
	}
	share := func(owner dataspace.ParticipantID, id dataspace.InstrumentID, with ...dataspace.ParticipantID) {
		i := papers.Paper{Owner: owner, Instrument: dataspace.Instrument{ID: id, Kind: "k"}}
		if len(with) > 0 {
			i.Covers = &dataspace.InstrumentScope{Exporters: with}
		}
		must(t, s.Papers.Insert(ctx, i))
	}
	share("a", "own", "a", "b")
	share("c", "two", "a", "b")
	share("b", "one", "a")
	share("b", "none")
	share("stranger", "x", "a", "b")
	share("alone", "x", "a")
	for _, c := range []struct {
		who, group, want string
	}{
		{"a", "g", "b/one c/two "}, {"b", "g", "a/own c/two "}, {"c", "g", ""}, {"a", "h", "stranger/x "}, {"a", "", ""}, {"a", "nobody", ""},
	} {
		list, err := s.Papers.Shared(ctx, dataspace.ParticipantID(c.who), c.group)
		must(t, err)
		got := ""
		for _, i := range list {
			got += fmt.Sprintf("%s/%s ", i.Owner, i.ID)
		}
		if got != c.want {
			t.Errorf("%s of %q shares %q, want %q", c.who, c.group, got, c.want)
		}
	}
	// A participant that left the group shares nothing any more.
	p := aParticipant("c")
	must(t, r.ReplaceParticipant(ctx, p))
	if list, err := s.Papers.Shared(ctx, "a", "g"); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}

// registerOwned tests things that belong to a participant: they need their
// owner, and the owner cannot be removed while it has them.
func registerOwned(t *testing.T, s Stores) {
	ctx, r := t.Context(), s.Register
	d := gateway.Dataset{ID: "d", Owner: "a", Title: dataspace.Text{EN: "D"}, Purposes: []string{"p"}}
	i := papers.Paper{Owner: "a", Instrument: dataspace.Instrument{ID: "i", Kind: "k"}}
	wants(t, r.InsertDataset(ctx, d), dataspace.ErrNotFound)
	wants(t, s.Papers.Insert(ctx, i), dataspace.ErrNotFound)
	for _, id := range []dataspace.ParticipantID{"b", "a"} {
		must(t, r.InsertParticipant(ctx, aParticipant(id)))
		for _, name := range []string{"y", "x"} {
			d.Owner, d.ID, i.Owner, i.ID = id, dataspace.DatasetID(name), id, dataspace.InstrumentID(name)
			must(t, r.InsertDataset(ctx, d))
			must(t, s.Papers.Insert(ctx, i))
		}
	}
	wants(t, r.InsertDataset(ctx, d), dataspace.ErrConflict)
	wants(t, s.Papers.Insert(ctx, i), dataspace.ErrConflict)
	d.Title.EN = "new"
	must(t, r.ReplaceDataset(ctx, d))
	got, err := r.Dataset(ctx, d.Owner, d.ID)
	must(t, err)
	if diff := cmp.Diff(d, got); diff != "" {
		t.Fatal(diff)
	}
	for owner, want := range map[dataspace.ParticipantID]string{"": "ax ay bx by ", "a": "ax ay ", "none": ""} {
		sets, err := r.Datasets(ctx, owner)
		must(t, err)
		held, err := s.Papers.Papers(ctx, owner)
		must(t, err)
		a, b := "", ""
		for _, d := range sets {
			a += fmt.Sprint(d.Owner, d.ID, " ")
		}
		for _, i := range held {
			b += fmt.Sprint(i.Owner, i.ID, " ")
		}
		if a != want || b != want {
			t.Errorf("of %q: datasets %q, instruments %q, want %q", owner, a, b, want)
		}
	}
	_, err = r.Dataset(ctx, "a", "none")
	wants(t, err, dataspace.ErrNotFound)
	wants(t, r.ReplaceDataset(ctx, gateway.Dataset{Owner: "a", ID: "none"}), dataspace.ErrNotFound)
	wants(t, r.RemoveParticipant(ctx, "a"), dataspace.ErrConflict)
	for _, name := range []string{"y", "x"} {
		must(t, r.RemoveDataset(ctx, "a", dataspace.DatasetID(name)))
		wants(t, r.RemoveParticipant(ctx, "a"), dataspace.ErrConflict)
		must(t, removePaper(t, s, "a", dataspace.InstrumentID(name)))
	}
	wants(t, r.RemoveDataset(ctx, "a", "x"), dataspace.ErrNotFound)
	wants(t, s.Papers.Remove(ctx, i), dataspace.ErrNotFound)
	must(t, r.RemoveParticipant(ctx, "a"))
}

func aKey(id gateway.KeyID, role gateway.Role) gateway.APIKey {
	k := gateway.APIKey{ID: id, Name: "Li", Role: role, Created: at(0)}
	copy(k.Hash[:], id)
	return k
}

func registerKeys(t *testing.T, s Stores) {
	ctx, r := t.Context(), s.Register
	k := aKey("k2", gateway.ParticipantMember)
	k.Participant = "a"
	wants(t, r.InsertKey(ctx, k), dataspace.ErrNotFound)
	must(t, r.InsertParticipant(ctx, aParticipant("a")))
	must(t, r.InsertKey(ctx, k))
	wants(t, r.InsertKey(ctx, k), dataspace.ErrConflict)
	same := aKey("k3", gateway.Auditor)
	same.Hash = k.Hash
	wants(t, r.InsertKey(ctx, same), dataspace.ErrConflict)
	must(t, r.InsertKey(ctx, aKey("k1", gateway.Auditor)))
	got, err := r.KeyByHash(ctx, k.Hash)
	must(t, err)
	if d := cmp.Diff(k, got); d != "" {
		t.Fatal(d)
	}
	_, err = r.KeyByHash(ctx, [32]byte{9})
	wants(t, err, dataspace.ErrNotFound)
	list, err := r.Keys(ctx)
	must(t, err)
	if len(list) != 2 || list[0].ID != "k1" || list[1].ID != "k2" || list[1].Hash != ([32]byte{}) {
		t.Fatalf("keys %+v", list)
	}
	wants(t, r.RemoveParticipant(ctx, "a"), dataspace.ErrConflict)
	must(t, r.RemoveKey(ctx, "k2"))
	wants(t, r.RemoveKey(ctx, "k2"), dataspace.ErrNotFound)
	must(t, r.RemoveParticipant(ctx, "a"))
}

func registerSetup(t *testing.T, s Stores) {
	ctx, r := t.Context(), s.Register
	hash, k := [32]byte{1}, aKey("k1", gateway.Operator)
	wants(t, r.UseSetup(ctx, hash, at(0), k), dataspace.ErrNotFound)
	must(t, r.PutSetup(ctx, [32]byte{2}, at(10)))
	must(t, r.PutSetup(ctx, hash, at(10)))
	wants(t, r.UseSetup(ctx, [32]byte{2}, at(0), k), dataspace.ErrNotFound) // replaced
	wants(t, r.UseSetup(ctx, hash, at(10), k), dataspace.ErrNotFound)       // expired
	must(t, r.InsertKey(ctx, aKey("k0", gateway.Auditor)))
	taken := k
	taken.ID = "k0"
	wants(t, r.UseSetup(ctx, hash, at(0), taken), dataspace.ErrConflict) // the link is not used up
	winner(t, 8, dataspace.ErrNotFound, func(i int) error {
		return r.UseSetup(ctx, hash, at(0), aKey(gateway.KeyID(fmt.Sprintf("op%d", i)), gateway.Operator))
	})
	wants(t, r.PutSetup(ctx, hash, at(10).Add(time.Hour)), dataspace.ErrConflict)
}

// registerLastOperator removes every operator's key at the same moment: one of
// them must stay.
func registerLastOperator(t *testing.T, s Stores) {
	ctx, r := t.Context(), s.Register
	const n = 8
	for i := range n {
		must(t, r.InsertKey(ctx, aKey(gateway.KeyID(fmt.Sprintf("op%d", i)), gateway.Operator)))
	}
	must(t, r.InsertKey(ctx, aKey("other", gateway.Compliance)))
	many(n, func(i int) {
		if err := r.RemoveKey(ctx, gateway.KeyID(fmt.Sprintf("op%d", i))); err != nil {
			wants(t, err, dataspace.ErrConflict)
		}
	})
	list, err := r.Keys(ctx)
	must(t, err)
	if len(list) != 2 {
		t.Fatalf("%d keys are left, want one of an operator and the other one", len(list))
	}
}

func aPeer(name dataspace.PeerName, id dataspace.GatewayID) gateway.Peer {
	return gateway.Peer{Name: name, URL: "https://a", Card: gateway.Card{Gateway: id}, Fingerprint: "f", State: gateway.Pending,
		Policy: gateway.Policy{Allow: gateway.Operations()}, Added: at(0), Version: 1}
}

func registerPeers(t *testing.T, s Stores) {
	ctx, r := t.Context(), s.Register
	_, err := r.Peer(ctx, "p1")
	wants(t, err, dataspace.ErrNotFound)
	_, err = r.PeerByGateway(ctx, "g1")
	wants(t, err, dataspace.ErrNotFound)
	p := aPeer("p2", "g2")
	wants(t, r.ReplacePeer(ctx, p), dataspace.ErrNotFound)
	must(t, r.InsertPeer(ctx, p))
	must(t, r.InsertPeer(ctx, aPeer("p1", "g1")))
	wants(t, r.InsertPeer(ctx, aPeer("p2", "g3")), dataspace.ErrConflict)
	wants(t, r.InsertPeer(ctx, aPeer("p3", "g2")), dataspace.ErrConflict)
	next := p
	next.State, next.URL = gateway.Confirmed, "https://b"
	must(t, r.ReplacePeer(ctx, next))
	wants(t, r.ReplacePeer(ctx, next), dataspace.ErrStale)
	next.Version = 2
	for _, get := range []func() (gateway.Peer, error){
		func() (gateway.Peer, error) { return r.Peer(ctx, "p2") },
		func() (gateway.Peer, error) { return r.PeerByGateway(ctx, "g2") },
	} {
		got, err := get()
		must(t, err)
		if d := cmp.Diff(next, got); d != "" {
			t.Fatal(d)
		}
	}
	clash := next
	clash.Card.Gateway = "g1"
	wants(t, r.ReplacePeer(ctx, clash), dataspace.ErrConflict)
	list, err := r.Peers(ctx)
	must(t, err)
	if len(list) != 2 || list[0].Name != "p1" || list[1].Name != "p2" {
		t.Fatalf("peers %+v", list)
	}
	must(t, r.RemovePeer(ctx, "p2"))
	wants(t, r.RemovePeer(ctx, "p2"), dataspace.ErrNotFound)
	_, err = r.PeerByGateway(ctx, "g2")
	wants(t, err, dataspace.ErrNotFound)
}

func registerStatements(t *testing.T, s Stores) {
	ctx, r := t.Context(), s.Register
	st := gateway.Statement{Gateway: "g1", Participant: gateway.PublicParticipant{ID: "lion"}, Issued: at(0), Signed: []byte("as it came")}
	p := aPeer("p1", "g1")
	p.Card.Identity = bytes.Repeat([]byte{1}, ed25519.PublicKeySize)
	key := p.Card.Identity
	wants(t, r.PutStatement(ctx, "p1", key, st), dataspace.ErrNotFound)
	must(t, r.InsertPeer(ctx, p))
	wants(t, r.PutStatement(ctx, "p1", bytes.Repeat([]byte{2}, ed25519.PublicKeySize), st), dataspace.ErrStale)
	_, err := r.Statement(ctx, "p1", "lion")
	wants(t, err, dataspace.ErrNotFound)
	must(t, r.PutStatement(ctx, "p1", key, st))
	st.Issued, st.Signed = at(5), []byte("newer")
	must(t, r.PutStatement(ctx, "p1", key, st))
	got, err := r.Statement(ctx, "p1", "lion")
	must(t, err)
	if d := cmp.Diff(st, got); d != "" {
		t.Fatal(d)
	}
	_, err = r.Statement(ctx, "p1", "tiger")
	wants(t, err, dataspace.ErrNotFound)
	must(t, r.ReplacePeer(ctx, p)) // with other keys, perhaps
	_, err = r.Statement(ctx, "p1", "lion")
	wants(t, err, dataspace.ErrNotFound)
	must(t, r.PutStatement(ctx, "p1", key, st))
	must(t, r.RemovePeer(ctx, "p1"))
	must(t, r.InsertPeer(ctx, p))
	_, err = r.Statement(ctx, "p1", "lion")
	wants(t, err, dataspace.ErrNotFound)
}

// registerStatementWhole replaces a statement while others read it: content and
// signature must belong together.
func registerStatementWhole(t *testing.T, s Stores) {
	ctx, r := t.Context(), s.Register
	p := aPeer("p1", "g1")
	must(t, r.InsertPeer(ctx, p))
	put := func(n int) {
		name := fmt.Sprint(n)
		st := gateway.Statement{Gateway: "g1", Participant: gateway.PublicParticipant{ID: "lion", LegalName: dataspace.Text{EN: name}}, Issued: at(int64(n)), Signed: []byte(name)}
		if err := r.PutStatement(ctx, "p1", p.Card.Identity, st); err != nil {
			t.Error(err)
		}
	}
	put(0)
	var over atomic.Bool
	var reading sync.WaitGroup
	for range 4 {
		reading.Go(func() {
			for !over.Load() {
				st, err := r.Statement(ctx, "p1", "lion")
				if err != nil || st.Participant.LegalName.EN != string(st.Signed) {
					t.Errorf("%q is said, %q was signed (%v)", st.Participant.LegalName.EN, st.Signed, err)
					return
				}
			}
		})
	}
	for n := range 50 {
		put(n + 1)
	}
	over.Store(true)
	reading.Wait()
}

// registerPeerAlone changes a peer that was read: no other reader sees the
// change.
func registerPeerAlone(t *testing.T, s Stores) {
	ctx, r := t.Context(), s.Register
	p := aPeer("p1", "g1")
	must(t, r.InsertPeer(ctx, p))
	for range 3 { // the second reader may get a cached row
		for _, get := range []func() (gateway.Peer, error){
			func() (gateway.Peer, error) { return r.Peer(ctx, "p1") },
			func() (gateway.Peer, error) { return r.PeerByGateway(ctx, "g1") },
		} {
			got, err := get()
			must(t, err)
			if d := cmp.Diff(p, got); d != "" {
				t.Fatal(d)
			}
			got.Policy.Allow[0] = "another"
		}
	}
}

// registerRace changes one peer from many goroutines, while others read it.
func registerRace(t *testing.T, s Stores) {
	ctx, r := t.Context(), s.Register
	p := aPeer("p1", "g1")
	must(t, r.InsertPeer(ctx, p))
	winner(t, 16, dataspace.ErrStale, func(i int) error {
		mine := p
		mine.URL = fmt.Sprint("https://", i)
		err := r.ReplacePeer(ctx, mine)
		got, readErr := r.Peer(ctx, "p1")
		if readErr != nil || err == nil && got.URL != mine.URL {
			t.Errorf("after the change a reader sees %q (%v)", got.URL, readErr)
		}
		return err
	})
	must(t, r.InsertParticipant(ctx, aParticipant("a")))
	many(16, func(i int) {
		d := gateway.Dataset{Owner: "a", ID: "d"}
		if i%2 == 0 {
			if err := r.InsertDataset(ctx, d); err != nil {
				t.Log(err)
			}
		} else if err := r.RemoveParticipant(ctx, "a"); err != nil {
			t.Log(err)
		}
	})
	_, gone := r.Participant(ctx, "a")
	if _, err := r.Dataset(ctx, "a", "d"); err == nil && gone != nil {
		t.Fatal("a dataset has lost its owner")
	}
}
