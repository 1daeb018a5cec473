package gateway

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"hutong/internal/dataspace"
)

// Instrument is a legal document that a participant has: a filed contract, a
// certificate, an approval. Its id is unique for its owner.
type Instrument struct {
	dataspace.Instrument
	Owner dataspace.ParticipantID `json:"owner"`
	// Document is the digest of the document itself, if it was given.
	Document   dataspace.Digest `json:"document,omitempty"`
	Registered time.Time        `json:"registered"`
}

// AddInstrument registers a document. The rules decide whether it is in force
// on a day and covers a flow. AddInstrument checks only its form.
func (s *Service) AddInstrument(ctx context.Context, i Instrument) (Instrument, error) {
	if err := i.check(); err != nil {
		return Instrument{}, err
	}
	i.Registered = s.cfg.Now().UTC()
	if err := s.cfg.Store.InsertInstrument(ctx, i); err != nil {
		return Instrument{}, fmt.Errorf("add instrument %s of %s: %w", i.ID, i.Owner, err)
	}
	return i, nil
}

// Instruments lists an owner's documents, or all when owner is empty.
func (s *Service) Instruments(ctx context.Context, owner dataspace.ParticipantID) ([]Instrument, error) {
	return s.cfg.Store.Instruments(ctx, owner)
}

// Held returns the documents that a participant may use in a decision: its own,
// and those of other members of its group that name it among the exporters who
// share them. For a shared document the owner is added to those exporters. The
// operator says who belongs to a group, so nobody can share documents with a
// stranger. Held reads nothing of participants outside of the group.
func (s *Service) Held(ctx context.Context, owner dataspace.ParticipantID) ([]dataspace.Instrument, error) {
	if owner == "" {
		return nil, fmt.Errorf("list instruments: an owner is needed: %w", dataspace.ErrInvalid)
	}
	list, err := s.Instruments(ctx, owner)
	if err != nil {
		return nil, err
	}
	p, err := s.Participant(ctx, owner)
	if err != nil && !notFound(err) {
		return nil, err
	}
	if p.Group != "" {
		shared, err := s.cfg.Store.SharedInstruments(ctx, owner, p.Group)
		if err != nil {
			return nil, err
		}
		list = append(list, shared...)
		// The order is always the same, because decisions are hashed.
		slices.SortStableFunc(list, func(a, b Instrument) int { return cmp.Compare(a.Owner, b.Owner) })
	}
	out := []dataspace.Instrument{}
	for _, i := range list {
		if i.Covers != nil && len(i.Covers.Exporters) > 0 && !slices.Contains(i.Covers.Exporters, i.Owner) {
			scope := *i.Covers
			scope.Exporters = append([]dataspace.ParticipantID{i.Owner}, scope.Exporters...)
			i.Covers = &scope
		}
		out = append(out, i.Instrument)
	}
	return out, nil
}

// RemoveInstrument removes a document that was revoked or registered by
// mistake.
func (s *Service) RemoveInstrument(ctx context.Context, owner dataspace.ParticipantID, id dataspace.InstrumentID) error {
	if err := s.cfg.Store.RemoveInstrument(ctx, owner, id); err != nil {
		return fmt.Errorf("remove instrument %q of %q: %w", id, owner, err)
	}
	return nil
}

var instrumentKind = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)

// Limits of one instrument. They are far above any real instrument and keep a
// decision fast, because it compares every flow with every instrument.
const (
	maxCovered = 1000
	maxSharing = 200
)

func (i Instrument) check() error {
	var c checks
	c.add(dataspace.CheckName("participant", string(i.Owner)))
	id := string(i.ID)
	c.want(id != "" && len(id) <= 128 && strings.TrimSpace(id) == id && !strings.ContainsFunc(id, unicode.IsControl),
		"id", "an id is needed, at most 128 bytes, such as the number of the filing")
	c.want(instrumentKind.MatchString(i.Kind), "kind", "expected dotted lower case, authority first")
	c.day("effective_on", i.EffectiveOn)
	c.day("filed_on", i.FiledOn)
	c.day("completed_on", i.CompletedOn)
	c.day("expires_on", i.ExpiresOn)
	// ISO dates compare as strings.
	c.want(i.ExpiresOn == "" || i.EffectiveOn <= i.ExpiresOn, "expires_on", "the instrument expires before it takes effect")
	c.day("renewed_on", i.RenewedOn)
	if s := i.Covers; s != nil {
		c.want(s.MaxSubjects >= 0, "covers.max_subjects", "expected a number of people")
		c.day("covers.retained_until", s.Until)
		c.want(len(s.Elements)+len(s.Purposes)+len(s.Acts) <= maxCovered, "covers", fmt.Sprintf("expected at most %d limits", maxCovered))
		c.want(len(s.Exporters) <= maxSharing, "covers.exporters", fmt.Sprintf("expected at most %d", maxSharing))
		for _, id := range s.Exporters {
			c.add(dataspace.CheckName("participant", string(id)))
		}
	}
	return c.join()
}
