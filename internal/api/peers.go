package api

import (
	"context"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// ByPeer names a peer in a path.
type ByPeer struct {
	Name dataspace.PeerName `path:"name"`
}

// PeerHooks are called when an operator decides about a peer; all are needed.
type PeerHooks struct {
	Confirmed func(ctx context.Context, p gateway.Peer) error
	Cut       func(ctx context.Context, p gateway.Peer) error
	Gone      func(p gateway.Peer)
}

// Offers asks a participant behind a peer for its offers to the local
// participant: the first page, or the page at the position that the page before
// named as next.
type Offers func(ctx context.Context, local dataspace.ParticipantID, of dataspace.Counterparty, at string) (list []client.Offered, next string, err error)

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
	Cursor      string                  `query:"cursor" doc:"cursor of the page, from the header Hutong-Next of the answer before; default: the first page"`
}

func (in *asking) owner() dataspace.ParticipantID { return in.As }

// offers is a response with a page of a catalogue. The other side decides the
// length of the page.
type offers struct {
	Next string `header:"Hutong-Next" doc:"cursor of the next page; absent at the end of the list"`
	Body client.Catalogue
}

// peerHandlers serve the operations on peers.
type peerHandlers struct {
	gateway *gateway.Service
	lists   gateway.Lists
	hooks   PeerHooks
	offered Offers
}

func (h peerHandlers) list(ctx context.Context, in *Paged) (*page[client.Peer], error) {
	key := func(p gateway.Peer) []string { return []string{string(p.Name)} }
	return paged[client.Peer](*in, key, func(after []string, limit int) ([]gateway.Peer, error) {
		return h.lists.PeersPage(ctx, dataspace.PeerName(after[0]), limit)
	})
}

func (h peerHandlers) add(ctx context.Context, in *with[client.NewPeer]) (*body[client.Peer], error) {
	p, err := h.gateway.AddPeer(ctx, dataspace.PeerName(in.Body.Name), in.Body.URL)
	if err == nil && p.State == gateway.Confirmed { // its address may have changed
		err = h.hooks.Confirmed(ctx, p)
	}
	return answer[client.Peer](p, err)
}

func (h peerHandlers) show(ctx context.Context, in *ByPeer) (*body[client.Peer], error) {
	p, err := h.gateway.Peer(ctx, in.Name)
	return answer[client.Peer](p, err)
}

func (h peerHandlers) confirm(ctx context.Context, in *ofPeer[client.ConfirmPeer]) (*body[client.Peer], error) {
	p, err := h.gateway.ConfirmPeer(ctx, in.Name, in.Body.Fingerprint)
	if err == nil {
		err = h.hooks.Confirmed(ctx, p)
	}
	return answer[client.Peer](p, err)
}

func (h peerHandlers) policy(ctx context.Context, in *ofPeer[client.Policy]) (*body[client.Peer], error) {
	policy, err := unwired[gateway.Policy](in.Body)
	if err != nil {
		return nil, err
	}
	p, err := h.gateway.SetPolicy(ctx, in.Name, policy)
	return answer[client.Peer](p, err)
}

func (h peerHandlers) suspend(ctx context.Context, in *ofPeer[client.CutPeer]) (*body[client.Peer], error) {
	p, err := h.gateway.SuspendPeer(ctx, in.Name, in.Body.Reason)
	if err == nil {
		err = h.hooks.Cut(ctx, p)
	}
	return answer[client.Peer](p, err)
}

func (h peerHandlers) resume(ctx context.Context, in *ofPeer[client.ResumePeer]) (*body[client.Peer], error) {
	p, err := h.gateway.ResumePeer(ctx, in.Name)
	return answer[client.Peer](p, err)
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

func (h peerHandlers) catalogue(ctx context.Context, in *asking) (*offers, error) {
	at, err := keyOf(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	list, next, err := h.offered(ctx, in.As, dataspace.Counterparty{Participant: in.Participant, Peer: in.Name}, at[0])
	if err != nil {
		return nil, err
	}
	out := &offers{Body: client.Catalogue{Datasets: orEmpty(list)}}
	if next != "" {
		out.Next = cursorOf(next)
	}
	return out, nil
}
