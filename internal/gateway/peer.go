package gateway

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/vocab"
)

// PeerState is how far an operator trusts a peer.
type PeerState string

// The states. The gateway communicates only with confirmed peers.
const (
	Pending   PeerState = "pending" // its fingerprint has not been compared
	Confirmed PeerState = "confirmed"
)

// Operation is a kind of exchange with a peer that a policy allows or refuses.
type Operation string

// The operations.
const (
	Catalogue   Operation = "catalogue"
	Negotiation Operation = "negotiation"
	Transfer    Operation = "transfer"
	Data        Operation = "data"
	Witness     Operation = "witness"
)

// Operations lists all of them.
func Operations() []Operation {
	return []Operation{Catalogue, Negotiation, Transfer, Data, Witness}
}

// Policy says what is allowed between this gateway and one peer, in both
// directions.
type Policy struct {
	// Cut stops everything immediately, including running deliveries.
	Cut    bool   `json:"cut,omitempty"`
	Reason string `json:"reason,omitempty"` // why it is cut, for people here
	// Allow lists the allowed operations; all others are refused.
	Allow []Operation `json:"allow"`
	// Purposes limits flows to these; empty: any purpose.
	Purposes []string `json:"purposes,omitempty"`
}

// Peer is another gateway, under the name an operator gave it.
type Peer struct {
	Name        dataspace.PeerName `json:"name"`
	URL         string             `json:"url"` // as the operator gave it
	Card        Card               `json:"card"`
	Fingerprint string             `json:"fingerprint"`
	State       PeerState          `json:"state"`
	Policy      Policy             `json:"policy"`
	Added       time.Time          `json:"added"`
	Confirmed   *time.Time         `json:"confirmed,omitempty"`
	Version     int64              `json:"version"`
}

// AddPeer asks the gateway at the address for its card and stores it as pending
// until an operator compares the fingerprint. Adding a pending peer again
// replaces it. Adding a confirmed peer again updates its address and name if
// every key is the same, and is refused otherwise.
func (s *Service) AddPeer(ctx context.Context, name dataspace.PeerName, url string) (Peer, error) {
	if err := dataspace.CheckName("peer", string(name)); err != nil {
		return Peer{}, err
	}
	base, err := baseURL(url)
	if err != nil {
		return Peer{}, err
	}
	card, err := s.fetchCard(ctx, base)
	if err != nil {
		return Peer{}, err
	}
	if card.Gateway == s.cfg.Gateway {
		return Peer{}, problem(dataspace.ErrInvalid, "peer.self", string(name),
			fmt.Sprintf("the gateway at this address calls itself %q, as this one does", card.Gateway), "a gateway cannot be its own peer")
	}
	old, err := s.cfg.Store.Peer(ctx, name)
	if err != nil && !notFound(err) {
		return Peer{}, fmt.Errorf("find peer %s: %w", name, err)
	}
	if err != nil {
		p := Peer{Name: name, URL: base, Card: card, Fingerprint: card.Fingerprint(), State: Pending,
			Policy: Policy{Allow: Operations()}, Added: s.cfg.Now().UTC(), Version: 1}
		if err := s.cfg.Store.InsertPeer(ctx, p); err != nil {
			return Peer{}, fmt.Errorf("add peer %s: %w", name, err)
		}
		return p, nil
	}
	if old.State == Confirmed && old.Fingerprint != card.Fingerprint() {
		return Peer{}, changedKeys(name, old.Fingerprint, card.Fingerprint())
	}
	old.URL, old.Card, old.Fingerprint = base, card, card.Fingerprint()
	return s.replacePeer(ctx, old)
}

func changedKeys(name dataspace.PeerName, known, shown string) error {
	return problem(dataspace.ErrDenied, "peer.key_changed", string(name),
		fmt.Sprintf("the keys of the peer have changed: confirmed %s, shown %s", known, shown),
		"someone may be in between; ask the peer's operator, and if the change is theirs, remove the peer and add it again")
}

// ConfirmPeer trusts a pending peer from now on. The fingerprint is the one
// that the peer's operator reads out. It must match the fetched card.
func (s *Service) ConfirmPeer(ctx context.Context, name dataspace.PeerName, fingerprint string) (Peer, error) {
	p, err := s.Peer(ctx, name)
	if err != nil {
		return Peer{}, err
	}
	if !sameFingerprint(p.Fingerprint, fingerprint) {
		return Peer{}, problem(dataspace.ErrDenied, "peer.fingerprint", string(name),
			"this is not the fingerprint of the keys that the peer showed: "+p.Fingerprint,
			"compare it, every letter, with what the peer's operator sees; if it differs, someone may be in between")
	}
	if p.State == Confirmed {
		return p, nil
	}
	now := s.cfg.Now().UTC()
	p.State, p.Confirmed = Confirmed, &now
	return s.replacePeer(ctx, p)
}

// SetPolicy replaces the policy between the two gateways.
func (s *Service) SetPolicy(ctx context.Context, name dataspace.PeerName, policy Policy) (Peer, error) {
	var c checks
	for _, op := range policy.Allow {
		c.want(slices.Contains(Operations(), op), "allow", fmt.Sprintf("expected some of %v", Operations()))
	}
	policy.Purposes = c.words(s.facts(), vocab.Purposes, "purposes", policy.Purposes)
	if err := c.join(); err != nil {
		return Peer{}, err
	}
	p, err := s.Peer(ctx, name)
	if err != nil {
		return Peer{}, err
	}
	p.Policy = policy
	return s.replacePeer(ctx, p)
}

// SuspendPeer stops every exchange with the peer until ResumePeer.
func (s *Service) SuspendPeer(ctx context.Context, name dataspace.PeerName, reason string) (Peer, error) {
	return s.cut(ctx, name, true, reason)
}

// ResumePeer allows again what the policy allows.
func (s *Service) ResumePeer(ctx context.Context, name dataspace.PeerName) (Peer, error) {
	return s.cut(ctx, name, false, "")
}

func (s *Service) cut(ctx context.Context, name dataspace.PeerName, cut bool, reason string) (Peer, error) {
	p, err := s.Peer(ctx, name)
	if err != nil {
		return Peer{}, err
	}
	p.Policy.Cut, p.Policy.Reason = cut, reason
	return s.replacePeer(ctx, p)
}

// Peer finds a peer by name, or returns ErrNotFound.
func (s *Service) Peer(ctx context.Context, name dataspace.PeerName) (Peer, error) {
	p, err := s.cfg.Store.Peer(ctx, name)
	if notFound(err) {
		return Peer{}, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "peer.unknown", Place: string(name),
			Message: "there is no such peer", Hint: "hutong peer list shows those there are"}
	}
	if err != nil {
		return Peer{}, fmt.Errorf("find peer %q: %w", name, err)
	}
	return p, nil
}

// Peers lists all, in order of name.
func (s *Service) Peers(ctx context.Context) ([]Peer, error) { return s.cfg.Store.Peers(ctx) }

// RemovePeer removes a peer and its pins. It returns ErrConflict while flows
// with the peer may still move data.
func (s *Service) RemovePeer(ctx context.Context, name dataspace.PeerName) error {
	if s.cfg.RunningWith != nil {
		n, err := s.cfg.RunningWith(ctx, name)
		if err != nil {
			return fmt.Errorf("count flows with peer %s: %w", name, err)
		}
		if n > 0 {
			return problem(dataspace.ErrConflict, "peer.busy", string(name),
				fmt.Sprintf("%d flows with the peer are under way", n), "stop them or wait until they end; hutong peer suspend stops all exchange at once")
		}
	}
	if err := s.cfg.Store.RemovePeer(ctx, name); err != nil {
		return fmt.Errorf("remove peer %q: %w", name, err)
	}
	return nil
}

// CodeCut is the code of the problem that a peer is cut. The problem ends when
// an operator resumes the peer.
const CodeCut = "peer.cut"

// Allow returns an error unless the policy allows an operation with the peer
// for the purpose. An empty purpose means that the purpose is not known yet.
// Allow applies to outgoing and incoming messages. Call it again at every point
// where a long operation can stop.
func (s *Service) Allow(ctx context.Context, name dataspace.PeerName, op Operation, purpose string) error {
	p, err := s.trusted(ctx, name)
	if err != nil {
		return err
	}
	if !slices.Contains(p.Policy.Allow, op) {
		return problem(dataspace.ErrDenied, "peer.operation", string(name),
			fmt.Sprintf("the policy for this peer does not allow %s", op), "an operator can change the policy")
	}
	if purpose != "" && len(p.Policy.Purposes) > 0 && !slices.Contains(p.Policy.Purposes, purpose) {
		return problem(dataspace.ErrDenied, "peer.purpose", string(name),
			fmt.Sprintf("the policy for this peer does not allow the purpose %q", purpose), "an operator can change the policy")
	}
	return nil
}

// trusted returns a peer, with an error unless the peer is confirmed and not
// cut.
func (s *Service) trusted(ctx context.Context, name dataspace.PeerName) (Peer, error) {
	p, err := s.Peer(ctx, name)
	if err != nil {
		return Peer{}, err
	}
	return p, p.usable()
}

func (p Peer) usable() error {
	if p.State != Confirmed {
		return problem(dataspace.ErrDenied, "peer.pending", string(p.Name),
			"the peer's fingerprint has not been confirmed here", "compare it with the peer's operator, then confirm the peer")
	}
	if p.Policy.Cut {
		return problem(dataspace.ErrDenied, CodeCut, string(p.Name), "everything with this peer is cut", "an operator can resume the peer")
	}
	return nil
}

func (s *Service) replacePeer(ctx context.Context, p Peer) (Peer, error) {
	if err := s.cfg.Store.ReplacePeer(ctx, p); err != nil {
		return Peer{}, fmt.Errorf("change peer %s: %w", p.Name, err)
	}
	p.Version++
	return p, nil
}
