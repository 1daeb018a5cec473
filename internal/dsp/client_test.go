package dsp_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/dsp"
)

// bearer is an identity that shows whether its token was sent to a wrong place.
type bearer struct{}

func (bearer) Authorize(_ context.Context, r *http.Request, _ dataspace.ParticipantID, _ dataspace.Counterparty) error {
	r.Header.Set("Authorization", "secret")
	return nil
}

func (bearer) HTTPClient(dataspace.Counterparty) *http.Client { return http.DefaultClient }

func client() *dsp.Client {
	return dsp.NewClient(dsp.ClientConfig{
		Credentials: bearer{},
		BaseURL:     func(p dataspace.ParticipantID) string { return "https://me" + dsp.BasePath(p) },
	})
}

func verify(address string) agree.Delivery {
	return agree.Delivery{
		Kind: agree.KindNegotiation, Local: "beta", Role: dataspace.Consumer,
		Counterparty: dataspace.Counterparty{Participant: "alpha", Address: address},
		Message:      agree.Message{ID: "urn:1", Type: agree.MsgVerify, ProviderPID: "p/1", ConsumerPID: "c1"},
	}
}

// TestAnswers: which answers are final, and after which the message is sent
// again.
func TestAnswers(t *testing.T) {
	ack := `{"@context":["` + dsp.Context + `"],"@type":"ContractNegotiation","providerPid":"p/1","consumerPid":"c1","state":"VERIFIED"}`
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   error // nil: delivered
		final  bool
	}{
		{"acknowledged", 200, ack, nil, false},
		{"no body", 200, "", nil, false},
		{"odd body", 200, `{"ok":true}`, nil, false},
		{"created", 201, ack, nil, false},
		{"not found", 404, "", dataspace.ErrNotFound, false},
		{"overloaded", 429, "", dataspace.ErrUnavailable, false},
		{"broken", 500, "", dataspace.ErrUnavailable, false},
		{"moved", 302, "", dataspace.ErrUnavailable, false},
		{"refused", 400, `{"code":"no","reason":[{"@value":"not so"}]}`, dataspace.ErrDenied, true},
		{"refused in no words", 403, "<html>", dataspace.ErrDenied, true},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			astray := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("followed a redirect") }))
			defer astray.Close()
			peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.EscapedPath() != "/base/negotiations/p%2F1/agreement/verification" || r.Header.Get("Authorization") != "secret" {
					t.Errorf("%s with %q", r.URL.EscapedPath(), r.Header.Get("Authorization"))
				}
				w.Header().Set("Location", astray.URL)
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			}))
			defer peer.Close()
			_, err := client().Send(t.Context(), verify(peer.URL+"/base/"))
			var refused *agree.RefusedError
			if !errors.Is(err, c.want) || errors.As(err, &refused) != c.final {
				t.Fatalf("%v", err)
			}
			if c.status == 400 && (refused.Code != "no" || refused.Reason[0] != "not so") {
				t.Fatalf("%+v", refused)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	peer := httptest.NewServer(nil)
	peer.Close()
	if _, err := client().Send(t.Context(), verify(peer.URL)); !errors.Is(err, dataspace.ErrPeerUnreachable) {
		t.Fatal(err)
	}
}

func TestFirstNeedsAPid(t *testing.T) {
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{}`)) }))
	defer peer.Close()
	d := verify(peer.URL)
	d.Initial, d.Message = true, agree.Message{ID: "urn:1", Type: agree.MsgRequest, ConsumerPID: "c1", Offer: []byte(`{"@id":"o","@type":"Offer","target":"d","permission":[{"action":"use"}]}`)}
	if _, err := client().Send(t.Context(), d); !errors.Is(err, dataspace.ErrUnavailable) {
		t.Fatal(err)
	}
}

// TestCataloguePages follows links to the end, leaves out unusable datasets,
// and does not follow a link to another host.
func TestCataloguePages(t *testing.T) {
	dataset := func(id, distribution string) string {
		return fmt.Sprintf(`{"@id":%q,"@type":"Dataset","x:y":1,"hasPolicy":[{"@id":"o-%s","@type":"Offer","permission":[{"action":"use"}]}],"distribution":[%s]}`, id, id, distribution)
	}
	served := `{"@type":"Distribution","format":"HttpData-PULL","accessService":"s"}`
	page := func(sets ...string) string {
		return `{"@context":["` + dsp.Context + `","https://w3id.org/edc/dspace/v0.0.1"],"@id":"c","@type":"Catalog","participantId":"edc","dataset":[` + strings.Join(sets, ",") + `]}`
	}
	var link string
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("page") {
		case "":
			w.Header().Set("Link", `<?page=0>; rel="previous", </catalog/request?page=2>; rel="next"`)
			_, _ = w.Write([]byte(page(dataset("a", served), dataset("b", ""))))
		case "2":
			if link != "" {
				w.Header().Set("Link", link)
			}
			_, _ = w.Write([]byte(page(dataset("c", served))))
		}
	}))
	defer peer.Close()
	at := dataspace.Counterparty{Participant: "edc", Address: peer.URL}
	c, err := client().Catalogue(t.Context(), "beta", at)
	if err != nil || len(c.Datasets) != 2 || c.Unusable != 1 || c.Datasets[1].ID != "c" {
		t.Fatalf("%+v: %v", c, err)
	}
	if want := `{"@id":"o-a","@type":"Offer","permission":[{"action":"use"}],"target":"a"}`; string(c.Datasets[0].Offers[0]) != want {
		t.Fatalf("%s", c.Datasets[0].Offers[0])
	}
	link = `<https://elsewhere.example/>; rel=next`
	if _, err := client().Catalogue(t.Context(), "beta", at); !errors.Is(err, dataspace.ErrDenied) {
		t.Fatal(err)
	}
	link = `<?page=2>; rel=next` // a circle ends
	if _, err := client().Catalogue(t.Context(), "beta", at); err != nil {
		t.Fatal(err)
	}
}

// TestCatalogueWithoutEnd: the client stops before endless pages fill the
// memory.
func TestCatalogueWithoutEnd(t *testing.T) {
	page := `{"@context":["` + dsp.Context + `"],"@id":"c","@type":"Catalog","participantId":"edc"}` + strings.Repeat(" ", 16<<20)
	var pages int
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		pages++
		w.Header().Set("Link", fmt.Sprintf(`<?page=%d>; rel="next"`, pages))
		_, _ = w.Write([]byte(page))
	}))
	defer peer.Close()
	_, err := client().Catalogue(t.Context(), "beta", dataspace.Counterparty{Participant: "edc", Address: peer.URL})
	if !errors.Is(err, dataspace.ErrInvalid) || pages > 5 {
		t.Fatalf("%d pages, %v", pages, err)
	}
}
