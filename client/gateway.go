package client

import (
	"context"
	"net/http"
)

// Gateway is the description of a gateway by itself.
type Gateway struct {
	Card        Card      `json:"card"`
	Fingerprint string    `json:"fingerprint" doc:"fingerprint that the operator of a peer compares"`
	Version     string    `json:"version"`
	Packs       []PackRef `json:"packs"`
}

// Card is what a gateway shows to others.
type Card struct {
	Gateway      string   `json:"gateway"`
	Name         string   `json:"name,omitempty"`
	Jurisdiction string   `json:"jurisdiction"`
	URL          string   `json:"url"`
	Identity     []byte   `json:"identity"` // Ed25519 public key, base64
	Log          string   `json:"log"`      // note verifier key
	Witness      string   `json:"witness"`  // cosignature/v1 verifier key
	TLS          string   `json:"tls_spki_sha256"`
	Protocols    []string `json:"protocols"`
}

// Setup uses the one-time link of a first start.
type Setup struct {
	Token string `json:"token"`
	Name  string `json:"name" doc:"name of the holder of the key"`
}

// Evidence holds the data with which this gateway's evidence is verified.
type Evidence struct {
	LogKey     string `json:"log_key" doc:"public key of the log, for hutong verify --key"`
	Checkpoint string `json:"checkpoint" doc:"newest signed tree head"`
}

// Self gives access to the gateway itself.
type Self struct{ t *transport }

// Show returns the gateway's card, fingerprint and packs in force.
func (s Self) Show(ctx context.Context) (Gateway, error) {
	return call[Gateway](ctx, s.t, http.MethodGet, "/gateway", nil)
}

// Evidence returns the log's key and newest checkpoint.
func (s Self) Evidence(ctx context.Context) (Evidence, error) {
	return call[Evidence](ctx, s.t, http.MethodGet, "/evidence", nil)
}

// Setup makes the first operator's key; it needs no key. ErrUnauthenticated
// if the link was used or is too old.
func (s Self) Setup(ctx context.Context, in Setup) (IssuedKey, error) {
	return call[IssuedKey](ctx, s.t, http.MethodPost, "/setup", in)
}
