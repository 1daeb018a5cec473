package api

import (
	"context"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

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

func (s *server) registerPeers(api huma.API) {
	add(s, api, route{method: get, path: "/peers", summary: "List peers", tag: "peers"},
		func(ctx context.Context, _ *none) (*body[[]gateway.Peer], error) {
			if err := allowAny(ctx, gateway.ReadPeers); err != nil {
				return nil, err
			}
			list, err := s.Gateway.Peers(ctx)
			return &body[[]gateway.Peer]{orEmpty(list)}, err
		})
	add(s, api, route{method: post, path: "/peers", summary: "Fetch another gateway's card, to compare its fingerprint", tag: "peers"},
		func(ctx context.Context, in *with[NewPeer]) (*body[gateway.Peer], error) {
			if err := allow(ctx, gateway.WritePeers, ""); err != nil {
				return nil, err
			}
			p, err := s.Gateway.AddPeer(ctx, in.Body.Name, in.Body.URL)
			if err == nil && p.State == gateway.Confirmed { // its address may have changed
				err = s.PeerConfirmed(ctx, p)
			}
			return &body[gateway.Peer]{p}, err
		})
	add(s, api, route{method: get, path: "/peers/{name}", summary: "Show a peer", tag: "peers"},
		func(ctx context.Context, in *ByPeer) (*body[gateway.Peer], error) {
			if err := allowAny(ctx, gateway.ReadPeers); err != nil {
				return nil, err
			}
			p, err := s.Gateway.Peer(ctx, in.Name)
			return &body[gateway.Peer]{p}, err
		})
	changePeer(s, api, "/confirm", "Trust a peer whose fingerprint was compared", func(ctx context.Context, name dataspace.PeerName, in ConfirmPeer) (gateway.Peer, error) {
		p, err := s.Gateway.ConfirmPeer(ctx, name, in.Fingerprint)
		if err != nil {
			return p, err
		}
		return p, s.PeerConfirmed(ctx, p)
	})
	changePeer(s, api, "/policy", "Say what may pass between the two gateways", func(ctx context.Context, name dataspace.PeerName, in gateway.Policy) (gateway.Peer, error) {
		return s.Gateway.SetPolicy(ctx, name, in)
	})
	changePeer(s, api, "/suspend", "Cut everything with a peer at once", func(ctx context.Context, name dataspace.PeerName, in CutPeer) (gateway.Peer, error) {
		p, err := s.Gateway.SuspendPeer(ctx, name, in.Reason)
		if err != nil {
			return p, err
		}
		return p, s.PeerCut(ctx, p)
	})
	changePeer(s, api, "/resume", "Take up with a suspended peer again", func(ctx context.Context, name dataspace.PeerName, _ struct{}) (gateway.Peer, error) {
		return s.Gateway.ResumePeer(ctx, name)
	})
	add(s, api, route{method: remove, path: "/peers/{name}", summary: "Forget a peer", tag: "peers"},
		func(ctx context.Context, in *ByPeer) (*none, error) {
			if err := allow(ctx, gateway.WritePeers, ""); err != nil {
				return nil, err
			}
			p, err := s.Gateway.Peer(ctx, in.Name)
			if err != nil {
				return nil, err
			}
			if err := s.Gateway.RemovePeer(ctx, in.Name); err != nil {
				return nil, err
			}
			s.PeerGone(p)
			return &none{}, nil
		})
	add(s, api, route{method: get, path: "/peers/{name}/participants/{participant}/catalogue", summary: "What a participant behind a peer offers", tag: "peers"},
		func(ctx context.Context, in *struct {
			ByPeer
			Participant dataspace.ParticipantID `path:"participant"`
			As          dataspace.ParticipantID `query:"as" required:"true" doc:"the local participant that asks"`
		}) (*body[Catalogue], error) {
			if err := allow(ctx, gateway.StartFlows, in.As); err != nil {
				return nil, err
			}
			list, err := s.Config.Catalogue(ctx, in.As, in.Name, in.Participant)
			return &body[Catalogue]{Catalogue{Datasets: orEmpty(list)}}, err
		})
}

func changePeer[T any](s *server, api huma.API, path, summary string, change func(context.Context, dataspace.PeerName, T) (gateway.Peer, error)) {
	add(s, api, route{method: post, path: "/peers/{name}" + path, summary: summary, tag: "peers"},
		func(ctx context.Context, in *struct {
			ByPeer
			Body T
		}) (*body[gateway.Peer], error) {
			if err := allow(ctx, gateway.WritePeers, ""); err != nil {
				return nil, err
			}
			p, err := change(ctx, in.Name, in.Body)
			return &body[gateway.Peer]{p}, err
		})
}
