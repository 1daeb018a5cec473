package gateway

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"hutong/internal/dataspace"
)

// errPin means that the server does not have the pinned key.
var errPin = errors.New("the server does not have the pinned key")

// Time limits of a connection. A body has no limit: a delivery may take any
// time, and its context ends it.
const (
	dialTimeout   = 10 * time.Second
	headerTimeout = time.Minute
	idleTimeout   = 90 * time.Second
	maxIdle       = 32 // connections kept to one peer
)

// pinnedTLS accepts only the pinned key and ignores the rest of the
// certificate. An empty pin accepts every key; it is used only to fetch the
// first card, which names the key.
func pinnedTLS(pin dataspace.Digest) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		// No certificate authority is involved: VerifyConnection below is the
		// whole check. It also runs on resumed connections.
		InsecureSkipVerify: true,
		VerifyConnection: func(state tls.ConnectionState) error {
			if len(state.PeerCertificates) == 0 {
				return errPin
			}
			if pin != "" && certificatePin(state.PeerCertificates[0]) != pin {
				return errPin
			}
			return nil
		},
	}
}

func certificatePin(cert *x509.Certificate) dataspace.Digest {
	return dataspace.DigestOf(cert.RawSubjectPublicKeyInfo)
}

// newTransport uses HTTP/1.1: one TCP connection per stream is the fastest over
// long links.
func newTransport(pin dataspace.Digest) *http.Transport {
	return &http.Transport{
		DialContext:           (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSClientConfig:       pinnedTLS(pin),
		TLSHandshakeTimeout:   dialTimeout,
		ResponseHeaderTimeout: headerTimeout,
		IdleConnTimeout:       idleTimeout,
		MaxIdleConnsPerHost:   maxIdle,
		DisableCompression:    true, // the hash covers the bytes as they are sent
	}
}

// HTTPClient returns a client that speaks TLS 1.3 to one peer only: only the
// pinned key, only the peer's own addresses, no redirects, connections reused.
// It looks up the peer on each request, so that removing or cutting the peer
// takes effect immediately. It adds no token to a request; see Authorize. A
// body has no time limit: use the request's context.
func (s *Service) HTTPClient(peer dataspace.PeerName) *http.Client {
	return &http.Client{
		Transport:     &peerTransport{service: s, peer: peer},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type peerTransport struct {
	service *Service
	peer    dataspace.PeerName
}

// RoundTrip implements http.RoundTripper.
func (t *peerTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.send(req)
	if err != nil && req.Body != nil {
		_ = req.Body.Close() // a RoundTripper always closes it
	}
	return resp, err
}

func (t *peerTransport) send(req *http.Request) (*http.Response, error) {
	p, err := t.service.trusted(req.Context(), t.peer)
	if err != nil {
		return nil, err
	}
	if req.URL.Scheme != "https" || !slices.Contains(p.hosts(), req.URL.Host) {
		return nil, problem(dataspace.ErrDenied, "peer.address", string(t.peer),
			"the address is not one of this peer's", "if the peer has moved, add it again under its new address")
	}
	resp, err := t.service.transport(p.Card.TLS, req.URL.Host).RoundTrip(req)
	if err != nil {
		return nil, unreachable(req.Context(), t.peer, err)
	}
	return resp, nil
}

// hosts returns the addresses of the peer: the one that the operator gave and
// the one on its card.
func (p Peer) hosts() []string {
	var out []string
	for _, raw := range []string{p.URL, p.Card.URL} {
		if u, err := url.Parse(raw); err == nil {
			out = append(out, u.Host)
		}
	}
	return out
}

func (s *Service) transport(pin dataspace.Digest, host string) *http.Transport {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := string(pin) + " " + host
	if s.transports[key] == nil {
		s.transports[key] = newTransport(pin)
	}
	return s.transports[key]
}

func unreachable(ctx context.Context, peer dataspace.PeerName, err error) error {
	switch {
	case errors.Is(err, errPin):
		return &dataspace.Problem{Kind: dataspace.ErrDenied, Code: "peer.pin", Place: string(peer), Message: "the server at the peer's address shows another key than the pinned one",
			Err: err, Hint: "someone may be in between; if the peer's operator changed the key, remove the peer and add it again"}
	case ctx.Err() != nil:
		return fmt.Errorf("call peer %s: %w", peer, err)
	}
	return &dataspace.Problem{Kind: dataspace.ErrPeerUnreachable, Code: "peer.unreachable", Place: string(peer),
		Message: "the peer does not answer", Err: err, Hint: "is it running, and is the way to it open?"}
}

// fetchCard fetches the card from an address. The card must name the key of the
// connection.
func (s *Service) fetchCard(ctx context.Context, base string) (Card, error) {
	ctx, cancel := context.WithTimeout(ctx, headerTimeout)
	defer cancel()
	transport := newTransport("")
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+CardPath, nil)
	if err != nil {
		return Card{}, fmt.Errorf("ask for card: %w", err)
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return Card{}, &dataspace.Problem{Kind: dataspace.ErrPeerUnreachable, Code: "peer.unreachable", Place: base,
			Message: "no gateway answers there", Err: err, Hint: "is it running, and is the address right?"}
	}
	data, err := answer(resp)
	if err != nil {
		return Card{}, cardProblem("the card of the gateway cannot be fetched", err)
	}
	card, err := ParseCard(data)
	if err != nil {
		return Card{}, err
	}
	if got := certificatePin(resp.TLS.PeerCertificates[0]); got != card.TLS {
		return Card{}, &dataspace.Problem{Kind: dataspace.ErrDenied, Code: "card.pin", Place: base,
			Message: "the connection's key is not the one that the card names", Hint: "something in between ends TLS; gateways must reach each other directly"}
	}
	return card, nil
}

// answer reads a short body of a successful response and closes it.
func answer(resp *http.Response) ([]byte, error) {
	defer resp.Body.Close() // read errors are reported; an error of closing adds nothing
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxCard+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxCard {
		return nil, errors.New("the answer is too long")
	}
	if resp.StatusCode != http.StatusOK {
		return data, fmt.Errorf("the answer is %s", resp.Status)
	}
	return data, nil
}
