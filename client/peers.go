package client

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// The states of a peer. The gateway communicates only with confirmed peers.
const (
	PeerPending   = "pending" // its fingerprint has not been compared
	PeerConfirmed = "confirmed"
)

// Peer is another gateway, under the name an operator gave it.
type Peer struct {
	Name        string     `json:"name"`
	URL         string     `json:"url"` // as the operator gave it
	Card        Card       `json:"card"`
	Fingerprint string     `json:"fingerprint"`
	State       string     `json:"state"`
	Policy      Policy     `json:"policy"`
	Added       time.Time  `json:"added"`
	Confirmed   *time.Time `json:"confirmed,omitempty"`
	Version     int64      `json:"version"`
}

// Policy says what is allowed between a gateway and one peer, in both
// directions.
type Policy struct {
	// Cut stops everything immediately, including running deliveries.
	Cut    bool   `json:"cut,omitempty"`
	Reason string `json:"reason,omitempty"` // why it is cut, for people here
	// Allow lists the allowed operations; all others are refused.
	Allow []string `json:"allow"`
	// Purposes limits flows to these; empty: any purpose.
	Purposes []string `json:"purposes,omitempty"`
}

// NewPeer asks to add a gateway by its address.
type NewPeer struct {
	Name string `json:"name"`
	URL  string `json:"url" doc:"https://host:port"`
}

// ConfirmPeer trusts a peer from now on.
type ConfirmPeer struct {
	Fingerprint string `json:"fingerprint" doc:"fingerprint that the peer's operator reads out"`
}

// CutPeer gives the reason for a cut.
type CutPeer struct {
	Reason string `json:"reason"`
}

// ResumePeer has no members.
type ResumePeer struct{}

// Catalogue lists the offers of a participant behind a peer.
type Catalogue struct {
	Datasets []Offered `json:"datasets"`
}

// Offered is a dataset in another participant's catalogue.
type Offered struct {
	ID          string            `json:"id"`
	Title       string            `json:"title,omitempty"`
	Description string            `json:"description,omitempty"`
	Offers      []json.RawMessage `json:"offers" doc:"ODRL offers that can be requested"`
	Formats     []string          `json:"formats"`
}

// Peers gives access to other gateways.
type Peers struct{ t *transport }

// List ranges over peers, in order of name.
func (a Peers) List(ctx context.Context) iter.Seq2[Peer, error] {
	return pages(func(p Page) ([]Peer, string, error) { return page[Peer](ctx, a.t, "/peers", url.Values{}, p) })
}

// Get returns one; ErrNotFound.
func (a Peers) Get(ctx context.Context, name string) (Peer, error) {
	return call[Peer](ctx, a.t, http.MethodGet, path("peers", name), nil)
}

// Add fetches the card of a gateway, for its fingerprint to be compared.
// ErrPeerUnreachable.
func (a Peers) Add(ctx context.Context, in NewPeer) (Peer, error) {
	return call[Peer](ctx, a.t, http.MethodPost, "/peers", in)
}

// Confirm trusts a peer whose fingerprint was compared. ErrDenied if it is
// another.
func (a Peers) Confirm(ctx context.Context, name, fingerprint string) (Peer, error) {
	return a.change(ctx, name, "confirm", ConfirmPeer{fingerprint})
}

// SetPolicy replaces the policy between the two gateways.
func (a Peers) SetPolicy(ctx context.Context, name string, p Policy) (Peer, error) {
	return a.change(ctx, name, "policy", p)
}

// Suspend stops every exchange with a peer immediately.
func (a Peers) Suspend(ctx context.Context, name, reason string) (Peer, error) {
	return a.change(ctx, name, "suspend", CutPeer{reason})
}

// Resume allows the exchange with a suspended peer again.
func (a Peers) Resume(ctx context.Context, name string) (Peer, error) {
	return a.change(ctx, name, "resume", ResumePeer{})
}

// Remove removes a peer. It returns ErrConflict while flows with the peer are
// open.
func (a Peers) Remove(ctx context.Context, name string) error {
	return a.t.remove(ctx, path("peers", name))
}

// Catalogue ranges over the offers of a participant behind the peer to the
// local participant.
func (a Peers) Catalogue(ctx context.Context, name, participant, as string) iter.Seq2[Offered, error] {
	return pages(func(p Page) ([]Offered, string, error) { return a.CataloguePage(ctx, name, participant, as, p.Cursor) })
}

// CataloguePage returns one page of a catalogue, and the cursor of the next;
// empty at the end. An empty cursor is the first page. The other side decides
// the length of a page.
func (a Peers) CataloguePage(ctx context.Context, name, participant, as, cursor string) (list []Offered, next string, err error) {
	at := path("peers", name, "participants", participant, "catalogue")
	c, h, err := answer[Catalogue](ctx, a.t, http.MethodGet, at+query(values("as", as, "cursor", cursor)), nil)
	return c.Datasets, h.Get(NextHeader), err
}

func (a Peers) change(ctx context.Context, name, what string, in any) (Peer, error) {
	return call[Peer](ctx, a.t, http.MethodPost, path("peers", name, what), in)
}
