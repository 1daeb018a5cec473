package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// Participant is an organisation behind a gateway. A nil or empty field is
// unknown, and a decision treats it so.
type Participant struct {
	ID           string `json:"id"`
	LegalName    Text   `json:"legal_name" required:"false"`
	Jurisdiction string `json:"jurisdiction"`
	// Group is the same for organisations of one group of companies.
	Group string `json:"group,omitempty"`
	// Intake says which offers are accepted without asking the operator.
	Intake Intake `json:"intake" required:"false"`
	// Inbox is the directory for delivered files; empty: the gateway's own.
	Inbox   string    `json:"inbox,omitempty"`
	Created time.Time `json:"created" required:"false" readOnly:"true"`
	Updated time.Time `json:"updated" required:"false" readOnly:"true"`
	// Unread are facts that were stated by words which cannot be read any more.
	// They count as unknown.
	Unread []string `json:"unread,omitempty" readOnly:"true"`
	// Asks are questions about it that are open. Until one is answered, decisions
	// take the strictest answer.
	Asks []OpenQuestion `json:"asks,omitempty" readOnly:"true"`
	// Facts are what is stated about it, such as "sector" and "certifications".
	// In JSON they are at the level of the members above.
	Facts Facts `json:"-"`
}

// OpenQuestion is a question about a fact that nobody has stated.
type OpenQuestion struct {
	Fact   string   `json:"fact" doc:"the name of the fact in a participant"`
	Ask    Text     `json:"ask"`
	Values []string `json:"values" doc:"answers that its law suggests"`
}

// plainParticipant is a Participant without its own encoding.
type plainParticipant Participant

// MarshalJSON writes the facts at the level of the other members.
func (p Participant) MarshalJSON() ([]byte, error) { return besideFacts(plainParticipant(p), p.Facts) }

// UnmarshalJSON reads what MarshalJSON writes.
func (p *Participant) UnmarshalJSON(data []byte) error {
	var q plainParticipant
	facts, err := factsBeside(data, &q)
	if err != nil {
		return err
	}
	*p = Participant(q)
	p.Facts = facts
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
	Peer     string   `json:"peer"`
	Purposes []string `json:"purposes,omitempty"`
}

// Participants gives access to the organisations behind a gateway.
type Participants struct{ t *transport }

// List ranges over participants, in order of id.
func (a Participants) List(ctx context.Context) iter.Seq2[Participant, error] {
	return pages(func(p Page) ([]Participant, string, error) {
		return page[Participant](ctx, a.t, "/participants", url.Values{}, p)
	})
}

// Get returns one; ErrNotFound.
func (a Participants) Get(ctx context.Context, id string) (Participant, error) {
	return call[Participant](ctx, a.t, http.MethodGet, path("participants", id), nil)
}

// Add admits a participant. ErrConflict if the id is taken.
func (a Participants) Add(ctx context.Context, p Participant) (Participant, error) {
	return call[Participant](ctx, a.t, http.MethodPost, "/participants", p)
}

// Change replaces what is known about a participant.
func (a Participants) Change(ctx context.Context, p Participant) (Participant, error) {
	return call[Participant](ctx, a.t, http.MethodPut, path("participants", p.ID), p)
}

// Remove removes a participant. It returns ErrConflict while the participant
// owns something.
func (a Participants) Remove(ctx context.Context, id string) error {
	return a.t.remove(ctx, path("participants", id))
}
