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

// The states. Only a confirmed peer is spoken to.
const (
	Pending   PeerState = "pending" // its fingerprint has not been compared
	Confirmed PeerState = "confirmed"
)

// Operation is a kind of dealing with a peer, allowed or cut by policy.
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

// Policy is what may pass between this gateway and one peer, in both
// directions.
type Policy struct {
	// Cut stops everything at once, running deliveries too.
	Cut    bool   `json:"cut,omitempty"`
	Reason string `json:"reason,omitempty"` // why it is cut, for people here
	// Allow lists the operations; what is not listed is refused.
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

// AddPeer asks the gateway at the address for its card and keeps it as
// pending, for an operator to compare the fingerprint. Adding a pending peer
// again replaces it. Adding a confirmed peer again takes over its new address
// and name as long as every key is the same, and is refused otherwise.
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

// ConfirmPeer trusts a pending peer from now on. The fingerprint is what the
// peer's operator reads out; it must be the one that was fetched.
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

// SetPolicy replaces what may pass between the two gateways.
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

// SuspendPeer cuts everything with the peer until ResumePeer.
func (s *Service) SuspendPeer(ctx context.Context, name dataspace.PeerName, reason string) (Peer, error) {
	return s.cut(ctx, name, true, reason)
}

// ResumePeer lets pass again what the policy allows.
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

// Peer finds one by name; ErrNotFound.
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

// RemovePeer forgets a peer and its pins. ErrConflict while data may still
// pass in flows with it.
func (s *Service) RemovePeer(ctx context.Context, name dataspace.PeerName) error {
	if s.cfg.RunningWith != nil {
		n, err := s.cfg.RunningWith(ctx, name)
		if err != nil {
			return fmt.Errorf("count flows with peer %s: %w", name, err)
		}
		if n > 0 {
			return problem(dataspace.ErrConflict, "peer.busy", string(name),
				fmt.Sprintf("%d flows with the peer are under way", n), "stop them or wait until they end; hutong peer suspend cuts everything at once")
		}
	}
	if err := s.cfg.Store.RemovePeer(ctx, name); err != nil {
		return fmt.Errorf("remove peer %q: %w", name, err)
	}
	return nil
}

// CodeCut is the code of the problem that everything with a peer is cut. It
// passes when an operator resumes the peer.
const CodeCut = "peer.cut"

// Allow reports, as an error, whether an operation with the peer may be done
// for the purpose; an empty purpose stands for one that is not known yet. It
// holds for what is sent as for what comes in, and is to be asked again
// wherever a long operation can stop.
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

// trusted finds a peer that is confirmed and not cut.
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
