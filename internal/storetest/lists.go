package storetest

import (
	"fmt"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/papers"
)

func listSuite(t *testing.T, open Open) {
	part(t, open, "pages", listPages)
	part(t, open, "of-one-owner", listOfOwner)
	part(t, open, "search", listSearch)
	part(t, open, "search-order", listSearchOrder)
}

// registered has seven rows in each list, put in out of order.
func registered(t *testing.T, s Stores) {
	t.Helper()
	ctx, r := t.Context(), s.Register
	for _, n := range []int{4, 1, 7, 2, 6, 3, 5} {
		id := fmt.Sprint("n", n)
		must(t, r.InsertParticipant(ctx, aParticipant(dataspace.ParticipantID(id))))
		must(t, r.InsertKey(ctx, aKey(gateway.KeyID(id), gateway.Auditor)))
		must(t, r.InsertPeer(ctx, aPeer(dataspace.PeerName(id), dataspace.GatewayID("g"+id))))
		d := gateway.Dataset{Owner: dataspace.ParticipantID(id), ID: dataspace.DatasetID(fmt.Sprint("d", 9-n))}
		if n%2 == 0 {
			d.Purposes = []string{"business"}
		}
		must(t, r.InsertDataset(ctx, d))
		must(t, s.Papers.Insert(ctx, papers.Paper{Owner: d.Owner, Instrument: dataspace.Instrument{ID: dataspace.InstrumentID(fmt.Sprint("i", 9-n))}}))
	}
}

func listPages(t *testing.T, s Stores) {
	registered(t, s)
	ctx, l := t.Context(), s.Lists
	for limit := 1; limit < 9; limit++ {
		for name, got := range map[string]string{
			"participants": join(t, limit, func(after dataspace.ParticipantID, n int) ([]gateway.Participant, error) {
				return l.ParticipantsPage(ctx, after, n)
			}, func(p gateway.Participant) dataspace.ParticipantID { return p.ID }),
			"keys": join(t, limit, func(after gateway.KeyID, n int) ([]gateway.APIKey, error) {
				return l.KeysPage(ctx, after, n)
			}, func(k gateway.APIKey) gateway.KeyID { return k.ID }),
			"peers": join(t, limit, func(after dataspace.PeerName, n int) ([]gateway.Peer, error) {
				return l.PeersPage(ctx, after, n)
			}, func(p gateway.Peer) dataspace.PeerName { return p.Name }),
		} {
			if want := "n1 n2 n3 n4 n5 n6 n7 "; got != want {
				t.Errorf("%s by %d: %q, want %q", name, limit, got, want)
			}
		}
		sets := func(offered bool) string {
			return join(t, limit, func(after gateway.DatasetKey, n int) ([]gateway.Dataset, error) {
				return l.DatasetsPage(ctx, gateway.DatasetQuery{Offered: offered, After: after, Limit: n})
			}, keyOf)
		}
		equal(t, sets(false), "{n1 d8} {n2 d7} {n3 d6} {n4 d5} {n5 d4} {n6 d3} {n7 d2} ")
		equal(t, sets(true), "{n2 d7} {n4 d5} {n6 d3} ")
		equal(t, join(t, limit, func(after papers.Key, n int) ([]papers.Paper, error) {
			return s.Papers.Page(ctx, "", after, n)
		}, func(i papers.Paper) papers.Key {
			return papers.Key{Owner: i.Owner, ID: i.ID}
		}), "{n1 i8} {n2 i7} {n3 i6} {n4 i5} {n5 i4} {n6 i3} {n7 i2} ")
	}
}

func keyOf(d gateway.Dataset) gateway.DatasetKey { return gateway.DatasetKey{Owner: d.Owner, ID: d.ID} }

// join reads a list page by page and joins the keys of its rows.
func join[V, K any](t *testing.T, limit int, page func(after K, limit int) ([]V, error), key func(V) K) string {
	t.Helper()
	var after K
	var out strings.Builder
	for {
		list, err := page(after, limit)
		must(t, err)
		if len(list) > limit {
			t.Fatalf("a page of %d has %d", limit, len(list))
		}
		for _, v := range list {
			after = key(v)
			fmt.Fprint(&out, after, " ")
		}
		if len(list) < limit {
			return out.String()
		}
	}
}

func listOfOwner(t *testing.T, s Stores) {
	registered(t, s)
	ctx, owner := t.Context(), dataspace.ParticipantID("n1")
	for _, id := range []string{"z", "a"} {
		must(t, s.Register.InsertDataset(ctx, gateway.Dataset{Owner: owner, ID: dataspace.DatasetID(id), Purposes: []string{"p"}}))
		must(t, s.Papers.Insert(ctx, papers.Paper{Owner: owner, Instrument: dataspace.Instrument{ID: dataspace.InstrumentID(id)}}))
	}
	for limit := 1; limit < 5; limit++ {
		sets := func(of gateway.DatasetQuery) string {
			return join(t, limit, func(after gateway.DatasetKey, n int) ([]gateway.Dataset, error) {
				of.After, of.Limit = after, n
				return s.Lists.DatasetsPage(ctx, of)
			}, keyOf)
		}
		equal(t, sets(gateway.DatasetQuery{Owner: owner}), "{n1 a} {n1 d8} {n1 z} ")
		equal(t, sets(gateway.DatasetQuery{Owner: owner, Offered: true}), "{n1 a} {n1 z} ")
		equal(t, sets(gateway.DatasetQuery{Owner: "none"}), "")
		equal(t, join(t, limit, func(after papers.Key, n int) ([]papers.Paper, error) {
			return s.Papers.Page(ctx, owner, after, n)
		}, func(i papers.Paper) papers.Key {
			return papers.Key{Owner: i.Owner, ID: i.ID}
		}), "{n1 a} {n1 i8} {n1 z} ")
	}
	d, err := s.Register.Dataset(ctx, owner, "a")
	must(t, err)
	d.Purposes = nil // it is removed from the catalogue
	must(t, s.Register.ReplaceDataset(ctx, d))
	list, err := s.Lists.DatasetsPage(ctx, gateway.DatasetQuery{Owner: owner, Offered: true, Limit: 9})
	must(t, err)
	if len(list) != 1 || list[0].ID != "z" {
		t.Errorf("offered is %+v, want z", list)
	}
}

// finds returns the ids of the datasets that a search finds.
func finds(t *testing.T, s Stores, of gateway.DatasetQuery) string {
	t.Helper()
	of.Limit = 10
	list, err := s.Lists.DatasetsPage(t.Context(), of)
	must(t, err)
	var ids []string
	for _, d := range list {
		ids = append(ids, string(d.ID))
	}
	return strings.Join(ids, " ")
}

func listSearch(t *testing.T, s Stores) {
	ctx := t.Context()
	for _, id := range []dataspace.ParticipantID{"acme", "other"} {
		must(t, s.Register.InsertParticipant(ctx, aParticipant(id)))
	}
	for _, d := range []gateway.Dataset{
		{Owner: "acme", ID: "tickets", Title: dataspace.Text{EN: "Support tickets 2026", ZH: "客户服务工单"}},
		{Owner: "acme", ID: "crew", Title: dataspace.Text{EN: "Crew of the fleet", ZH: "船员名单"}},
		{Owner: "other", ID: "members", Title: dataspace.Text{EN: "Members' Orders of A会 type", ZH: "酒店会员"}},
	} {
		must(t, s.Register.InsertDataset(ctx, d))
	}
	for typed, want := range map[string]string{
		"ticket": "tickets", "TICKETS 2026": "tickets", "support crew": "", "cre": "crew", "cket": "", // words begin so, all of them
		"会员": "members", "员": "crew members", "店会": "members", "会酒": "", "A会": "members", // Han characters stand anywhere, in this order
		`"`: "", "a* OR b": "", "members NEAR": "", "'; --": "", "\x00": "", // no input has a special meaning
	} {
		equal(t, finds(t, s, gateway.DatasetQuery{Search: typed}), want)
	}
	equal(t, finds(t, s, gateway.DatasetQuery{Search: "员", Owner: "other"}), "members")
	must(t, s.Register.ReplaceDataset(ctx, gateway.Dataset{Owner: "acme", ID: "tickets", Title: dataspace.Text{EN: "Complaints"}}))
	equal(t, finds(t, s, gateway.DatasetQuery{Search: "support"}), "")
	equal(t, finds(t, s, gateway.DatasetQuery{Search: "compl"}), "tickets")
	must(t, s.Register.RemoveDataset(ctx, "acme", "tickets"))
	equal(t, finds(t, s, gateway.DatasetQuery{Search: "compl"}), "")
}

// listSearchOrder checks that a search finds datasets in the order of
// registration, whatever has changed since.
func listSearchOrder(t *testing.T, s Stores) {
	ctx := t.Context()
	must(t, s.Register.InsertParticipant(ctx, aParticipant("a")))
	for _, id := range []dataspace.DatasetID{"x3", "x1", "x2"} {
		must(t, s.Register.InsertDataset(ctx, gateway.Dataset{Owner: "a", ID: id, Title: dataspace.Text{EN: "Orders"}}))
	}
	must(t, s.Register.ReplaceDataset(ctx, gateway.Dataset{Owner: "a", ID: "x3", Title: dataspace.Text{EN: "New orders"}}))
	for limit := 1; limit < 5; limit++ {
		equal(t, join(t, limit, func(after gateway.DatasetKey, n int) ([]gateway.Dataset, error) {
			return s.Lists.DatasetsPage(ctx, gateway.DatasetQuery{Search: "order", After: after, Limit: n})
		}, keyOf), "{a x3} {a x1} {a x2} ")
	}
}
