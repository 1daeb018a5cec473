package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/dsp"
	"hutong/internal/odrl"
	"hutong/internal/sqlite"
)

const (
	self   = dataspace.ParticipantID("tested")
	kit    = dataspace.ParticipantID("TCK_PARTICIPANT") // what the kit calls itself
	secret = "kit-authorization"
	format = "HttpData-PULL"
)

// connector is the connector under test: the packages of the product, driven
// by scripts instead of by flows.
type connector struct {
	url    string // without a trailing slash
	db     *sqlite.DB
	svc    *agree.Service
	server *http.Server
}

// broken are transitions that can be broken on purpose, to see that the gate
// fails: messages to these paths are acknowledged and thrown away. test is one
// that cannot succeed then.
var broken = map[string]struct{ path, test string }{
	"ACCEPTED":   {"/events", "CN:01-03"},
	"VERIFIED":   {"/agreement/verification", "CN:01-04"},
	"TERMINATED": {"/termination", "CN:02-02"},
	"SUSPENDED":  {"/suspension", "TP_C:01-03"},
}

// openConnector starts a connector on a free port of the loopback interface,
// with its state in dir.
func openConnector(ctx context.Context, dir, breaks string, logger *slog.Logger) (*connector, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	c := &connector{url: "http://" + listener.Addr().String()}
	if c.db, err = sqlite.Open(ctx, filepath.Join(dir, "tck.db")); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	store := sqlite.NewAgree(c.db)
	if err := preload(ctx, store); err != nil {
		return nil, errors.Join(err, listener.Close(), c.db.Close())
	}
	base := func(p dataspace.ParticipantID) string { return c.url + dsp.BasePath(p) }
	identity := fixed{client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}
	play := &player{done: map[string]int{}}
	c.svc = agree.New(agree.Config{
		Store: store, Handler: play, Catalogue: datasets{}, Logger: logger,
		Sender: dsp.NewClient(dsp.ClientConfig{Credentials: identity, BaseURL: base, Logger: logger}),
	})
	play.svc = c.svc
	mux := http.NewServeMux()
	mux.Handle("/p/", dsp.NewServer(dsp.ServerConfig{
		Agree: c.svc, Authenticator: identity, BaseURL: base, Logger: logger,
		Exists: func(_ context.Context, p dataspace.ParticipantID) bool { return p == self },
	}))
	mux.HandleFunc("POST /trigger/negotiations", c.triggerNegotiation)
	mux.HandleFunc("POST /trigger/transfers", c.triggerTransfer)
	c.server = &http.Server{Handler: lossy(mux, broken[breaks].path), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = c.server.Serve(listener) }() // ends with Close
	return c, nil
}

// lossy throws away messages to paths that end with suffix.
func lossy(next http.Handler, suffix string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if suffix != "" && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, suffix) {
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Close stops the connector.
func (c *connector) Close() error {
	return errors.Join(c.server.Close(), c.svc.Close(), c.db.Close())
}

// trigger is the body with which the kit asks the connector to begin.
type trigger struct {
	ProviderID       dataspace.ParticipantID
	OfferID          string
	DatasetID        string
	AgreementID      dataspace.AgreementID
	Format           string
	ConnectorAddress string
}

func (t trigger) provider() dataspace.Counterparty {
	return dataspace.Counterparty{Participant: t.ProviderID, Address: strings.TrimSuffix(t.ConnectorAddress, "/")}
}

func (c *connector) triggerNegotiation(w http.ResponseWriter, r *http.Request) {
	var t trigger
	if err := json.NewDecoder(r.Body).Decode(&t); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p := offer(t.OfferID)
	p.Target = t.DatasetID
	data, err := p.JSON()
	if err == nil {
		_, err = c.svc.Request(r.Context(), agree.NewNegotiation{Local: self, Counterparty: t.provider(), Offer: data})
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

func (c *connector) triggerTransfer(w http.ResponseWriter, r *http.Request) {
	var t trigger
	if err := json.NewDecoder(r.Body).Decode(&t); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	provider := t.provider()
	_, err := c.svc.RequestTransfer(r.Context(), agree.NewTransfer{
		Local: self, Counterparty: &provider, AgreementID: t.AgreementID, Format: t.Format,
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

// fixed is the identity that the kit can prove: one header.
type fixed struct{ client *http.Client }

// Authenticate treats a caller with the header as the kit.
func (fixed) Authenticate(_ context.Context, local dataspace.ParticipantID, r *http.Request) (dataspace.Caller, error) {
	if local != self {
		return dataspace.Caller{}, dataspace.ErrNotFound
	}
	if r.Header.Get("Authorization") != secret {
		return dataspace.Caller{}, dataspace.ErrUnauthenticated
	}
	return dataspace.Caller{Participant: kit}, nil
}

// Authorize adds the header.
func (fixed) Authorize(_ context.Context, r *http.Request, _ dataspace.ParticipantID, _ dataspace.Counterparty) error {
	r.Header.Set("Authorization", secret)
	return nil
}

// HTTPClient returns the same client for everybody.
func (f fixed) HTTPClient(dataspace.Counterparty) *http.Client { return f.client }

// offer is the only policy that the kit knows: use, without a constraint.
func offer(id string) odrl.Policy {
	return odrl.Policy{ID: id, Type: odrl.TypeOffer, Permission: []odrl.Rule{{Action: odrl.ActionUse}}}
}

// datasets are the datasets that the kit expects in the catalogue.
type datasets struct{}

// Datasets lists the preloaded datasets.
func (datasets) Datasets(context.Context, dataspace.ParticipantID, dataspace.Caller, dataspace.DatasetID, int) ([]agree.Dataset, error) {
	var out []agree.Dataset
	for _, id := range catalogued() {
		out = append(out, agree.Dataset{
			ID: dataspace.DatasetID(id), Formats: []string{format},
			Offers: []odrl.Policy{offer("CD123:" + id + ":456")},
		})
	}
	return out, nil
}

// Dataset returns one of them.
func (d datasets) Dataset(ctx context.Context, local dataspace.ParticipantID, caller dataspace.Caller, id dataspace.DatasetID) (agree.Dataset, error) {
	all, err := d.Datasets(ctx, local, caller, "", 0)
	for _, one := range all {
		if one.ID == id {
			return one, nil
		}
	}
	return agree.Dataset{}, errors.Join(dataspace.ErrNotFound, err)
}

func catalogued() []string {
	out := []string{"CAT0101", "CAT0102"}
	for _, key := range keys() {
		if strings.HasPrefix(key, "ACN0") {
			out = append(out, key)
		}
	}
	return out
}

// preload stores the agreements that the kit's transfers refer to, as
// negotiations that were finalized before the run.
func preload(ctx context.Context, store agree.Store) error {
	now := time.Now().UTC()
	for _, key := range keys() {
		role := dataspace.Provider
		switch {
		case strings.HasPrefix(key, "ATPC"):
			role = dataspace.Consumer
		case !strings.HasPrefix(key, "ATP"):
			continue
		}
		body, err := json.Marshal(map[string]any{
			"role": role, "local": self, "counterparty": dataspace.Counterparty{Participant: kit},
			"state": agree.Finalized, "dataset": "dataset-" + key, "agreement_id": key,
			"created": now, "updated": now,
		})
		if err != nil {
			return fmt.Errorf("encode agreement %s: %w", key, err)
		}
		err = store.Create(ctx, agree.Row{
			Ref: agree.Ref{Kind: agree.KindNegotiation, ID: "preloaded-" + key}, Local: self,
			Agreement: dataspace.AgreementID(key), State: agree.Finalized, Body: body, Created: now, Updated: now,
		})
		if err != nil {
			return fmt.Errorf("preload agreement %s: %w", key, err)
		}
	}
	return nil
}
