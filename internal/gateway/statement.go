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
)

// Times of a statement.
const (
	statementFresh = 5 * time.Minute // used without asking again
	statementLife  = 24 * time.Hour  // used when the peer cannot be asked
)

// PublicParticipant is what a gateway tells its peers about a participant.
type PublicParticipant struct {
	ID               dataspace.ParticipantID  `json:"id"`
	LegalName        dataspace.Text           `json:"legal_name"`
	Jurisdiction     dataspace.Jurisdiction   `json:"jurisdiction"`
	RegisteredIn     dataspace.Region         `json:"registered_in,omitempty"`
	ExportsFrom      dataspace.Region         `json:"exports_from,omitempty"`
	Group            string                   `json:"group,omitempty"`
	ForeignAuthority *bool                    `json:"foreign_authority,omitempty"`
	Certifications   []string                 `json:"certifications,omitempty"`
	OnwardTo         []dataspace.Jurisdiction `json:"onward_to,omitempty"`
}

// Statement is what a gateway says about a participant behind it, signed.
type Statement struct {
	Gateway     dataspace.GatewayID `json:"gateway"`
	Participant PublicParticipant   `json:"participant"`
	Issued      time.Time           `json:"issued"`
	// Signed is the document as the gateway signed it, for evidence.
	Signed []byte `json:"-"`
}

// Recipient is the participant as the receiver of a flow; group is the
// sender's. Whether both are of one group is known only when both say theirs.
func (p PublicParticipant) Recipient(group string) dataspace.RecipientFacts {
	f := dataspace.RecipientFacts{
		ID:               p.ID,
		Jurisdiction:     p.Jurisdiction,
		RegisteredIn:     p.RegisteredIn,
		ForeignAuthority: p.ForeignAuthority,
		Certifications:   p.Certifications,
		OnwardTo:         p.OnwardTo,
	}
	if p.Group != "" && group != "" {
		same := p.Group == group
		f.SameGroup = &same
	}
	return f
}

// Exporter is the participant as the sender of a flow, as far as its gateway
// tells.
func (p PublicParticipant) Exporter() dataspace.ExporterFacts {
	return dataspace.ExporterFacts{ID: p.ID, Jurisdiction: p.Jurisdiction, RegisteredIn: p.RegisteredIn, ExportsFrom: p.ExportsFrom}
}

func (p Participant) public() PublicParticipant {
	return PublicParticipant{
		ID:               p.ID,
		LegalName:        p.LegalName,
		Jurisdiction:     p.Jurisdiction,
		RegisteredIn:     p.RegisteredIn,
		ExportsFrom:      p.ExportsFrom,
		Group:            p.Group,
		ForeignAuthority: p.ForeignAuthority,
		Certifications:   p.Certifications,
		OnwardTo:         p.OnwardTo,
	}
}

// PeerParticipant is what the peer's gateway says about a participant behind
// it. A statement of the last minutes is used again; an older one of the last
// day only while the peer cannot be reached. ErrNotFound if the peer has no
// such participant, ErrPeerUnreachable if nothing is known.
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
	// Its age by the clock of the issuer, which may differ from ours.
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
	if err := s.cfg.Store.PutStatement(ctx, peer, st); err != nil {
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

// ParseStatement checks that a statement is signed with the key and whole.
func ParseStatement(data []byte, key ed25519.PublicKey) (Statement, error) {
	var st Statement
	if err := open(statementContext, data, &st, func() ed25519.PublicKey { return key }); err != nil {
		return Statement{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "statement.form", Message: "the statement about a participant cannot be read", Err: err}
	}
	var c checks
	c.add(dataspace.CheckName("gateway", string(st.Gateway)))
	c.add(dataspace.CheckName("participant", string(st.Participant.ID)))
	c.want(jurisdictionForm.MatchString(string(st.Participant.Jurisdiction)), "jurisdiction", "expected two capital letters, ISO 3166-1 alpha-2")
	c.want(st.Participant.RegisteredIn == "" || regionForm.MatchString(string(st.Participant.RegisteredIn)), "registered_in", "expected an ISO 3166-2 code")
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
	return sign(statementContext, Statement{Gateway: s.cfg.Gateway, Participant: p.public(), Issued: s.cfg.Now().UTC()}, s.cfg.Keys)
}

// remoteError turns a refusal of a peer's gateway into an error of ours.
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
