package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/zone"
)

// Config holds the parts of a Service. All fields but Running, RunningWith and
// Facts are needed.
type Config struct {
	Gateway      dataspace.GatewayID
	Name         string // for people
	Jurisdiction dataspace.Jurisdiction
	URL          string // under which peers reach this gateway, https, without a slash at the end
	Keys         *Keys
	Store        Store
	Now          func() time.Time
	// Running counts the flows of a participant that have not ended. A
	// participant with running flows cannot be removed. Nil means that no flow
	// ever runs.
	Running func(context.Context, dataspace.ParticipantID) (int, error)
	// RunningWith counts the flows with a peer that may still move data. A peer
	// with running flows cannot be removed, because another gateway with the
	// same name would take over the flows. Nil means that no flow ever runs.
	RunningWith func(context.Context, dataspace.PeerName) (int, error)
	// Facts is the table of facts in force. Nil means the table of the program.
	Facts func() *fact.Table
	// Zones are the time zones of a jurisdiction. Nil means that none is known.
	Zones func(dataspace.Jurisdiction) zone.List
}

// Service is the service of one gateway. It is safe for concurrent use.
type Service struct {
	cfg    Config
	card   []byte // the signed card as it is served
	own    Card
	replay *replay

	mu         sync.Mutex
	transports map[string]*http.Transport // by pin and host
}

// New makes a service. It does no I/O.
func New(cfg Config) (*Service, error) {
	if cfg.Keys == nil || cfg.Store == nil || cfg.Now == nil {
		return nil, fmt.Errorf("make gateway service: keys, store and clock are needed: %w", dataspace.ErrInvalid)
	}
	if err := dataspace.CheckName("gateway", string(cfg.Gateway)); err != nil {
		return nil, err
	}
	base, err := baseURL(cfg.URL)
	if err != nil {
		return nil, err
	}
	cfg.URL = base
	own := Card{
		Gateway:      cfg.Gateway,
		Name:         cfg.Name,
		Jurisdiction: cfg.Jurisdiction,
		URL:          cfg.URL,
		Identity:     cfg.Keys.IdentityPublic(),
		Log:          cfg.Keys.LogVerifier(),
		Witness:      cfg.Keys.WitnessVerifier(),
		TLS:          cfg.Keys.SPKI(),
		Protocols:    []string{Protocol},
	}
	if err := own.check(); err != nil {
		return nil, err
	}
	card, err := SignCard(own, cfg.Keys)
	if err != nil {
		return nil, err
	}
	return &Service{cfg: cfg, card: card, own: own, replay: newReplay(), transports: map[string]*http.Transport{}}, nil
}

// facts is the table of facts in force.
func (s *Service) facts() *fact.Table {
	if s.cfg.Facts == nil {
		return fact.Standard()
	}
	return s.cfg.Facts()
}

// Facts is the table of facts by the packs in force, with the words that they may
// have.
func (s *Service) Facts() *fact.Table { return s.facts() }

// Card is this gateway's own card.
func (s *Service) Card() Card { return s.own }

// Fingerprint is the fingerprint that the operator of a peer must see when
// adding this gateway.
func (s *Service) Fingerprint() string { return s.own.Fingerprint() }

// Close closes idle connections to peers.
func (s *Service) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.transports {
		t.CloseIdleConnections()
	}
}

// baseURL checks the address of a gateway and cuts slashes at its end.
func baseURL(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "gateway.url", Place: "url",
			Message: "the address of a gateway must be https://host[:port]", Hint: "gateways speak TLS only; leave out user, query and fragment"}
	}
	return strings.TrimRight(u.String(), "/"), nil
}

func problem(kind error, code, place, message, hint string) *dataspace.Problem {
	return &dataspace.Problem{Kind: kind, Code: code, Place: place, Message: message, Hint: hint}
}

func notFound(err error) bool { return errors.Is(err, dataspace.ErrNotFound) }
