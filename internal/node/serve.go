package node

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"time"

	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/dsp"
	"hutong/internal/exchange"
	"hutong/internal/gateway"
)

// The paths on the public address.
const (
	dataPath    = "/data/"
	witnessPath = "/witness"
	logPath     = "/log/"
)

// stopTimeout is the time that open requests have to end.
const stopTimeout = 10 * time.Second

// logTimeout is the time that the log has to cover its last entries with a
// checkpoint. It begins when the requests have ended.
const logTimeout = 30 * time.Second

// PublicHandler returns the handler that peers reach.
func (n *Node) PublicHandler() http.Handler {
	who := identity{n.Gateway}
	card := n.Gateway.Handler()
	ex := exchange.Handler(n.Flows.Signing, who.Authenticate)
	mux := http.NewServeMux()
	mux.Handle(gateway.CardPath, card)
	mux.Handle("/gateway/participants/", card)
	mux.Handle("/gateway/notes/", ex)
	mux.Handle("/gateway/receipts/", ex)
	mux.Handle("/p/", dsp.NewServer(dsp.ServerConfig{
		Agree: n.Agree, Authenticator: who, Logger: n.logger,
		BaseURL: func(id dataspace.ParticipantID) string { return n.Config.URL + dsp.BasePath(id) },
		Exists: func(ctx context.Context, id dataspace.ParticipantID) bool {
			_, err := n.Gateway.Participant(ctx, id)
			return err == nil
		},
	}))
	mux.Handle(dataPath, http.StripPrefix(dataPath[:len(dataPath)-1], n.data))
	mux.Handle(witnessPath+"/", n.forPeers(gateway.Witness, http.StripPrefix(witnessPath, n.witness.Handler())))
	mux.Handle(logPath, n.forPeers(gateway.Witness, http.StripPrefix(logPath[:len(logPath)-1], n.Log.Handler())))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	return mux
}

// forPeers lets only the gateways of confirmed peers through.
func (n *Node) forPeers(op gateway.Operation, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := n.Gateway.Authenticate(r.Context(), "", r)
		if err == nil {
			err = n.Gateway.Allow(r.Context(), c.Peer, op, "")
		}
		if err != nil {
			http.Error(w, "for confirmed peers only", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// Run starts the services and serves until ctx ends, then stops cleanly: open
// requests end, and unfinished work is on disk and continues at the next start.
// management answers on its own listener. Run calls ready when both accept
// connections.
func (n *Node) Run(ctx context.Context, management http.Handler, ready func(public, management net.Addr)) (err error) {
	private, err := new(net.ListenConfig).Listen(ctx, "tcp", n.Config.Management)
	if err != nil {
		return &dataspace.Problem{Kind: dataspace.ErrUnavailable, Code: "serve.listen", Place: "management", Message: "the address of the management API cannot be used", Err: err,
			Hint: "choose another address in the configuration or with --management"}
	}
	if err := n.start(ctx); err != nil {
		return errors.Join(err, private.Close())
	}
	defer n.chores.Close()
	n.chores.Wake(tidyCounts)
	n.chores.Wake(tidyUploads)
	n.chores.Wake(lookAtFlows)
	n.chores.Wake(goOver)
	servers := []*http.Server{n.server(n.PublicHandler()), n.server(management)}
	failed := make(chan error, len(servers))
	for i, l := range []net.Listener{n.public, private} {
		go func() { failed <- servers[i].ServeTLS(l, "", "") }()
	}
	ready(n.public.Addr(), private.Addr())
	select {
	case <-ctx.Done():
	case err = <-failed:
		err = fmt.Errorf("serve: %w", err)
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	// A stream lasts as long as its recipient reads. End the streams first; the
	// recipients connect again and resume.
	errs := []error{err, n.data.Close()}
	for _, s := range servers {
		if err := s.Shutdown(stop); err != nil {
			errs = append(errs, s.Close())
		}
	}
	n.Flows.Close()
	//lint:ignore contextcheck closing writes what is left, and has to finish it
	errs = append(errs, n.Agree.Close())
	last, done := context.WithTimeout(context.WithoutCancel(ctx), logTimeout)
	defer done()
	return errors.Join(append(errs, n.Log.Close(last))...)
}

func (n *Node) server(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, TLSConfig: n.keys.ServerTLS(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slogErrors(n.logger),
	}
}

// start continues the work that an earlier run left unfinished. The witnesses
// of the peers must be known before.
func (n *Node) start(ctx context.Context) error {
	peers, err := n.Gateway.Peers(ctx)
	if err != nil {
		return err
	}
	for _, p := range peers {
		if p.State == gateway.Confirmed {
			if err := n.PeerConfirmed(ctx, p); err != nil {
				return err
			}
		}
	}
	if err := checkPapers(ctx, n); err != nil {
		return err
	}
	if err := n.rulesChanged(ctx); err != nil {
		return err
	}
	if err := n.Agree.Start(); err != nil {
		return err
	}
	return n.Flows.Start()
}

// Clock is the clock of this gateway.
func (n *Node) Clock() clock.Clock { return n.clock }

// Close closes everything. Run must have returned.
func (n *Node) Close() error { return n.release() }

// Ready reports, as an error, why the gateway cannot work.
func (n *Node) Ready(ctx context.Context) error {
	if err := n.state.ready(ctx); err != nil {
		return fmt.Errorf("state: %w", err)
	}
	if err := n.Log.Health(); err != nil {
		return fmt.Errorf("evidence log: %w", err)
	}
	if err := n.Log.Contradicted(); err != nil {
		return fmt.Errorf("evidence log: %w", err)
	}
	return nil
}

// slogErrors receives the messages of net/http, such as failed handshakes.
func slogErrors(l *slog.Logger) *log.Logger {
	return slog.NewLogLogger(l.Handler(), slog.LevelDebug)
}

// Forks is the number of forks in peers' logs that the witness has refused
// since the start.
func (n *Node) Forks() int64 { return n.forks.Load() }
