package client

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Client speaks to one gateway as the holder of one API key. It is safe for
// concurrent use.
type Client struct{ t *transport }

// Prefix is where the API is on the management address.
const Prefix = "/api/v1"

// Files that a running gateway keeps in its data directory for programs that
// may read it.
const (
	EndpointFile = "management.json"
	LocalKeyFile = "local.key"
)

// Endpoint is what EndpointFile holds: where the gateway is managed, and by
// which key its server is known.
type Endpoint struct {
	URL  string `json:"url"`
	SPKI string `json:"spki_sha256"` // SHA-256 of the certificate's public key, hexadecimal
	PID  int    `json:"pid"`
}

// ReadEndpoint finds the gateway that runs on a data directory;
// ErrUnavailable if none does.
func ReadEndpoint(dir string) (Endpoint, error) {
	var e Endpoint
	data, err := os.ReadFile(filepath.Join(dir, EndpointFile))
	if errors.Is(err, fs.ErrNotExist) {
		return e, &Error{Kind: kindOf(ErrUnavailable), Code: "gateway.none", Message: "no gateway runs on " + dir,
			Hint: fmt.Sprintf("start one with 'hutong serve --data-dir %s'", dir)}
	}
	if err != nil {
		return e, fmt.Errorf("find gateway: %w", err)
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return e, fmt.Errorf("find gateway: read %s: %w", EndpointFile, err)
	}
	return e, nil
}

// Open makes a client for the gateway that runs on a data directory of this
// machine. keyFile holds the API key; empty: the local key, which acts as an
// operator. The server is trusted by the key that the directory names.
func Open(dir, keyFile string) (*Client, error) {
	e, err := ReadEndpoint(dir)
	if err != nil {
		return nil, err
	}
	if keyFile == "" {
		keyFile = filepath.Join(dir, LocalKeyFile)
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, &Error{Kind: kindOf(ErrUnauthenticated), Code: "key.file", Message: "the API key cannot be read", Hint: "name a readable file with the key; 'hutong key add' makes keys", cause: err}
	}
	return New(e.URL, strings.TrimSpace(string(key)), TrustKey(e.SPKI))
}

// New makes a client for the gateway at the URL, such as
// https://gateway.example.org:8442. An empty key can only be used for what
// needs none. Without an option the server is trusted by the authorities of
// the system.
func New(base, key string, options ...Option) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return nil, &Error{Kind: kindOf(ErrInvalid), Code: "client.url", Place: base, Message: "expected https://host:port"}
	}
	t := &transport{base: strings.TrimSuffix(base, "/") + Prefix, key: key}
	conf := &tls.Config{MinVersion: tls.VersionTLS13}
	for _, o := range options {
		if err := o(conf, t); err != nil {
			return nil, err
		}
	}
	if t.http == nil {
		t.http = &http.Client{Transport: &http.Transport{TLSClientConfig: conf, MaxIdleConnsPerHost: maxConnections}}
	}
	return &Client{t}, nil
}

// maxConnections bounds idle connections that are kept: as many callers may
// wait for flows at the same moment.
const maxConnections = 512

// Option says by what a server is trusted, or how it is reached.
type Option func(*tls.Config, *transport) error

// TrustKey trusts the one server whose certificate has this key: the SHA-256
// of its public key in hexadecimal, as in EndpointFile and in a gateway's card.
func TrustKey(spki string) Option {
	return func(c *tls.Config, _ *transport) error {
		c.InsecureSkipVerify = true // the key below is compared instead of a chain
		c.VerifyConnection = func(s tls.ConnectionState) error { return hasKey(s, spki) }
		return nil
	}
}

// TrustCA trusts servers by the authorities of these certificates (PEM).
func TrustCA(pem []byte) Option {
	return func(c *tls.Config, _ *transport) error {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return &Error{Kind: kindOf(ErrInvalid), Code: "client.ca", Message: "expected certificates, PEM"}
		}
		return nil
	}
}

// Through sends requests through an HTTP client of the caller, which then
// decides whom to trust.
func Through(h *http.Client) Option {
	return func(_ *tls.Config, t *transport) error { t.http = h; return nil }
}

// Gateway answers for the gateway itself, its set-up and its log.
func (c *Client) Gateway() Self { return Self(*c) }

// Keys answers for API keys.
func (c *Client) Keys() Keys { return Keys(*c) }

// Participants answers for the organisations behind the gateway.
func (c *Client) Participants() Participants { return Participants(*c) }

// Uploads sends files to the gateway.
func (c *Client) Uploads() Uploads { return Uploads(*c) }

// Datasets answers for registered datasets.
func (c *Client) Datasets() Datasets { return Datasets(*c) }

// Instruments answers for legal documents.
func (c *Client) Instruments() Instruments { return Instruments(*c) }

// Peers answers for other gateways.
func (c *Client) Peers() Peers { return Peers(*c) }

// Flows answers for datasets on their way.
func (c *Client) Flows() Flows { return Flows(*c) }

// Obligations answers for what is to be done about flows.
func (c *Client) Obligations() Obligations { return Obligations(*c) }

// Counts answers for people exported in a year.
func (c *Client) Counts() Counts { return Counts(*c) }

// Law answers by the packs in force, without a flow.
func (c *Client) Law() Law { return Law(*c) }

// Filings answers for documents that authorities ask for.
func (c *Client) Filings() Filings { return Filings(*c) }

// Packs answers for rule packs.
func (c *Client) Packs() Packs { return Packs(*c) }
