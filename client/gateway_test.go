package client_test

import (
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"hutong/client"
	"hutong/internal/api"
	"hutong/internal/dataspace"
	register "hutong/internal/gateway"
	"hutong/internal/node"
)

// gateway is a gateway of real services with two participants, and a client of
// it with an operator's key. The function ends it.
func gateway() (*client.Client, func()) {
	dir, err := os.MkdirTemp("", "client-example-")
	must(err)
	cfg := node.DefaultConfig()
	cfg.Gateway, cfg.DataDir, cfg.Listen, cfg.Management = "here", filepath.Join(dir, "data"), "127.0.0.1:0", "127.0.0.1:0"
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	ctx := context.Background()
	n, err := node.Open(ctx, cfg, quiet)
	must(err)
	s := httptest.NewTLSServer(api.New(api.Config{
		Gateway: n.Gateway, Lists: n.Lists(), Flows: n.Flows, Agree: n.Agree, Counts: n.Counts, Survey: n.Survey(), Log: n.Log, Rules: n.Rules,
		Catalogue: n.Catalogue, Reading: n.Reading(), Waybills: n.Kept.Waybills, Uploads: n.Kept.Uploads, Outbox: n.Outbox(),
		Peers: api.PeerHooks{Confirmed: n.PeerConfirmed, Cut: n.PeerCut, Gone: n.PeerGone},
		Ready: n.Ready, Forks: n.Forks, Version: "1", Now: time.Now, Logger: quiet,
	}))
	for id, place := range map[string]string{"acme": "CN", "lion": "SG"} {
		_, err := n.Gateway.Register(ctx, register.Participant{ID: dataspace.ParticipantID(id), LegalName: dataspace.Text{EN: id}, Jurisdiction: dataspace.Jurisdiction(place)})
		must(err)
	}
	key, _, err := n.Gateway.NewKey(ctx, "operator", register.Operator, "")
	must(err)
	c, err := client.New(s.URL, key, client.TrustKey(spki(s)))
	must(err)
	return c, func() {
		s.Close()
		n.Flows.Close()
		must(errors.Join(n.Agree.Close(), n.Log.Close(ctx), n.Close(), os.RemoveAll(dir)))
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
