package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/dsp"
)

func begin(t *testing.T, a, b *side) agree.Negotiation {
	t.Helper()
	n, err := a.svc.Offer(t.Context(), agree.NewNegotiation{
		Local: a.name, Counterparty: b.address(), Offer: offerJSON(t, "offer-1", "editing"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestConsumerBegins goes the longest way: request, offer, counter-request,
// offer, acceptance, agreement, verification, finalisation.
func TestConsumerBegins(t *testing.T) {
	a, b := newSide(t, "alpha"), newSide(t, "beta")
	second, third := offerJSON(t, "offer-2", "research"), offerJSON(t, "offer-3", "editing")
	var requests, offers atomic.Int32
	a.script(func(ctx context.Context, s *agree.Service, n agree.Negotiation) (err error) {
		if n.State != agree.Requested {
			return provide(ctx, s, n)
		}
		if requests.Add(1) == 1 {
			_, err = s.Counter(ctx, n.ID, n.Offer)
		} else {
			_, err = s.Counter(ctx, n.ID, third)
		}
		return err
	}, nil)
	b.script(func(ctx context.Context, s *agree.Service, n agree.Negotiation) (err error) {
		if n.State == agree.Offered && offers.Add(1) == 1 {
			_, err = s.Counter(ctx, n.ID, second)
			return err
		}
		if n.State == agree.Finalized {
			return nil
		}
		return consume(ctx, s, n)
	}, nil)
	n, err := b.svc.Request(t.Context(), agree.NewNegotiation{
		ID: "mine", Local: "beta", Counterparty: a.address(), Flow: "flow-b", Offer: offerJSON(t, "offer-1", "editing"),
	})
	if err != nil || n.ID != "mine" {
		t.Fatalf("%s: %v", n.ID, err)
	}
	n = b.deal("mine", agree.Finalized)
	if string(n.Offer) != string(third) || n.Flow != "flow-b" || requests.Load() != 2 || offers.Load() != 2 {
		t.Fatalf("offer %s, %d requests, %d offers", n.Offer, requests.Load(), offers.Load())
	}
	a.deal(dataspace.NegotiationID(n.CounterpartID), agree.Finalized)
	if err := b.svc.Bind(t.Context(), agree.Ref{Kind: agree.KindNegotiation, ID: "mine"}, "flow-x"); !errors.Is(err, dataspace.ErrConflict) {
		t.Fatalf("bind twice: %v", err)
	}
}

// TestTerminateEverywhere: each side ends a negotiation in each state that is
// not final, and the other side hears of it.
func TestTerminateEverywhere(t *testing.T) {
	states := []agree.State{agree.Offered, agree.Accepted, agree.Agreed, agree.Verified}
	for _, by := range []dataspace.Role{dataspace.Provider, dataspace.Consumer} {
		for _, at := range states {
			t.Run(string(by)+"-"+string(at), func(t *testing.T) {
				a, b := newSide(t, "alpha"), newSide(t, "beta")
				script := func(otherwise func(context.Context, *agree.Service, agree.Negotiation) error) func(context.Context, *agree.Service, agree.Negotiation) error {
					return func(ctx context.Context, s *agree.Service, n agree.Negotiation) error {
						if n.State == at && n.Role == by {
							_, err := s.TerminateNegotiation(ctx, n.ID, "enough", "no more")
							return err
						}
						if n.State == at {
							return nil
						}
						return otherwise(ctx, s, n)
					}
				}
				a.script(script(provide), nil)
				b.script(script(consume), nil)
				n := a.deal(begin(t, a, b).ID, agree.Terminated)
				other := b.deal(dataspace.NegotiationID(n.CounterpartID), agree.Terminated)
				if n.Failure != nil || other.Failure != nil || other.Code != "enough" || len(n.Reason) != 1 {
					t.Fatalf("%+v, %+v", n.Process, other.Process)
				}
			})
		}
	}
}

// TestPeerDown: what cannot be delivered waits, says why, survives a restart,
// and arrives when the other side is back.
func TestPeerDown(t *testing.T) {
	a, b := newSide(t, "alpha"), newSide(t, "beta")
	a.script(provide, serve)
	b.script(consume, receive)
	b.stop()
	n := begin(t, a, b)
	ref := agree.Ref{Kind: agree.KindNegotiation, ID: string(n.ID)}
	eventually(t, "two attempts have failed", func() bool {
		trouble, ok := a.svc.Trouble(ref)
		return ok && trouble.Attempts >= 2 && errors.Is(trouble.Err, dataspace.ErrUnavailable)
	})
	a.stop()
	a.start()
	eventually(t, "the pending message is tried after a restart", func() bool {
		_, ok := a.svc.Trouble(ref)
		return ok
	})
	b.start()
	n = a.deal(n.ID, agree.Finalized)
	if _, ok := a.svc.Trouble(ref); ok {
		t.Error("trouble is still reported")
	}
	b.move("t-"+dataspace.TransferID(n.CounterpartID), agree.Completed)
}

// TestHandlerIsCalledAgain: a change whose handling failed is handled after a
// restart.
func TestHandlerIsCalledAgain(t *testing.T) {
	a, b := newSide(t, "alpha"), newSide(t, "beta")
	var calls atomic.Int32
	b.script(func(context.Context, *agree.Service, agree.Negotiation) error {
		calls.Add(1)
		return errors.New("cannot now")
	}, nil)
	n := begin(t, a, b)
	eventually(t, "the handler was called", func() bool { return calls.Load() > 0 })
	b.stop()
	a.script(provide, serve)
	b.script(consume, receive)
	b.start()
	a.deal(n.ID, agree.Finalized)
}

// TestRestarts stops and starts both sides, over and over, while an exchange
// goes on; nothing is lost and nothing done twice.
func TestRestarts(t *testing.T) {
	a, b := newSide(t, "alpha"), newSide(t, "beta")
	a.script(provide, serve)
	b.script(consume, receive)
	var ids []dataspace.NegotiationID
	for range 5 {
		ids = append(ids, begin(t, a, b).ID)
	}
	for range 4 {
		b.stop()
		a.stop()
		b.start()
		a.start()
	}
	for _, id := range ids {
		n := a.deal(id, agree.Finalized)
		b.move("t-"+dataspace.TransferID(n.CounterpartID), agree.Completed)
	}
	for _, s := range []*side{a, b} {
		deals, err := s.svc.Negotiations(t.Context(), agree.Filter{})
		moves, err2 := s.svc.Transfers(t.Context(), agree.Filter{})
		if len(deals) != 5 || len(moves) != 5 || err != nil || err2 != nil {
			t.Fatalf("%s has %d negotiations and %d transfers: %v %v", s.name, len(deals), len(moves), err, err2)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	a, b := newSide(t, "alpha"), newSide(t, "beta")
	a.script(provide, serve)
	b.script(consume, receive)
	const many = 60
	var ids []dataspace.NegotiationID
	for range many {
		ids = append(ids, begin(t, a, b).ID)
	}
	for _, id := range ids {
		n := a.deal(id, agree.Finalized)
		b.move("t-"+dataspace.TransferID(n.CounterpartID), agree.Completed)
	}
}

// TestRefusalEndsBoth: a message that the other side will never take ends the
// process on both sides, and both handlers hear of it.
func TestRefusalEndsBoth(t *testing.T) {
	a, b := newSide(t, "alpha"), newSide(t, "beta")
	ended := make(chan agree.Negotiation, 10)
	a.script(func(ctx context.Context, s *agree.Service, n agree.Negotiation) error {
		switch n.State {
		case agree.Offered: // the other side has it; now it will not take a dataset by another name
			other := strings.Replace(string(offerJSON(t, "offer-1", "editing")), `"target":"support"`, `"target":"other"`, 1)
			if _, err := s.Counter(ctx, n.ID, json.RawMessage(other)); err == nil {
				t.Error("our own side let the dataset be changed")
			}
		case agree.Accepted:
			// This side forgets what it offered: its agreement will differ
			// from what was accepted.
			err := a.db.Update(ctx, func(tx *sql.Tx) error {
				_, err := tx.Exec(`UPDATE process SET body = replace(body, 'editing', 'anything')`)
				return err
			})
			if err != nil {
				return err
			}
		case agree.Terminated:
			ended <- n
		}
		return provide(ctx, s, n)
	}, nil)
	b.script(consume, nil)
	n := begin(t, a, b)
	var got agree.Negotiation
	eventually(t, "the refusal is told", func() bool {
		select {
		case got = <-ended:
			return true
		default:
			return false
		}
	})
	if got.ID != n.ID || got.Failure == nil || got.Failure.Status != http.StatusBadRequest || len(got.Failure.Reason) == 0 {
		t.Fatalf("%+v", got.Process)
	}
	b.deal(dataspace.NegotiationID(got.CounterpartID), agree.Terminated)
}

// TestPolicyCuts: a peer that is cut off reaches nothing, is sent nothing, and
// goes on where it was when the path is open again.
func TestPolicyCuts(t *testing.T) {
	a, b := newSide(t, "alpha"), newSide(t, "beta")
	a.script(provide, serve)
	b.script(consume, receive)
	b.stop()
	n := begin(t, a, b)
	a.cut.Store(true)
	b.start()
	for path, body := range map[string]string{
		"/dsp/negotiations/request":          requestBody(t, "c1", b.address().Address, ""),
		"/dsp/negotiations/" + string(n.ID):  "",
		"/dsp/transfers/none":                "",
		"/dsp/catalog/datasets/support":      "",
		"/dsp/catalog/request":               fmt.Sprintf(`{%s"@type":"CatalogRequestMessage"}`, head),
		"/dsp/negotiations/none/termination": fmt.Sprintf(`{%s"@type":"ContractNegotiationTerminationMessage","providerPid":"none","consumerPid":"c1"}`, head),
		"/dsp/transfers/request":             fmt.Sprintf(`{%s"@type":"TransferRequestMessage","consumerPid":"t1","callbackAddress":"https://x","agreementId":"none","format":"f"}`, head),
	} {
		if status, text := a.post(t, "beta", path, body); status != http.StatusForbidden || !strings.Contains(text, `"denied"`) {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	if _, err := a.svc.Offer(t.Context(), agree.NewNegotiation{Local: "alpha", Counterparty: b.address(), Offer: offerJSON(t, "o", "p")}); !errors.Is(err, dataspace.ErrDenied) {
		t.Errorf("begin: %v", err)
	}
	ref := agree.Ref{Kind: agree.KindNegotiation, ID: string(n.ID)}
	eventually(t, "the pending offer waits for policy", func() bool {
		trouble, ok := a.svc.Trouble(ref)
		return ok && errors.Is(trouble.Err, dataspace.ErrDenied)
	})
	a.cut.Store(false)
	a.deal(n.ID, agree.Finalized)
}

// post sends raw bytes as if from a participant.
func (s *side) post(t *testing.T, from, path, body string) (int, string) {
	t.Helper()
	method := http.MethodPost
	if body == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(t.Context(), method, s.http.URL+"/p/"+string(s.name)+path, bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", from)
	res, err := s.http.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(data)
}

const head = `"@context":["https://example.org/more","` + dsp.Context + `"],`

func requestBody(t *testing.T, pid, callback string, extra string) string {
	return fmt.Sprintf(`{%s"@type":"ContractRequestMessage","consumerPid":%q,"callbackAddress":%q,"x:more":1,%s"offer":%s}`,
		head, pid, callback, extra, offerJSON(t, "offer-1", "editing"))
}

func TestDuplicatesChangeNothing(t *testing.T) {
	a, b := newSide(t, "alpha"), newSide(t, "beta")
	body := requestBody(t, "c1", b.address().Address+"/", `"@id":"urn:1",`)
	status, first := a.post(t, "beta", "/dsp/negotiations/request", body)
	if status != http.StatusCreated {
		t.Fatalf("%d %s", status, first)
	}
	for range 3 {
		if status, again := a.post(t, "beta", "/dsp/negotiations/request", body); status != http.StatusCreated || again != first {
			t.Fatalf("%d %s", status, again)
		}
	}
	deals, err := a.svc.Negotiations(t.Context(), agree.Filter{})
	if err != nil || len(deals) != 1 {
		t.Fatalf("%d negotiations: %v", len(deals), err)
	}
	n := deals[0]
	end := fmt.Sprintf(`{%s"@type":"ContractNegotiationTerminationMessage","providerPid":%q,"consumerPid":"c1","reason":[{"@value":"changed my mind"},{"why":1}]}`, head, n.ID)
	path := "/dsp/negotiations/" + string(n.ID)
	for range 3 {
		if status, text := a.post(t, "beta", path+"/termination/", end); status != http.StatusOK || !strings.Contains(text, `"TERMINATED"`) {
			t.Fatalf("%d %s", status, text)
		}
	}
	n, err = a.svc.Negotiation(t.Context(), n.ID)
	if err != nil || n.Version != 2 || len(n.Reason) != 2 || n.Reason[0] != "changed my mind" {
		t.Fatalf("version %d, %q: %v", n.Version, n.Reason, err)
	}
	// Others do not see it, and nobody can go on with it.
	if status, _ := a.post(t, "gamma", path, ""); status != http.StatusNotFound {
		t.Errorf("another participant reads it: %d", status)
	}
	if status, _ := a.post(t, "gamma", path+"/termination", end); status != http.StatusNotFound {
		t.Errorf("another participant moves it: %d", status)
	}
	if status, text := a.post(t, "beta", path, ""); status != http.StatusOK || !strings.Contains(text, `"TERMINATED"`) {
		t.Errorf("%d %s", status, text)
	}
}

func TestBadMessages(t *testing.T) {
	a, b := newSide(t, "alpha"), newSide(t, "beta")
	good := requestBody(t, "c1", b.address().Address, "")
	status, text := a.post(t, "beta", "/dsp/negotiations/request", good)
	var ack struct{ ProviderPid string }
	if err := json.Unmarshal([]byte(text), &ack); err != nil || status != http.StatusCreated {
		t.Fatalf("%d %s: %v", status, text, err)
	}
	accept := fmt.Sprintf(`{%s"@type":"ContractNegotiationEventMessage","providerPid":%q,"consumerPid":"c1","eventType":"ACCEPTED"}`, head, ack.ProviderPid)
	transfer := fmt.Sprintf(`{%s"@type":"TransferRequestMessage","consumerPid":"t1","callbackAddress":"https://x","agreementId":"none","format":"HttpData-PULL"}`, head)
	pid := "/dsp/negotiations/" + ack.ProviderPid
	for _, c := range []struct {
		name, from, path, body string
		status                 int
		shows                  string
	}{
		{"no identity", "", "/dsp/negotiations/request", good, 401, "ContractNegotiationError"},
		{"not JSON", "beta", "/dsp/negotiations/request", "{", 400, "dsp.json"},
		{"not an object", "beta", "/dsp/negotiations/request", "[]", 400, "dsp.json"},
		{"trailing bytes", "beta", "/dsp/negotiations/request", good + "x", 400, "dsp.json"},
		{"other type", "beta", "/dsp/negotiations/request", accept, 400, "dsp.schema"},
		{"no context", "beta", "/dsp/negotiations/request", strings.Replace(good, head, "", 1), 400, "@context"},
		{"foreign context alone", "beta", "/dsp/negotiations/request", strings.Replace(good, dsp.Context, "https://example.org/c", 1), 400, "dsp.schema"},
		{"too large", "beta", "/dsp/negotiations/request", strings.Replace(good, `"x:more":1`, `"x:more":"`+strings.Repeat("x", 1<<20)+`"`, 1), 400, "dsp.size"},
		{"too deep", "beta", "/dsp/negotiations/request", strings.Replace(good, `"x:more":1`, `"x:more":`+strings.Repeat("[", 100)+strings.Repeat("]", 100), 1), 400, "too deep"},
		{"unknown dataset", "beta", "/dsp/negotiations/request", strings.Replace(strings.Replace(good, `"target":"support"`, `"target":"other"`, 1), "c1", "c2", 1), 400, "offer.target"},
		{"unknown offer", "beta", "/dsp/negotiations/request", strings.Replace(strings.Replace(good, "offer-1", "offer-9", 1), "c1", "c3", 1), 400, "offer.@id"},
		{"unknown operator", "beta", "/dsp/negotiations/request", strings.Replace(strings.Replace(good, `"isAllOf"`, `"like"`, 1), "c1", "c4", 1), 400, "dsp.schema"},
		{"not its turn", "beta", pid + "/events", accept, 400, "agree.transition"},
		{"other pid in the body", "beta", pid + "/events", strings.Replace(accept, ack.ProviderPid, "p9", 1), 400, "agree.message"},
		{"other consumer pid", "beta", pid + "/events", strings.Replace(accept, `"c1"`, `"c9"`, 1), 400, "agree.message"},
		{"unknown pid", "beta", "/dsp/negotiations/none/events", accept, 404, "not_found"},
		{"unknown transfer", "beta", "/dsp/transfers/none", "", 404, "TransferError"},
		{"unknown agreement", "beta", "/dsp/transfers/request", transfer, 400, "agreementId"},
		{"unknown dataset's page", "beta", "/dsp/catalog/datasets/none", "", 404, "CatalogError"},
		{"filter", "beta", "/dsp/catalog/request", fmt.Sprintf(`{%s"@type":"CatalogRequestMessage","filter":[{"sql":"1"}]}`, head), 400, "dsp.filter"},
		{"filter of nothing", "beta", "/dsp/catalog/request", fmt.Sprintf(`{%s"@type":"CatalogRequestMessage","filter":[{"@type":"QuerySpec","offset":0,"filterExpression":[]}]}`, head), 200, `"Catalog"`},
		{"version", "", "/.well-known/dspace-version", "", 200, `"path":"/dsp"`},
		{"no such path", "beta", "/dsp/other", "{}", 404, ""},
	} {
		status, text := a.post(t, c.from, c.path, c.body)
		if status != c.status || !strings.Contains(text, c.shows) || len(text) > 4000 {
			t.Errorf("%s: %d %.300s", c.name, status, text)
		}
	}
	if status, _ := a.post(t, "beta", "/../nobody/.well-known/dspace-version", ""); status == http.StatusOK {
		t.Error("a participant that is not there has metadata")
	}
	n, err := a.svc.Negotiation(t.Context(), dataspace.NegotiationID(ack.ProviderPid))
	if err != nil || n.State != agree.Requested || n.Version != 1 {
		t.Fatalf("refused messages left something behind: %s version %d: %v", n.State, n.Version, err)
	}
}

// TestCatalogueOverTheWire reads the other side's catalogue with the client.
func TestCatalogueOverTheWire(t *testing.T) {
	a, b := newSide(t, "alpha"), newSide(t, "beta")
	client := dsp.NewClient(dsp.ClientConfig{Credentials: b, BaseURL: func(dataspace.ParticipantID) string { return "https://unused" }})
	base, err := client.Discover(t.Context(), "beta", a.address(), a.http.URL+"/p/alpha/")
	if err != nil || base != a.address().Address {
		t.Fatalf("%s: %v", base, err)
	}
	c, err := client.Catalogue(t.Context(), "beta", a.address())
	if err != nil || c.Participant != "alpha" || len(c.Datasets) != 1 || c.Datasets[0].Formats[0] != "HttpData-PULL" {
		t.Fatalf("%+v: %v", c, err)
	}
	d, err := client.Dataset(t.Context(), "beta", a.address(), "support")
	if err != nil || string(d.Offers[0]) != string(c.Datasets[0].Offers[0]) {
		t.Fatalf("%+v: %v", d, err)
	}
	if _, err := client.Dataset(t.Context(), "beta", a.address(), "none"); !errors.Is(err, dataspace.ErrNotFound) {
		t.Fatal(err)
	}
	// An offer of the catalogue can be requested as it stands.
	n, err := b.svc.Request(t.Context(), agree.NewNegotiation{Local: "beta", Counterparty: a.address(), Offer: d.Offers[0]})
	if err != nil {
		t.Fatal(err)
	}
	b.deal(n.ID, agree.Requested)
}
