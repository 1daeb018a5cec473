package api

import (
	"context"
	"encoding/json"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// NewPeer asks to add a gateway by its address.
type NewPeer struct {
	Name dataspace.PeerName `json:"name"`
	URL  string             `json:"url" doc:"https://host:port"`
}

// ConfirmPeer trusts a peer from now on.
type ConfirmPeer struct {
	Fingerprint string `json:"fingerprint" doc:"as the peer's operator reads it out"`
}

// CutPeer says why.
type CutPeer struct {
	Reason string `json:"reason"`
}

// ResumePeer has nothing to say.
type ResumePeer struct{}

// ByPeer names a peer in a path.
type ByPeer struct {
	Name dataspace.PeerName `path:"name"`
}

// Catalogue is what a participant behind a peer offers.
type Catalogue struct {
	Datasets []Offered `json:"datasets"`
}

// Offered is a dataset in another participant's catalogue.
type Offered struct {
	ID          dataspace.DatasetID `json:"id"`
	Title       string              `json:"title,omitempty"`
	Description string              `json:"description,omitempty"`
	Offers      []json.RawMessage   `json:"offers" doc:"ODRL offers, as they can be requested"`
	Formats     []string            `json:"formats"`
}

// PeerHooks are told of what an operator decides about a peer; all are needed.
type PeerHooks struct {
	Confirmed func(ctx context.Context, p gateway.Peer) error
	Cut       func(ctx context.Context, p gateway.Peer) error
	Gone      func(p gateway.Peer)
}

// Offers asks a participant behind a peer what it offers to the local one.
type Offers func(ctx context.Context, local dataspace.ParticipantID, peer dataspace.PeerName, of dataspace.ParticipantID) ([]Offered, error)

// ofPeer is a request about a peer, with a body.
type ofPeer[T any] struct {
	ByPeer
	Body T
}

// asking names a participant behind a peer, and who asks it.
type asking struct {
	ByPeer
	Participant dataspace.ParticipantID `path:"participant"`
	As          dataspace.ParticipantID `query:"as" required:"true" doc:"the local participant that asks"`
}

func (in *asking) owner() dataspace.ParticipantID { return in.As }

// peerHandlers answer for other gateways.
type peerHandlers struct {
	gateway *gateway.Service
	hooks   PeerHooks
	offered Offers
}

func (h peerHandlers) list(ctx context.Context, _ *none) (*body[[]gateway.Peer], error) {
	list, err := h.gateway.Peers(ctx)
	return &body[[]gateway.Peer]{orEmpty(list)}, err
}

func (h peerHandlers) add(ctx context.Context, in *with[NewPeer]) (*body[gateway.Peer], error) {
	p, err := h.gateway.AddPeer(ctx, in.Body.Name, in.Body.URL)
	if err == nil && p.State == gateway.Confirmed { // its address may have changed
		err = h.hooks.Confirmed(ctx, p)
	}
	return &body[gateway.Peer]{p}, err
}

func (h peerHandlers) show(ctx context.Context, in *ByPeer) (*body[gateway.Peer], error) {
	p, err := h.gateway.Peer(ctx, in.Name)
	return &body[gateway.Peer]{p}, err
}

func (h peerHandlers) confirm(ctx context.Context, in *ofPeer[ConfirmPeer]) (*body[gateway.Peer], error) {
	p, err := h.gateway.ConfirmPeer(ctx, in.Name, in.Body.Fingerprint)
	if err == nil {
		err = h.hooks.Confirmed(ctx, p)
	}
	return &body[gateway.Peer]{p}, err
}

func (h peerHandlers) policy(ctx context.Context, in *ofPeer[gateway.Policy]) (*body[gateway.Peer], error) {
	p, err := h.gateway.SetPolicy(ctx, in.Name, in.Body)
	return &body[gateway.Peer]{p}, err
}

func (h peerHandlers) suspend(ctx context.Context, in *ofPeer[CutPeer]) (*body[gateway.Peer], error) {
	p, err := h.gateway.SuspendPeer(ctx, in.Name, in.Body.Reason)
	if err == nil {
		err = h.hooks.Cut(ctx, p)
	}
	return &body[gateway.Peer]{p}, err
}

func (h peerHandlers) resume(ctx context.Context, in *ofPeer[ResumePeer]) (*body[gateway.Peer], error) {
	p, err := h.gateway.ResumePeer(ctx, in.Name)
	return &body[gateway.Peer]{p}, err
}

func (h peerHandlers) remove(ctx context.Context, in *ByPeer) (*none, error) {
	p, err := h.gateway.Peer(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	if err := h.gateway.RemovePeer(ctx, in.Name); err != nil {
		return nil, err
	}
	h.hooks.Gone(p)
	return &none{}, nil
}

func (h peerHandlers) catalogue(ctx context.Context, in *asking) (*body[Catalogue], error) {
	list, err := h.offered(ctx, in.As, in.Name, in.Participant)
	return &body[Catalogue]{Catalogue{Datasets: orEmpty(list)}}, err
}
