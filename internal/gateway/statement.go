package gateway

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// Times of a statement.
const (
	statementFresh = 5 * time.Minute // used without a new request
	statementLife  = 24 * time.Hour  // used when the peer cannot be reached
)

// PublicParticipant is the data about a participant that a gateway shows to its
// peers.
type PublicParticipant struct {
	ID           dataspace.ParticipantID `json:"id"`
	LegalName    dataspace.Text          `json:"legal_name"`
	Jurisdiction dataspace.Jurisdiction  `json:"jurisdiction"`
	Group        string                  `json:"group,omitempty"`
	// Known are the facts that belong to a statement, by their names for a
	// participant. In JSON they are at the level of the members above.
	Known dataspace.Values `json:"-"`
}

// plainPublic is a PublicParticipant without its own encoding.
type plainPublic PublicParticipant

// MarshalJSON writes the facts at the level of the other members.
func (p PublicParticipant) MarshalJSON() ([]byte, error) {
	return dataspace.MarshalWith(plainPublic(p), p.Known)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *PublicParticipant) UnmarshalJSON(data []byte) error {
	var q plainPublic
	known, err := dataspace.UnmarshalWith(data, &q)
	if err != nil {
		return err
	}
	*p = PublicParticipant(q)
	p.Known = known
	return nil
}

// Statement is a signed statement of a gateway about a participant behind it.
type Statement struct {
	Gateway     dataspace.GatewayID `json:"gateway"`
	Participant PublicParticipant   `json:"participant"`
	Issued      time.Time           `json:"issued"`
	// Signed is the document as the gateway signed it, for evidence.
	Signed []byte `json:"-"`
}

// sameGroup is the fact that two parties belong to one group of companies.
const sameGroup = "recipient.same_group"

// Recipient returns the facts that are stated about the participant as the
// receiver of a flow; group is the sender's. Whether both belong to one group
// is known only if both state their group.
func (p PublicParticipant) Recipient(t *fact.Table, group string) dataspace.Values {
	f := t.OfParticipant(fact.Recipient, p.stated())
	if p.Group != "" && group != "" {
		f.Set(sameGroup, dataspace.BoolOf(p.Group == group))
	}
	return f
}

// Exporter returns the facts that its gateway states about the participant as
// the sender of a flow.
func (p PublicParticipant) Exporter(t *fact.Table) dataspace.Values {
	return t.OfParticipant(fact.Exporter, t.OfStatement(p.stated()))
}

// stated returns all stated facts, by their names for a participant.
func (p PublicParticipant) stated() dataspace.Values {
	v := p.Known
	v.Set("id", dataspace.TextOf(p.ID))
	v.Set("jurisdiction", dataspace.TextOf(p.Jurisdiction))
	return v
}

func (p Participant) public(t *fact.Table) PublicParticipant {
	return PublicParticipant{ID: p.ID, LegalName: p.LegalName, Jurisdiction: p.Jurisdiction, Group: p.Group, Known: t.OfStatement(p.Known)}
}

// PeerParticipant returns the statement of the peer's gateway about a
// participant behind it. A statement of the last minutes is used again. An
// older statement of the last day is used only while the peer cannot be
// reached. It returns ErrNotFound if the peer has no such participant, and
// ErrPeerUnreachable if there is no usable statement.
func (s *Service) PeerParticipant(ctx context.Context, peer dataspace.PeerName, id dataspace.ParticipantID) (Statement, error) {
	if err := dataspace.CheckName("participant", string(id)); err != nil {
		return Statement{}, err
	}
	p, err := s.trusted(ctx, peer)
	if err != nil {
		return Statement{}, err
	}
	known, err := s.cfg.Store.Statement(ctx, peer, id)
	if err != nil && !notFound(err) {
		return Statement{}, fmt.Errorf("find statement about %s/%s: %w", peer, id, err)
	}
	have := err == nil
	// The age is by the clock of the issuer, which may differ from ours.
	age := s.cfg.Now().Sub(known.Issued).Abs()
	if have && age < statementFresh {
		return known, nil
	}
	st, err := s.fetchStatement(ctx, p, id)
	if errors.Is(err, dataspace.ErrPeerUnreachable) && have && age < statementLife {
		return known, nil
	}
	if err != nil {
		return Statement{}, fmt.Errorf("ask peer %s about participant %s: %w", peer, id, err)
	}
	if err := s.cfg.Store.PutStatement(ctx, peer, p.Card.Identity, st); err != nil {
		return Statement{}, fmt.Errorf("keep statement about %s/%s: %w", peer, id, err)
	}
	return st, nil
}

func (s *Service) fetchStatement(ctx context.Context, p Peer, id dataspace.ParticipantID) (Statement, error) {
	ctx, cancel := context.WithTimeout(ctx, headerTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+participantsPath+string(id), nil)
	if err != nil {
		return Statement{}, err
	}
	if err := s.Authorize(ctx, req, "", p.Name, ""); err != nil {
		return Statement{}, err
	}
	resp, err := s.HTTPClient(p.Name).Do(req)
	if err != nil {
		return Statement{}, err
	}
	data, err := answer(resp)
	if err != nil {
		return Statement{}, remoteError(resp.StatusCode, data, err)
	}
	st, err := ParseStatement(data, p.Card.Identity)
	if err != nil {
		return Statement{}, err
	}
	if st.Gateway != p.Card.Gateway || st.Participant.ID != id {
		return Statement{}, problem(dataspace.ErrInvalid, "statement.subject", string(p.Name), "the peer answered about somebody else", "")
	}
	return st, nil
}

// ParseStatement checks that a statement is complete and signed with the key.
func ParseStatement(data []byte, key ed25519.PublicKey) (Statement, error) {
	var st Statement
	if err := open(statementContext, data, &st, func() ed25519.PublicKey { return key }); err != nil {
		return Statement{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "statement.form", Message: "the statement about a participant cannot be read", Err: err}
	}
	var c checks
	c.add(dataspace.CheckName("gateway", string(st.Gateway)))
	c.add(dataspace.CheckName("participant", string(st.Participant.ID)))
	c.want(jurisdictionForm.MatchString(string(st.Participant.Jurisdiction)), "jurisdiction", "expected two capital letters, ISO 3166-1 alpha-2")
	c.add(fact.Standard().CheckStatement(st.Participant.Known))
	if err := c.join(); err != nil {
		return Statement{}, err
	}
	st.Signed = append([]byte(nil), data...)
	return st, nil
}

func (s *Service) sayStatement(ctx context.Context, id dataspace.ParticipantID) ([]byte, error) {
	p, err := s.Participant(ctx, id)
	if err != nil {
		return nil, err
	}
	return sign(statementContext, Statement{Gateway: s.cfg.Gateway, Participant: p.public(s.facts()), Issued: s.cfg.Now().UTC()}, s.cfg.Keys)
}

// remoteError converts a refusal of a peer's gateway into one of our errors.
func remoteError(status int, data []byte, cause error) error {
	var e wireError
	if json.Unmarshal(data, &e) != nil || e.Message == "" {
		e = wireError{Code: "peer.answer", Message: "the peer refused"}
	}
	kind := dataspace.ErrUnavailable
	switch status {
	case http.StatusNotFound:
		kind = dataspace.ErrNotFound
	case http.StatusUnauthorized:
		kind = dataspace.ErrUnauthenticated
	case http.StatusForbidden:
		kind = dataspace.ErrDenied
	}
	return &dataspace.Problem{Kind: kind, Code: e.Code, Message: "the peer says: " + e.Message, Err: cause, Hint: e.Hint}
}
