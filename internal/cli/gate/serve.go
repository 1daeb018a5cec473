// Package gate holds the commands that run a gateway or call a running one.
package gate

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/api"
	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/files"
	"hutong/internal/node"
)

// Serve makes "serve".
func Serve(env *frame.Env) *cobra.Command {
	var path, state, listen, management, id, jurisdiction, url string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run a gateway",
		Long: `Run a gateway until it is told to stop (SIGTERM or Ctrl-C).

Without a configuration it is closed and durable: loopback only, state in
./hutong-data, TLS with a certificate of its own. The first start prints a
set-up link, good for one hour and one use; there is no default password.
After a stop, unfinished work continues at the next start.`,
		Example: `  hutong serve
  hutong serve --config shanghai.yaml
  hutong serve --data-dir sg --gateway singapore --listen 127.0.0.1:9443 --management 127.0.0.1:9442`,
		Args: frame.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := node.LoadConfig(path)
			if err != nil {
				return &frame.UsageError{Err: err, Hint: dataspace.Hint(err)}
			}
			flags := cmd.Flags()
			if flags.Changed("data-dir") || path == "" || os.Getenv("HUTONG_DATA") != "" {
				cfg.DataDir = env.DataDir
			}
			for name, set := range map[string]func(){
				"listen": func() { cfg.Listen = listen }, "management": func() { cfg.Management = management },
				"gateway": func() { cfg.Gateway = dataspace.GatewayID(id) }, "url": func() { cfg.URL = url },
				"state": func() { cfg.State = state }, "jurisdiction": func() { cfg.Jurisdiction = dataspace.Jurisdiction(jurisdiction) },
			} {
				if flags.Changed(name) {
					set()
				}
			}
			if err := cfg.Validate(); err != nil {
				return &frame.UsageError{Err: err, Hint: dataspace.Hint(err)}
			}
			return serve(cmd.Context(), env, cfg)
		},
	}
	def := node.DefaultConfig()
	cmd.Flags().StringVar(&path, "config", "", "configuration file (YAML)")
	cmd.Flags().StringVar(&state, "state", def.State, "store of the gateway: sqlite: in the data directory, or memory: for a trial that keeps nothing")
	cmd.Flags().StringVar(&listen, "listen", def.Listen, "address that peers reach")
	cmd.Flags().StringVar(&management, "management", def.Management, "address of the management API")
	cmd.Flags().StringVar(&id, "gateway", string(def.Gateway), "name of this gateway for its peers; its keys contain the name, so choose it once")
	cmd.Flags().StringVar(&jurisdiction, "jurisdiction", "", "where the gateway stands, ISO 3166-1 alpha-2")
	cmd.Flags().StringVar(&url, "url", "", "public address that peers use; default https and --listen")
	return cmd
}

func serve(ctx context.Context, env *frame.Env, cfg node.Config) (err error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.LogLevel)); err != nil {
		return &frame.UsageError{Err: err}
	}
	logger := slog.New(slog.NewTextHandler(env.Err, &slog.HandlerOptions{Level: level}))
	if cfg.DataDir, err = filepath.Abs(cfg.DataDir); err != nil {
		return err
	}
	if cfg.KeyDir, err = filepath.Abs(cfg.KeyDir); err != nil {
		return err
	}
	n, err := node.Open(ctx, cfg, logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	secret, err := newLocalKey(cfg.DataDir)
	if err != nil {
		return err
	}
	//lint:ignore contextcheck each handler works with the context of its request
	handler := api.New(api.Config{
		Gateway: n.Gateway, Lists: n.Lists(), Flows: n.Flows, Agree: n.Agree, Counts: n.Counts, Survey: n.Survey(), Log: n.Log, Rules: n.Rules, Catalogue: n.Catalogue, Reading: n.Reading(),
		LocalKey: secret, Waybills: n.Kept.Waybills, Uploads: n.Kept.Uploads, Outbox: n.Outbox(), Peers: api.PeerHooks{Confirmed: n.PeerConfirmed, Cut: n.PeerCut, Gone: n.PeerGone},
		Ready: n.Ready, Forks: n.Forks, Version: frame.Version, Now: n.Clock().Now, Logger: logger,
	})
	place := filepath.Join(cfg.DataDir, client.EndpointFile)
	defer func() { _ = os.Remove(place) }() // the next start writes it anew
	return n.Run(ctx, handler, func(public, management net.Addr) {
		e := client.Endpoint{URL: "https://" + management.String(), SPKI: string(n.Gateway.Card().TLS), PID: os.Getpid()}
		data, err := json.Marshal(e)
		if err == nil {
			err = files.WriteFile(place, append(data, '\n'), 0o600)
		}
		if err != nil {
			logger.ErrorContext(ctx, "command line will not find this gateway", slog.Any("error", err))
		}
		greet(ctx, env, n, public, e)
	})
}

// newLocalKey writes a key for users who may read the data directory. The key
// is new at each start.
func newLocalKey(dir string) (string, error) {
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("make local key: %w", err)
	}
	secret := "hutong_" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
	if err := files.WriteFile(filepath.Join(dir, client.LocalKeyFile), []byte(secret+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("write local key: %w", err)
	}
	return secret, nil
}

func greet(ctx context.Context, env *frame.Env, n *node.Node, public net.Addr, e client.Endpoint) {
	env.Say("gateway      %s", n.Config.Gateway)
	env.Say("data         %s", n.Config.DataDir)
	env.Say("peers        %s (listening on %s)", n.Gateway.Card().URL, public)
	env.Say("management   %s", e.URL)
	env.Say("fingerprint  %s", n.Gateway.Fingerprint())
	token, expires, err := n.Gateway.NewSetup(ctx)
	switch {
	case err == nil:
		env.Say("\nset-up link, one use, until %s:\n  %s/setup#%s\n", expires.Local().Format("15:04"), e.URL, token)
	case !errors.Is(err, dataspace.ErrConflict):
		env.Say("no set-up link: %v", err)
	}
	env.Say("ready")
}
