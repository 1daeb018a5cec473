package pair

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"hutong/internal/api"
	"hutong/internal/dataspace"
)

// Client speaks to the management API of a gateway on this machine. It may be
// used by many at once.
type Client struct {
	PID       int
	base, key string
	http      *http.Client
}

// maxConnections bounds idle connections that are kept: as many callers may
// wait for a flow at the same moment.
const maxConnections = 512

// Open finds the gateway of a data directory.
func Open(dir string) (*Client, error) {
	data, err := os.ReadFile(filepath.Join(dir, "management.json"))
	if err != nil {
		return nil, err
	}
	var e struct {
		URL  string           `json:"url"`
		SPKI dataspace.Digest `json:"spki_sha256"`
		PID  int              `json:"pid"`
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return nil, fmt.Errorf("find gateway: %w", err)
	}
	key, err := os.ReadFile(filepath.Join(dir, "local.key"))
	if err != nil {
		return nil, err
	}
	return &Client{PID: e.PID, base: e.URL + api.Prefix, key: strings.TrimSpace(string(key)), http: &http.Client{Transport: &http.Transport{
		MaxIdleConnsPerHost: maxConnections,
		TLSClientConfig: &tls.Config{
			MinVersion:            tls.VersionTLS13,
			InsecureSkipVerify:    true, // the key is compared instead of a chain
			VerifyPeerCertificate: hasKey(e.SPKI),
		},
	}}}, nil
}

func hasKey(want dataspace.Digest) func([][]byte, [][]*x509.Certificate) error {
	return func(raw [][]byte, _ [][]*x509.Certificate) error {
		cert, err := x509.ParseCertificate(raw[0])
		if err != nil {
			return err
		}
		sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
		if hex.EncodeToString(sum[:]) != string(want) {
			return errors.New("another gateway's key")
		}
		return nil
	}
}

// Get reads what is at path into out, which may be nil or a *[]byte.
func (c *Client) Get(ctx context.Context, path string, out any) error {
	return c.call(ctx, http.MethodGet, path, nil, out)
}

// Post sends in and reads the answer into out.
func (c *Client) Post(ctx context.Context, path string, in, out any) error {
	data, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return c.call(ctx, http.MethodPost, path, bytes.NewReader(data), out)
}

func (c *Client) call(ctx context.Context, method, path string, body io.Reader, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, data)
	}
	switch out := out.(type) {
	case nil:
		return nil
	case *[]byte:
		*out = data
		return nil
	}
	return json.Unmarshal(data, out)
}

// Follow waits until the flow has ended or waits for a person. seen is called
// with the first view and with every change after it.
func (c *Client) Follow(ctx context.Context, f api.FlowView, seen func(api.FlowView)) (api.FlowView, error) {
	for {
		seen(f)
		if f.State.Final() || f.State.Waiting() {
			return f, nil
		}
		var next api.FlowView
		if err := c.Get(ctx, fmt.Sprintf("/flows/%s?after=%d&wait=20", f.ID, f.Version), &next); err != nil {
			return f, fmt.Errorf("follow flow %s: %w", f.ID, err)
		}
		f = next
	}
}
