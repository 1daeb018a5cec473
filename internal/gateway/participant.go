package gateway

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/homezone"
	"hutong/internal/vocab"
)

// Participant is an organisation behind this gateway. A nil or empty field is
// unknown, and a decision treats it as unknown. EncodeParticipant defines the
// stored form.
type Participant struct {
	ID           dataspace.ParticipantID `json:"id"`
	LegalName    dataspace.Text          `json:"legal_name"`
	Jurisdiction dataspace.Jurisdiction  `json:"jurisdiction"`
	// Group is the same for organisations of one group of companies.
	Group string `json:"group,omitempty"`
	// Intake says which offers are accepted without asking the operator.
	Intake Intake `json:"intake"`
	// Inbox is the directory for delivered files; empty: the gateway's own.
	Inbox   string    `json:"inbox,omitempty"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
	// Unread are the stated facts whose words cannot be read any more. They count
	// as unknown. The list is made when a participant is read.
	Unread []string `json:"unread,omitempty"`
	// Asks are questions that are open. The list is made when a participant is
	// read.
	Asks []homezone.Question `json:"asks,omitempty"`
	// Known are the facts stated about it, by their names for a participant in
	// the table of facts. In JSON they are at the level of the members above.
	Known dataspace.Values `json:"-"`
}

// plainParticipant is a Participant without its own encoding.
type plainParticipant Participant

// MarshalJSON writes the facts at the level of the other members.
func (p Participant) MarshalJSON() ([]byte, error) {
	return dataspace.MarshalWith(plainParticipant(p), p.Known)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *Participant) UnmarshalJSON(data []byte) error {
	var q plainParticipant
	known, err := dataspace.UnmarshalWith(data, &q)
	if err != nil {
		return err
	}
	*p = Participant(q)
	p.Known = known
	return nil
}

// Intake says which offers a recipient accepts automatically. An offer that no
// rule names waits for the operator.
type Intake struct {
	Accept []IntakeRule `json:"accept,omitempty"`
}

// IntakeRule accepts one peer's offers for some purposes; no purposes: for
// any.
type IntakeRule struct {
	Peer     dataspace.PeerName `json:"peer"`
	Purposes []string           `json:"purposes,omitempty"`
}

// Accepts reports whether an offer is accepted without asking.
func (i Intake) Accepts(peer dataspace.PeerName, purpose string) bool {
	return slices.ContainsFunc(i.Accept, func(r IntakeRule) bool {
		return r.Peer == peer && (len(r.Purposes) == 0 || slices.Contains(r.Purposes, purpose))
	})
}

// Exporter returns the facts that the participant states as the sender of a
// flow.
func (p Participant) Exporter(t *fact.Table) dataspace.Values {
	return t.OfParticipant(fact.Exporter, p.stated())
}

// Recipient returns the facts that the participant states as the receiver of a
// flow; group is the sender's.
func (p Participant) Recipient(t *fact.Table, group string) dataspace.Values {
	return p.public(t).Recipient(t, group)
}

// stated returns all facts that are stated about the participant.
func (p Participant) stated() dataspace.Values {
	return PublicParticipant{ID: p.ID, Jurisdiction: p.Jurisdiction, Known: p.Known}.stated()
}

// Register admits a participant.
func (s *Service) Register(ctx context.Context, p Participant) (Participant, error) {
	p, err := p.read(s.facts())
	if err != nil {
		return Participant{}, err
	}
	p.Created = s.cfg.Now().UTC()
	p.Updated = p.Created
	if err := s.cfg.Store.InsertParticipant(ctx, p); err != nil {
		return Participant{}, fmt.Errorf("register participant %s: %w", p.ID, err)
	}
	return s.MarkParticipant(p), nil
}

// ChangeParticipant replaces what is known about a participant. Decisions
// already made keep the facts they were made on.
func (s *Service) ChangeParticipant(ctx context.Context, p Participant) (Participant, error) {
	p, err := p.read(s.facts())
	if err != nil {
		return Participant{}, err
	}
	old, err := s.Participant(ctx, p.ID)
	if err != nil {
		return Participant{}, err
	}
	p.Created, p.Updated = old.Created, s.cfg.Now().UTC()
	if err := s.cfg.Store.ReplaceParticipant(ctx, p); err != nil {
		return Participant{}, fmt.Errorf("change participant %s: %w", p.ID, err)
	}
	return s.MarkParticipant(p), nil
}

// Participant finds a participant, or returns ErrNotFound.
func (s *Service) Participant(ctx context.Context, id dataspace.ParticipantID) (Participant, error) {
	p, err := s.cfg.Store.Participant(ctx, id)
	if err != nil {
		return Participant{}, fmt.Errorf("find participant %q: %w", id, err)
	}
	return s.MarkParticipant(p), nil
}

// MarkParticipant says which facts of a participant cannot be read any more, and
// which it is asked for.
func (s *Service) MarkParticipant(p Participant) Participant {
	p.Unread = fact.UnreadOfParticipant(s.facts(), p.Known)
	p.Asks = nil
	if s.cfg.Zones != nil {
		p.Asks = homezone.Questions(s.cfg.Zones(p.Jurisdiction), p.Known)
	}
	return p
}

// Participants lists all, in order of id.
func (s *Service) Participants(ctx context.Context) ([]Participant, error) {
	return s.cfg.Store.Participants(ctx)
}

// RemoveParticipant removes a participant. It returns ErrConflict while the
// participant has running flows, datasets, instruments or API keys. Its person
// counts stay.
func (s *Service) RemoveParticipant(ctx context.Context, id dataspace.ParticipantID) error {
	if _, err := s.Participant(ctx, id); err != nil {
		return err
	}
	if s.cfg.Running != nil {
		n, err := s.cfg.Running(ctx, id)
		if err != nil {
			return fmt.Errorf("count flows of participant %s: %w", id, err)
		}
		if n > 0 {
			return problem(dataspace.ErrConflict, "participant.busy", string(id),
				fmt.Sprintf("the participant has %d running flows", n), "stop them or wait until they end")
		}
	}
	err := s.cfg.Store.RemoveParticipant(ctx, id)
	if errors.Is(err, dataspace.ErrConflict) {
		err = problem(dataspace.ErrConflict, "participant.owns", string(id),
			"the participant still has datasets, instruments or API keys", "remove those first")
	}
	if err != nil {
		return fmt.Errorf("remove participant %s: %w", id, err)
	}
	return nil
}

var (
	jurisdictionForm = regexp.MustCompile(`^[A-Z]{2}$`)
)

// read checks a participant and gives it with keys in the place of its words.
func (p Participant) read(t *fact.Table) (Participant, error) {
	var c checks
	c.add(dataspace.CheckName("participant", string(p.ID)))
	c.want(p.LegalName.EN != "" || p.LegalName.ZH != "", "legal_name", "a legal name is needed, in one language at least")
	c.want(p.Jurisdiction != "", "jurisdiction", "expected two capital letters, ISO 3166-1 alpha-2")
	p.Jurisdiction = dataspace.Jurisdiction(c.word(t, vocab.Jurisdictions, "jurisdiction", string(p.Jurisdiction)))
	var err error
	p.Known, err = t.ReadParticipant(p.Known)
	c.add(err)
	p.Unread, p.Asks = nil, nil
	p.Intake.Accept = slices.Clone(p.Intake.Accept)
	for i := range p.Intake.Accept {
		r := &p.Intake.Accept[i]
		c.add(dataspace.CheckName("peer", string(r.Peer)))
		r.Purposes = c.words(t, vocab.Purposes, "intake.accept.purposes", r.Purposes)
	}
	return p, c.join()
}
