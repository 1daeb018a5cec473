package api_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"hutong/client"
	"hutong/internal/api"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// as is a client of the world with the key of a role.
func (w *world) as(role gateway.Role) *client.Client {
	w.t.Helper()
	s := httptest.NewTLSServer(w.handler)
	w.t.Cleanup(s.Close)
	sum := sha256.Sum256(s.Certificate().RawSubjectPublicKeyInfo)
	c, err := client.New(s.URL, w.keys[role], client.TrustKey(hex.EncodeToString(sum[:])))
	w.must(err)
	return c
}

// Lists come page by page, complete and in order, also when rows are added
// after and before the page meanwhile.
func TestListsAreWhole(t *testing.T) {
	w := newWorld(t)
	source := filepath.Join(w.node.Outbox(), string(acme), "own.csv")
	add := func(id string) {
		_, err := w.node.Gateway.AddDataset(t.Context(), gateway.Dataset{ID: dataspace.DatasetID(id), Owner: acme, Source: dataspace.FileSource(source)})
		w.must(err)
	}
	for i := range 25 {
		add(fmt.Sprintf("e-%02d", i))
	}
	var seen []string
	path := "/datasets?owner=acme&limit=10"
	for pages := 0; ; pages++ {
		got := w.ask(w.keys[gateway.Operator], "GET", path, "")
		if got.Code != http.StatusOK {
			t.Fatal(got.Code, got.Body)
		}
		seen = append(seen, got.Body.String())
		next := got.Header().Get(client.NextHeader)
		if next == "" {
			if pages != 2 {
				t.Errorf("%d pages of 27 datasets by 10", pages+1)
			}
			break
		}
		if pages == 0 {
			add("a-before") // before what was read: it is not seen
			add("z-behind")
		}
		path = "/datasets?owner=acme&limit=10&cursor=" + next
	}
	all := strings.Join(seen, "")
	for i := range 25 {
		if n := strings.Count(all, fmt.Sprintf(`"id":"e-%02d"`, i)); n != 1 {
			t.Errorf("dataset e-%02d stands %d times in the pages", i, n)
		}
	}
	if strings.Contains(all, "a-before") || !strings.Contains(all, "z-behind") {
		t.Error("what was added before the page is seen, or what was added behind it is not")
	}
	for _, cursor := range []string{"x", "WyJhIl0", strings.Repeat("W", 2000)} {
		if got := w.ask(w.keys[gateway.Operator], "GET", "/datasets?cursor="+cursor, ""); got.Code != http.StatusUnprocessableEntity || !strings.Contains(got.Body.String(), "list.cursor") {
			t.Errorf("cursor %.10s: %d %s", cursor, got.Code, got.Body)
		}
	}
}

// The public client and the API agree, and errors keep their kinds over the
// wire.
func TestPublicClient(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	c, member := w.as(gateway.Operator), w.as(gateway.ParticipantMember)
	list, err := client.Collect(c.Participants().List(ctx))
	if err != nil || len(list) != 2 || list[0].ID != "acme" || list[1].ID != "other" {
		t.Errorf("%+v, %v", list, err)
	}
	p, err := c.Participants().Change(ctx, client.Participant{ID: "acme", LegalName: client.Text{ZH: "甲"}, Jurisdiction: "CN", Facts: client.Facts{"ciio": true}})
	if err != nil || p.Facts["ciio"] != true || p.Created.IsZero() {
		t.Errorf("%+v, %v", p, err)
	}
	sets, err := client.Collect(member.Datasets().List(ctx, client.DatasetFilter{Search: "se"}))
	if err != nil || len(sets) != 1 || sets[0].Owner != "acme" {
		t.Errorf("%+v, %v", sets, err)
	}
	f, err := member.Flows().Get(ctx, "flow-of-acme")
	if err != nil || !f.Final() || f.Participant != "acme" {
		t.Errorf("%+v, %v", f, err)
	}
	var doc map[string]string
	if err := member.Flows().Document(ctx, f.ID, "profile", &doc); err != nil || doc["of"] != "acme" {
		t.Errorf("%v, %v", doc, err)
	}
	if bill, err := member.Flows().Waybill(ctx, f.ID); err != nil || !strings.Contains(string(bill), "of acme") {
		t.Errorf("%s, %v", bill, err)
	}
	if g, err := c.Gateway().Show(ctx); err != nil || len(g.Packs) < 20 || len(g.Card.Identity) != 32 {
		t.Errorf("%+v, %v", g, err)
	}
	if a, err := c.Obligations().List(ctx, client.AgendaFilter{}); err != nil || a.On == "" {
		t.Errorf("%+v, %v", a, err)
	}
	if y, err := member.Counts().Year(ctx, "acme", 2026, 10); err != nil || y.Exporter != "acme" {
		t.Errorf("%+v, %v", y, err)
	}
	if clocks, err := c.Law().Clocks(ctx, client.Incident{Jurisdiction: "CN", Facts: client.Facts{"discovered": "2026-06-01T10:00:00+08:00", "personal": true, "people": 1200000}}); err != nil || len(clocks) == 0 || clocks[0].Who.EN == "" {
		t.Errorf("%+v, %v", clocks, err)
	}
	var decision dataspace.Decision
	made, err := c.Law().Assess(ctx, client.Question{Facts: client.Facts{"on": "2026-03-01", "exporter": map[string]any{"jurisdiction": "CN"}, "recipient": map[string]any{"jurisdiction": "SG"}}})
	if err != nil || json.Unmarshal(made, &decision) != nil || decision.Verdict == "" || len(decision.Reasons) == 0 {
		t.Errorf("%s, %v", made, err)
	}
	var profile dataspace.Profile
	if made, err := member.Datasets().Profile(ctx, "acme", "set"); err != nil || json.Unmarshal(made, &profile) != nil || profile.Rows != 1 || len(profile.Columns) != 2 {
		t.Errorf("%s, %v", made, err)
	}
	if kinds, err := c.Filings().Kinds(ctx); err != nil || len(kinds) < 9 {
		t.Errorf("%+v, %v", kinds, err)
	}
	if asked, err := c.Filings().Questions(ctx, "pipia"); err != nil || len(asked) < 10 || asked[0].Path == "" {
		t.Errorf("%+v, %v", asked, err)
	}
	if d, err := c.Filings().Documents(ctx, "flow-of-acme", client.FilingInput{Kind: "pipia"}); err != nil || !d.Draft || len(d.Digest) != 64 || len(d.Files) < 3 || len(d.Files[0].Data) == 0 {
		t.Errorf("%+v, %v", d.Title, err)
	}
	k, err := c.Keys().Add(ctx, client.NewKey{Name: "x", Role: client.Auditor})
	if err != nil || k.Secret == "" {
		t.Fatal(err)
	}
	if err := c.Keys().Remove(ctx, k.Key.ID); err != nil {
		t.Error(err)
	}
	for what, e := range map[string]struct{ got, want error }{
		"another's flow":    {second(member.Flows().Get(ctx, "flow-of-other")), client.ErrNotFound},
		"a role":            {member.Peers().Remove(ctx, "far"), client.ErrDenied},
		"a name taken":      {second(c.Participants().Add(ctx, client.Participant{ID: "acme", Jurisdiction: "CN", LegalName: client.Text{EN: "x"}})), client.ErrConflict},
		"a bad request":     {second(c.Participants().Add(ctx, client.Participant{ID: "A!", Jurisdiction: "CN"})), client.ErrInvalid},
		"an unknown fact":   {second(c.Datasets().Add(ctx, client.Dataset{ID: "odd", Owner: "acme", Source: client.File("/x"), Facts: client.Facts{"harmless": true}})), client.ErrInvalid},
		"no peer there":     {second(c.Peers().Add(ctx, client.NewPeer{Name: "near", URL: "https://127.0.0.1:1"})), client.ErrPeerUnreachable},
		"an unready filing": {second(w.as(gateway.Compliance).Filings().Approve(ctx, "flow-of-acme", client.FilingInput{Kind: "pipia", Reason: "read"})), client.ErrNotCleared},
		"a kind of filing":  {second(c.Filings().Questions(ctx, "none")), client.ErrNotFound},
		"a catalogue":       {second(client.Collect(c.Peers().Catalogue(ctx, "far", "lion", "acme"))), client.ErrPeerUnreachable},
	} {
		if !errors.Is(e.got, e.want) {
			t.Errorf("%s: %v, want %v", what, e.got, e.want)
		}
	}
	if client.Prefix != api.Prefix {
		t.Error("the API is not where the client looks for it")
	}
}

// second is the error of two results.
func second[T any](_ T, err error) error { return err }
