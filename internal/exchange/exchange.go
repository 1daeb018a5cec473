// Package exchange carries what two gateways tell each other and the dataspace
// protocol has no message for: the note of a flow, with the whole plan, and the
// signature under a receipt. It is wire form only; the flow service decides the
// content.
package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/prove"
)

// Paths below a gateway's address.
const (
	notePath    = "/gateway/notes/"
	receiptPath = "/gateway/receipts/"
)

// maxBody is the largest size of a note: enough for a plan of some thousand
// columns.
const maxBody = 4 << 20

// attemptTimeout bounds one exchange.
const attemptTimeout = 30 * time.Second

// note is flow.Note on the wire.
type note struct {
	flow.Note
	Plan json.RawMessage `json:"plan"`
}

// signing asks for a signature under a receipt.
type signing struct {
	Receipt   prove.Receipt   `json:"receipt"`
	Signature prove.Signature `json:"signature"` // the recipient's
}

// Flows is the flow service as this package needs it.
type Flows interface {
	Note(ctx context.Context, local dataspace.ParticipantID, caller dataspace.Caller, id dataspace.NegotiationID) (flow.Note, error)
	Countersign(ctx context.Context, local dataspace.ParticipantID, caller dataspace.Caller, r prove.Receipt, theirs prove.Signature) (prove.Signature, error)
}

// Authenticate says who sent a request to a local participant.
type Authenticate func(ctx context.Context, local dataspace.ParticipantID, r *http.Request) (dataspace.Caller, error)

// Handler answers other gateways. {participant} in its paths is the local
// participant that is asked.
func Handler(flows Flows, who Authenticate) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+notePath+"{participant}/{negotiation}", func(w http.ResponseWriter, r *http.Request) {
		local := dataspace.ParticipantID(r.PathValue("participant"))
		caller, err := who(r.Context(), local, r)
		if err != nil {
			refuse(w, err)
			return
		}
		n, err := flows.Note(r.Context(), local, caller, dataspace.NegotiationID(r.PathValue("negotiation")))
		if err != nil {
			refuse(w, err)
			return
		}
		answer(w, note{Note: n, Plan: json.RawMessage(n.Plan)})
	})
	mux.HandleFunc("POST "+receiptPath+"{participant}", func(w http.ResponseWriter, r *http.Request) {
		local := dataspace.ParticipantID(r.PathValue("participant"))
		caller, err := who(r.Context(), local, r)
		if err != nil {
			refuse(w, err)
			return
		}
		var in signing
		if err := decode(http.MaxBytesReader(w, r.Body, maxBody), &in); err != nil {
			refuse(w, err)
			return
		}
		sig, err := flows.Countersign(r.Context(), local, caller, in.Receipt, in.Signature)
		if err != nil {
			refuse(w, err)
			return
		}
		answer(w, sig)
	})
	return mux
}

func decode(r io.Reader, v any) error {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("read message: %w: %w", err, dataspace.ErrInvalid)
	}
	return nil
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the caller notices a broken connection
}

// refusal is an error on the wire: a code and a safe sentence.
type refusal struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func refuse(w http.ResponseWriter, err error) {
	status, r := http.StatusInternalServerError, refusal{Code: "internal", Message: "the gateway could not answer"}
	for _, c := range []struct {
		kind    error
		status  int
		code    string
		message string
	}{
		{dataspace.ErrNotFound, http.StatusNotFound, "not_found", "not found for this caller"},
		{dataspace.ErrUnauthenticated, http.StatusUnauthorized, "unauthenticated", "the token was not accepted"},
		{dataspace.ErrDenied, http.StatusForbidden, "denied", "the caller may not do this"},
		{dataspace.ErrEvidence, http.StatusBadRequest, "invalid", "the receipt does not verify"},
		{dataspace.ErrInvalid, http.StatusBadRequest, "invalid", "the message is not valid here"},
		{dataspace.ErrUnavailable, http.StatusServiceUnavailable, "unavailable", "not now"},
	} {
		if errors.Is(err, c.kind) {
			status, r = c.status, refusal{Code: c.code, Message: c.message}
			break
		}
	}
	var p *dataspace.Problem
	if errors.As(err, &p) && status != http.StatusInternalServerError {
		r.Code = p.Code
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(r) // the caller notices a broken connection
}

// Client asks other gateways.
type Client struct {
	// URL is the address of a peer's gateway.
	URL func(ctx context.Context, peer dataspace.PeerName) (string, error)
	// HTTP speaks to the peer with its keys pinned.
	HTTP func(peer dataspace.PeerName) *http.Client
	// Authorize adds a new token to a request.
	Authorize func(ctx context.Context, req *http.Request, local dataspace.ParticipantID, peer dataspace.PeerName, participant dataspace.ParticipantID) error
}

var _ flow.Receipts = (*Client)(nil)

// Note implements flow.Receipts.
func (c *Client) Note(ctx context.Context, local dataspace.ParticipantID, to flow.Address, id dataspace.NegotiationID) (flow.Note, error) {
	var n note
	err := c.do(ctx, call{local, to, http.MethodGet, notePath + url.PathEscape(string(to.Participant)) + "/" + url.PathEscape(string(id))}, nil, &n)
	if err != nil {
		return flow.Note{}, fmt.Errorf("ask %s for the note of a flow: %w", to.Peer, err)
	}
	// The plan is hashed in canonical form, so that the transport form does not
	// matter.
	n.Note.Plan, err = dataspace.NewDocument(n.Plan)
	if err != nil {
		return flow.Note{}, fmt.Errorf("read note of %s: %w: %w", to.Peer, err, dataspace.ErrInvalid)
	}
	return n.Note, nil
}

// Countersign implements flow.Receipts.
func (c *Client) Countersign(ctx context.Context, local dataspace.ParticipantID, to flow.Address, r prove.Receipt, own prove.Signature) (prove.Signature, error) {
	var sig prove.Signature
	err := c.do(ctx, call{local, to, http.MethodPost, receiptPath + url.PathEscape(string(to.Participant))}, signing{Receipt: r, Signature: own}, &sig)
	if err != nil {
		return sig, fmt.Errorf("ask %s to sign a receipt: %w", to.Peer, err)
	}
	return sig, nil
}

// call is one request to a peer on behalf of a participant.
type call struct {
	local        dataspace.ParticipantID
	to           flow.Address
	method, path string
}

// do makes a call. It sends in as JSON, unless that is nil, and reads the answer
// into out.
func (c *Client) do(ctx context.Context, ask call, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	base, err := c.URL(ctx, ask.to.Peer)
	if err != nil {
		return err
	}
	var body []byte
	if in != nil {
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, ask.method, base+ask.path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("address peer: %w", err)
	}
	if err := c.Authorize(ctx, req, ask.local, ask.to.Peer, ask.to.Participant); err != nil {
		return err
	}
	resp, err := c.HTTP(ask.to.Peer).Do(req)
	if err != nil {
		return fmt.Errorf("reach peer: %w: %w", err, dataspace.ErrPeerUnreachable)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return refused(resp)
	}
	if err := decode(io.LimitReader(resp.Body, maxBody), out); err != nil {
		return err
	}
	return nil
}

func refused(resp *http.Response) error {
	var r refusal
	_ = json.NewDecoder(io.LimitReader(resp.Body, 1<<16)).Decode(&r) // the status alone is enough
	kind := dataspace.ErrUnavailable
	switch resp.StatusCode {
	case http.StatusNotFound:
		kind = dataspace.ErrNotFound
	case http.StatusForbidden:
		kind = dataspace.ErrDenied
	case http.StatusBadRequest:
		kind = dataspace.ErrInvalid
	case http.StatusUnauthorized:
		// The cause may be a wrong clock or an unfinished pairing, which can be
		// corrected: try again.
		kind = dataspace.ErrUnavailable
	}
	return fmt.Errorf("peer answered %d %s: %w", resp.StatusCode, r.Code, kind)
}
