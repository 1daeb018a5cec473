package frame

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
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"hutong/internal/api"
	"hutong/internal/dataspace"
)

// Endpoint is what a running gateway leaves in its data directory for the
// command line: where it is managed, and the key of its certificate.
type Endpoint struct {
	URL  string           `json:"url"`
	SPKI dataspace.Digest `json:"spki_sha256"`
	PID  int              `json:"pid"`
}

const (
	EndpointFile = "management.json"
	LocalKeyFile = "local.key"
)

// Client speaks to a running gateway.
type Client struct {
	base string
	key  string
	http *http.Client
}

// Client finds the gateway of the data directory.
func (env *Env) Client() (*Client, error) {
	start := fmt.Sprintf("start one with 'hutong serve --data-dir %s'", env.DataDir)
	data, err := os.ReadFile(filepath.Join(env.DataDir, EndpointFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &dataspace.Problem{Kind: dataspace.ErrUnavailable, Code: "gateway.none", Message: fmt.Sprintf("no gateway runs on %s", env.DataDir), Hint: start}
	}
	if err != nil {
		return nil, fmt.Errorf("find gateway: %w", err)
	}
	var e Endpoint
	if err := json.Unmarshal(data, &e); err != nil {
		return nil, fmt.Errorf("find gateway: read %s: %w", EndpointFile, err)
	}
	path := env.KeyFile
	if path == "" {
		path = filepath.Join(env.DataDir, LocalKeyFile)
	}
	key, err := os.ReadFile(path)
	if err != nil {
		return nil, &dataspace.Problem{Kind: dataspace.ErrUnauthenticated, Code: "key.file", Message: "the API key cannot be read", Err: err,
			Hint: "name a readable file with --key-file; 'hutong key add' makes keys"}
	}
	return &Client{base: e.URL + api.Prefix, key: strings.TrimSpace(string(key)), http: pinned(e.SPKI)}, nil
}

// pinned is a client that trusts one key and no authority.
func pinned(pin dataspace.Digest) *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
		MinVersion:         tls.VersionTLS13,
		InsecureSkipVerify: true, // the key below is compared instead of a chain
		VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error {
			cert, err := x509.ParseCertificate(raw[0])
			if err != nil {
				return err
			}
			sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
			if hex.EncodeToString(sum[:]) != string(pin) {
				return errors.New("the server does not have the key of this data directory's gateway")
			}
			return nil
		},
	}}}
}

// Call makes one request. in may be nil, out may be nil.
func (c *Client) Call(ctx context.Context, method, path string, in, out any) error {
	resp, err := c.Do(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("read answer of the gateway: %w", err)
	}
	return nil
}

// Do makes one request and returns an answer of success; the caller closes its body.
// An error of the gateway has its kind.
func (c *Client) Do(ctx context.Context, method, path string, in any) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		p := &dataspace.Problem{Kind: dataspace.ErrUnavailable, Code: "gateway.down", Message: "the gateway does not answer", Err: err}
		if errors.Is(err, syscall.ECONNREFUSED) {
			p.Message, p.Err, p.Hint = "the gateway is not running", nil, "start it with 'hutong serve'; flows go on where they were"
		}
		return nil, p
	}
	if resp.StatusCode/100 == 2 {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, refusal(resp)
}

// refusal gives an error of the API back its kind, so that the exit code is
// the same as if the command had done the work itself.
func refusal(resp *http.Response) error {
	var e api.Error
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&e); err != nil {
		return fmt.Errorf("the gateway answered %s", resp.Status)
	}
	kind := dataspace.ErrUnavailable
	switch resp.StatusCode {
	case http.StatusNotFound:
		kind = dataspace.ErrNotFound
	case http.StatusUnauthorized:
		kind = dataspace.ErrUnauthenticated
	case http.StatusForbidden:
		kind = dataspace.ErrDenied
	case http.StatusUnprocessableEntity, http.StatusBadRequest:
		kind = dataspace.ErrInvalid
	case http.StatusConflict:
		kind = dataspace.ErrConflict
		if e.Code == "not_cleared" {
			kind = dataspace.ErrNotCleared
		}
	case http.StatusBadGateway:
		kind = dataspace.ErrPeerUnreachable
	}
	return &dataspace.Problem{Kind: kind, Code: e.Code, Message: e.Message, Hint: e.Hint}
}

// Esc escapes one segment of a path.
func Esc[T ~string](s T) string { return url.PathEscape(string(s)) }
