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

// Client calls one gateway with one API key. It is safe for concurrent use.
type Client struct{ t *transport }

// Prefix is the path of the API on the management address.
const Prefix = "/api/v1"

// Files that a running gateway keeps in its data directory for programs that
// may read it.
const (
	EndpointFile = "management.json"
	LocalKeyFile = "local.key"
)

// Endpoint is the content of EndpointFile: the management address of the
// gateway, and the key by which its server is recognised.
type Endpoint struct {
	URL  string `json:"url"`
	SPKI string `json:"spki_sha256"` // SHA-256 of the certificate's public key, hexadecimal
	PID  int    `json:"pid"`
}

// ReadEndpoint finds the gateway that runs on a data directory. It returns
// ErrUnavailable if none runs.
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
// operator. The client trusts the server by the key that the directory names.
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
// https://gateway.example.org:8442. An empty key can be used only for requests
// that need no key. Without an option the client trusts the server by the
// certificate authorities of the system.
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

// maxConnections is the largest number of idle connections: as many callers may
// wait for flows at the same time.
const maxConnections = 512

// Option says how a server is trusted or reached.
type Option func(*tls.Config, *transport) error

// TrustKey trusts the one server whose certificate has this key: the SHA-256
// of its public key in hexadecimal, as in EndpointFile and in a gateway's card.
func TrustKey(spki string) Option {
	return func(c *tls.Config, _ *transport) error {
		c.InsecureSkipVerify = true // the key is compared below; no certificate chain is checked
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

// Gateway gives access to the gateway itself, its set-up and its log.
func (c *Client) Gateway() Self { return Self(*c) }

// Keys gives access to API keys.
func (c *Client) Keys() Keys { return Keys(*c) }

// Participants gives access to the organisations behind the gateway.
func (c *Client) Participants() Participants { return Participants(*c) }

// Uploads uploads files to the gateway.
func (c *Client) Uploads() Uploads { return Uploads(*c) }

// Datasets gives access to registered datasets.
func (c *Client) Datasets() Datasets { return Datasets(*c) }

// Instruments gives access to legal documents.
func (c *Client) Instruments() Instruments { return Instruments(*c) }

// Screens keeps lists of barred recipients.
func (c *Client) Screens() Screens { return Screens(*c) }

// Peers gives access to other gateways.
func (c *Client) Peers() Peers { return Peers(*c) }

// Flows gives access to flows.
func (c *Client) Flows() Flows { return Flows(*c) }

// Obligations gives access to the obligations of flows.
func (c *Client) Obligations() Obligations { return Obligations(*c) }

// Counts gives access to the counts of people exported in a year.
func (c *Client) Counts() Counts { return Counts(*c) }

// Law answers questions by the packs in force, without a flow.
func (c *Client) Law() Law { return Law(*c) }

// Filings gives access to documents that authorities ask for.
func (c *Client) Filings() Filings { return Filings(*c) }

// Packs gives access to rule packs.
func (c *Client) Packs() Packs { return Packs(*c) }
