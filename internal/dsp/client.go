package dsp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
)

// attemptTimeout is the time limit of one exchange with another connector.
// After it the attempt has failed, and the message is sent again.
const attemptTimeout = 30 * time.Second

// ClientConfig has the parts of a Client; Logger may be nil.
type ClientConfig struct {
	Credentials Credentials
	// BaseURL is the DSP base of a local participant as others reach it: the
	// callback address of its messages.
	BaseURL func(local dataspace.ParticipantID) string
	// Witnessed says what a transfer request tells a counterparty of its log, in
	// the moment it is sent; nil says nothing.
	Witnessed func(ctx context.Context, to dataspace.Counterparty) (string, error)
	Logger    *slog.Logger
}

// Client calls other connectors. It is safe for concurrent use.
type Client struct{ cfg ClientConfig }

var _ agree.Sender = (*Client)(nil)

// NewClient makes a client; it opens no connection.
func NewClient(cfg ClientConfig) *Client {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Client{cfg: cfg}
}

// Send implements agree.Sender.
func (c *Client) Send(ctx context.Context, d agree.Delivery) (agree.Ack, error) {
	if d.Message.Type == agree.MsgTransfer && c.cfg.Witnessed != nil {
		var err error
		if d.Message.Witnessed, err = c.cfg.Witnessed(ctx, d.Counterparty); err != nil {
			return agree.Ack{}, fmt.Errorf("say what is cosigned of the log of %s: %w", d.Counterparty.Peer, err)
		}
	}
	body, err := encode(d, c.cfg.BaseURL(d.Local))
	if err != nil {
		return agree.Ack{}, err
	}
	target, err := endpoint(d)
	if err != nil {
		return agree.Ack{}, err
	}
	answer, _, err := c.do(ctx, d.Local, d.Counterparty, http.MethodPost, target, body)
	if err != nil {
		return agree.Ack{}, err
	}
	return c.ack(ctx, d, answer)
}

// ack reads an acknowledgement. Some connectors answer without a body. If the
// process is known on both sides, an unreadable answer matters as little as a
// missing one. Before that, it would leave the process without an address.
func (c *Client) ack(ctx context.Context, d agree.Delivery, answer []byte) (agree.Ack, error) {
	if len(bytes.TrimSpace(answer)) == 0 {
		return agree.Ack{}, nil
	}
	schema := schemaNegotiation
	if d.Kind == agree.KindTransfer {
		schema = schemaTransfer
	}
	m, err := decode(answer)
	if err == nil {
		err = errors.Join(check(schema, m), short(m))
	}
	switch {
	case err == nil:
		return agree.Ack{ProviderPID: text(m, "providerPid"), ConsumerPID: text(m, "consumerPid"), State: agree.State(text(m, "state"))}, nil
	case d.Initial:
		return agree.Ack{}, fmt.Errorf("read acknowledgement: %w", errors.Join(dataspace.ErrUnavailable, err))
	}
	c.cfg.Logger.DebugContext(ctx, "acknowledgement not understood", slog.String("error", err.Error()))
	return agree.Ack{}, nil
}

func endpoint(d agree.Delivery) (string, error) {
	f, err := formOf(d.Kind, d.Message.Type)
	if err != nil {
		return "", err
	}
	part := "negotiations"
	if d.Kind == agree.KindTransfer {
		part = "transfers"
	}
	base := strings.TrimSuffix(d.Counterparty.Address, "/") + "/" + part + "/"
	if d.Initial {
		return base + f.first, nil
	}
	theirs := d.Message.ProviderPID
	if d.Role == dataspace.Provider {
		theirs = d.Message.ConsumerPID
	}
	return base + url.PathEscape(theirs) + "/" + f.later, nil
}

// do makes one exchange. A definite refusal is a *agree.RefusedError; a missing
// object wraps ErrNotFound; a temporary error wraps ErrPeerUnreachable or
// ErrUnavailable.
func (c *Client) do(ctx context.Context, local dataspace.ParticipantID, to dataspace.Counterparty, method, target string, body []byte) ([]byte, http.Header, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return nil, nil, fmt.Errorf("address counterparty %s: %w", to.Participant, errors.Join(dataspace.ErrInvalid, err))
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	if err := c.cfg.Credentials.Authorize(ctx, req, local, to); err != nil {
		return nil, nil, fmt.Errorf("authorize request: %w", err)
	}
	// A redirect would send the token to another server.
	client := *c.cfg.Credentials.HTTPClient(to)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	if err != nil {
		return nil, nil, fmt.Errorf("reach counterparty %s: %w", to.Participant, errors.Join(dataspace.ErrPeerUnreachable, err))
	}
	defer res.Body.Close()
	limit := int64(maxBody)
	if method == http.MethodGet || strings.Contains(target, "/catalog/") {
		limit = maxCatalogue
	}
	answer, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read answer of counterparty %s: %w", to.Participant, errors.Join(dataspace.ErrPeerUnreachable, err))
	}
	if int64(len(answer)) > limit {
		return nil, nil, fmt.Errorf("read answer of counterparty %s: larger than %d bytes: %w", to.Participant, limit, dataspace.ErrUnavailable)
	}
	return answer, res.Header, outcome(res.StatusCode, answer)
}

// outcome classifies a status. 404 is not a definite answer in this protocol: a
// connector that has not stored the process yet, or that is starting, also
// sends it.
func outcome(status int, answer []byte) error {
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusNotFound:
		return fmt.Errorf("counterparty answered 404: %w", dataspace.ErrNotFound)
	case status == http.StatusUnauthorized:
		// The cause may be a wrong clock or an unconfirmed pairing; after
		// correction the same message is accepted.
		return fmt.Errorf("counterparty answered 401: %w", dataspace.ErrUnavailable)
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests:
		return fmt.Errorf("counterparty answered %d: %w", status, dataspace.ErrUnavailable)
	case status >= 400 && status < 500:
		r := &agree.RefusedError{Status: status}
		if m, err := decode(answer); err == nil {
			r.Code, r.Reason = text(m, "code"), reasons(m["reason"])
		}
		if rs := []rune(r.Code); len(rs) > maxReasonText {
			r.Code = string(rs[:maxReasonText])
		}
		return r
	}
	return fmt.Errorf("counterparty answered %d: %w", status, dataspace.ErrUnavailable)
}
