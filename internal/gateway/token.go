package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwt"

	"hutong/internal/dataspace"
)

// Times of a token.
const (
	// TokenLife is the time for which a token is valid by the clock of its
	// issuer.
	TokenLife = time.Minute
	// TokenSkew is the largest difference allowed between two clocks.
	TokenSkew = 30 * time.Second
)

// maxToken bounds a token from outside, in bytes.
const maxToken = 4096

// Caller is the sender of a request. An empty Participant is the gateway
// itself.
type Caller struct {
	Peer        dataspace.PeerName
	Gateway     dataspace.GatewayID
	Participant dataspace.ParticipantID
}

// Authorize adds a new token to a request of a local participant to a
// participant behind the peer. An empty participant means the gateway itself,
// on either side. A token is valid for one request: call Authorize again for
// each attempt.
func (s *Service) Authorize(ctx context.Context, req *http.Request, local dataspace.ParticipantID, peer dataspace.PeerName, participant dataspace.ParticipantID) error {
	p, err := s.trusted(ctx, peer)
	if err != nil {
		return err
	}
	token, err := s.issueToken(local, audience(p.Card.Gateway, participant))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return nil
}

// audience binds a token to its callee.
func audience(gateway dataspace.GatewayID, participant dataspace.ParticipantID) string {
	if participant == "" {
		return string(gateway)
	}
	return string(gateway) + "/" + string(participant)
}

func (s *Service) issueToken(local dataspace.ParticipantID, aud string) (string, error) {
	now := s.cfg.Now()
	b := jwt.NewBuilder().Issuer(string(s.cfg.Gateway)).Audience([]string{aud}).
		JwtID(rand.Text()).IssuedAt(now).Expiration(now.Add(TokenLife))
	if local != "" {
		b = b.Subject(string(local))
	}
	token, err := b.Build()
	if err != nil {
		return "", fmt.Errorf("build token: %w", err)
	}
	data, err := jwt.Sign(token, jwt.WithKey(jwa.EdDSA(), s.cfg.Keys.identity))
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return string(data), nil
}

// Authenticate finds who sent a request that is meant for a local participant,
// or for this gateway itself when local is empty. It returns ErrUnauthenticated
// with a Problem that gives the reason, and ErrDenied for a peer that is not
// confirmed or is cut. Allow decides what the caller may do.
func (s *Service) Authenticate(ctx context.Context, local dataspace.ParticipantID, r *http.Request) (Caller, error) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || token == "" {
		return Caller{}, unauthenticated("token.missing", "", "the request has no bearer token", "gateways identify themselves with a signed token")
	}
	return s.verifyToken(ctx, token, audience(s.cfg.Gateway, local))
}

func (s *Service) verifyToken(ctx context.Context, token, aud string) (Caller, error) {
	c, err := peekToken(token)
	if err != nil {
		return Caller{}, err
	}
	p, err := s.cfg.Store.PeerByGateway(ctx, c.issuer)
	if notFound(err) {
		return Caller{}, unauthenticated("token.issuer", string(c.issuer), "the gateway that issued the token is not a peer here", "both operators must add and confirm the other gateway")
	}
	if err != nil {
		return Caller{}, fmt.Errorf("find peer of token: %w", err)
	}
	if _, err := jwt.Parse([]byte(token), jwt.WithKey(jwa.EdDSA(), p.Card.Identity), jwt.WithValidate(false)); err != nil {
		return Caller{}, unauthenticated("token.signature", string(p.Name), "the token is not signed with the peer's pinned key", "if the peer's keys have changed, its operator must be asked and the peer added again")
	}
	// No part of the token was trusted before this line.
	if err := p.usable(); err != nil {
		return Caller{}, err
	}
	if len(c.audience) != 1 || c.audience[0] != aud {
		return Caller{}, unauthenticated("token.audience", string(p.Name), "the token is meant for another callee", "")
	}
	now := s.cfg.Now()
	if err := c.checkTimes(p.Name, now); err != nil {
		return Caller{}, err
	}
	if err := s.replay.use(string(c.issuer), c.id, now); err != nil {
		return Caller{}, err
	}
	return Caller{Peer: p.Name, Gateway: c.issuer, Participant: c.subject}, nil
}

// claims are the claims of a token.
type claims struct {
	issuer   dataspace.GatewayID
	subject  dataspace.ParticipantID
	audience []string
	id       string
	issued   time.Time
	expires  time.Time
}

// peekToken reads a token and does not verify it.
func peekToken(token string) (claims, error) {
	bad := func(err error) (claims, error) {
		return claims{}, &dataspace.Problem{Kind: dataspace.ErrUnauthenticated, Code: "token.form", Message: "the token cannot be read", Err: err}
	}
	if len(token) > maxToken || strings.Count(token, ".") != 2 {
		return bad(errors.New("expected a compact JWS of at most 4 KiB"))
	}
	t, err := jwt.ParseInsecure([]byte(token))
	if err != nil {
		// The cause is left out: it may show parts of the token.
		return bad(errors.New("expected a JSON web token"))
	}
	var c claims
	iss, hasIssuer := t.Issuer()
	sub, _ := t.Subject()
	c.issuer, c.subject = dataspace.GatewayID(iss), dataspace.ParticipantID(sub)
	c.audience, _ = t.Audience()
	id, hasID := t.JwtID()
	c.id = id
	var hasIssued, hasExpires bool
	c.issued, hasIssued = t.IssuedAt()
	c.expires, hasExpires = t.Expiration()
	switch {
	case !hasIssuer || !hasID || !hasIssued || !hasExpires:
		return bad(errors.New("iss, jti, iat and exp are needed"))
	case len(id) < 16 || len(id) > 128:
		return bad(errors.New("jti must have 16 to 128 characters"))
	case dataspace.CheckName("gateway", iss) != nil:
		return bad(errors.New("iss is not the name of a gateway"))
	case sub != "" && dataspace.CheckName("participant", sub) != nil:
		return bad(errors.New("sub is not the name of a participant"))
	}
	return c, nil
}

func (c claims) checkTimes(peer dataspace.PeerName, now time.Time) error {
	if life := c.expires.Sub(c.issued); life <= 0 || life > TokenLife {
		return unauthenticated("token.life", string(peer), fmt.Sprintf("the token is made for %s, at most %s is allowed", life, TokenLife), "")
	}
	const hint = "set the clocks of both gateways by a time server"
	if ahead := c.issued.Sub(now); ahead > TokenSkew {
		return unauthenticated("token.clock", string(peer), fmt.Sprintf("the clocks differ: the peer's is %s ahead of this one, at most %s is allowed", ahead.Round(time.Second), TokenSkew), hint)
	}
	if late := now.Sub(c.expires); late > TokenSkew {
		age := now.Sub(c.issued).Round(time.Second)
		return unauthenticated("token.clock", string(peer), fmt.Sprintf("the token expired %s ago; unless it was held up on the way, the clocks differ: the peer's is up to %s behind this one", late.Round(time.Second), age), hint)
	}
	return nil
}

func unauthenticated(code, place, message, hint string) error {
	return problem(dataspace.ErrUnauthenticated, code, place, message, hint)
}
