package gateway

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"hutong/internal/dataspace"
)

// Participant is an organisation behind this gateway. A nil or empty field is
// unknown, and a decision treats it so.
type Participant struct {
	ID           dataspace.ParticipantID `json:"id"`
	LegalName    dataspace.Text          `json:"legal_name" required:"false"`
	Jurisdiction dataspace.Jurisdiction  `json:"jurisdiction"`
	RegisteredIn dataspace.Region        `json:"registered_in,omitempty"`
	ExportsFrom  dataspace.Region        `json:"exports_from,omitempty"`
	Sector       string                  `json:"sector,omitempty"`
	// Group is the same for organisations of one group of companies.
	Group             string                   `json:"group,omitempty"`
	CIIO              *bool                    `json:"ciio,omitempty"`
	StateOrgan        *bool                    `json:"state_organ,omitempty"`
	ForeignAuthority  *bool                    `json:"foreign_authority,omitempty"`
	SubjectsProcessed *int64                   `json:"subjects_processed,omitempty"`
	Certifications    []string                 `json:"certifications,omitempty"`
	OnwardTo          []dataspace.Jurisdiction `json:"onward_to,omitempty"`
	// Intake says what is accepted without asking the operator.
	Intake Intake `json:"intake" required:"false"`
	// Inbox is the directory for delivered files; empty: the gateway's own.
	Inbox   string    `json:"inbox,omitempty"`
	Created time.Time `json:"created" required:"false" readOnly:"true"`
	Updated time.Time `json:"updated" required:"false" readOnly:"true"`
}

// Intake is what a recipient takes by itself. What no rule names waits for
// the operator.
type Intake struct {
	Accept []IntakeRule `json:"accept,omitempty"`
}

// IntakeRule accepts one peer's offers for some purposes; no purposes: for
// any.
type IntakeRule struct {
	Peer     dataspace.PeerName `json:"peer"`
	Purposes []string           `json:"purposes,omitempty"`
}

// Accepts reports whether an offer is taken without asking.
func (i Intake) Accepts(peer dataspace.PeerName, purpose string) bool {
	return slices.ContainsFunc(i.Accept, func(r IntakeRule) bool {
		return r.Peer == peer && (len(r.Purposes) == 0 || slices.Contains(r.Purposes, purpose))
	})
}

// Exporter is the participant as the sender of a flow.
func (p Participant) Exporter() dataspace.ExporterFacts {
	return dataspace.ExporterFacts{
		ID:                p.ID,
		Jurisdiction:      p.Jurisdiction,
		RegisteredIn:      p.RegisteredIn,
		ExportsFrom:       p.ExportsFrom,
		CIIO:              p.CIIO,
		StateOrgan:        p.StateOrgan,
		SubjectsProcessed: p.SubjectsProcessed,
	}
}

// Recipient is the participant as the receiver of a flow; group is the
// sender's.
func (p Participant) Recipient(group string) dataspace.RecipientFacts {
	return p.public().Recipient(group)
}

// Register admits a participant.
func (s *Service) Register(ctx context.Context, p Participant) (Participant, error) {
	if err := p.check(); err != nil {
		return Participant{}, err
	}
	p.Created = s.cfg.Now().UTC()
	p.Updated = p.Created
	if err := s.cfg.Store.InsertParticipant(ctx, p); err != nil {
		return Participant{}, fmt.Errorf("register participant %s: %w", p.ID, err)
	}
	return p, nil
}

// ChangeParticipant replaces what is known about a participant. Decisions
// already made keep the facts they were made on.
func (s *Service) ChangeParticipant(ctx context.Context, p Participant) (Participant, error) {
	if err := p.check(); err != nil {
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
	return p, nil
}

// Participant finds one; ErrNotFound.
func (s *Service) Participant(ctx context.Context, id dataspace.ParticipantID) (Participant, error) {
	p, err := s.cfg.Store.Participant(ctx, id)
	if err != nil {
		return Participant{}, fmt.Errorf("find participant %q: %w", id, err)
	}
	return p, nil
}

// Participants lists all, in order of id.
func (s *Service) Participants(ctx context.Context) ([]Participant, error) {
	return s.cfg.Store.Participants(ctx)
}

// RemoveParticipant lets a participant go. ErrConflict while it has running
// flows, datasets, instruments or API keys; its person counts stay.
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
	regionForm       = regexp.MustCompile(`^[A-Z]{2}(-[A-Z0-9]{1,3})?$`)
	wordForm         = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,63}$`)
)

func (p Participant) check() error {
	var c checks
	c.add(dataspace.CheckName("participant", string(p.ID)))
	c.want(p.LegalName.EN != "" || p.LegalName.ZH != "", "legal_name", "a legal name is needed, in one language at least")
	c.want(jurisdictionForm.MatchString(string(p.Jurisdiction)), "jurisdiction", "expected two capital letters, ISO 3166-1 alpha-2")
	for field, r := range map[string]dataspace.Region{"registered_in": p.RegisteredIn, "exports_from": p.ExportsFrom} {
		c.want(r == "" || regionForm.MatchString(string(r)), field, "expected an ISO 3166-2 code")
	}
	for _, j := range p.OnwardTo {
		c.want(jurisdictionForm.MatchString(string(j)), "onward_to", "expected two capital letters, ISO 3166-1 alpha-2")
	}
	for _, w := range p.Certifications {
		c.want(wordForm.MatchString(w), "certifications", "expected lower-case letters, digits and underscores")
	}
	c.want(p.Sector == "" || wordForm.MatchString(p.Sector), "sector", "expected lower-case letters, digits and underscores")
	c.want(p.SubjectsProcessed == nil || *p.SubjectsProcessed >= 0, "subjects_processed", "expected a number of people")
	for _, r := range p.Intake.Accept {
		c.add(dataspace.CheckName("peer", string(r.Peer)))
	}
	return c.join()
}
