package client

import (
	"context"
	"encoding/json"
	"net/http"
)

// Question is what a person wants to know of the law without a flow.
type Question struct {
	Facts Facts `json:"facts" doc:"all that is known of the intended flow, as in facts.schema.json"`
}

// Incident is a security incident as far as it is known.
type Incident struct {
	Jurisdiction string `json:"jurisdiction" doc:"whose law, ISO 3166-1 alpha-2"`
	Facts        Facts  `json:"facts" doc:"discovered, handled, people, and what else is known"`
}

// Clock is a time limit that an incident sets running.
type Clock struct {
	Rule       string `json:"rule"`
	Pack       string `json:"pack"`
	Article    string `json:"article"`
	Source     string `json:"source"`
	Confidence string `json:"confidence"`
	// May says that it is not known whether the clock runs; Missing says what
	// that hangs on. It is to be kept as if it ran.
	May     bool          `json:"may,omitempty"`
	Missing []MissingFact `json:"missing,omitempty"`
	// Deadline is a moment (RFC 3339) or the last day (2006-01-02); empty while
	// the day on which handling ended is not known.
	Deadline string `json:"deadline,omitempty"`
	Grade    *Text  `json:"grade,omitempty"`
	Who      Text   `json:"who"` // is told
	Text     Text   `json:"text"`
}

// MissingFact is a fact without which no more can be said.
type MissingFact struct {
	Fact  string `json:"fact"`
	Why   Text   `json:"why"`
	Where string `json:"where,omitempty"` // where an official text is published
}

// ItemQuery asks which items of a negative list a dataset may be about.
type ItemQuery struct {
	Pack     string `json:"pack"`
	Scenario string `json:"scenario,omitempty" doc:"only items of this scenario"`
}

// ItemProposal is what may match. Only a person says that it does.
type ItemProposal struct {
	Pack       PackRef         `json:"pack"`
	Columns    string          `json:"columns" doc:"digest of the columns that were looked at, for confirm"`
	Candidates []ItemCandidate `json:"candidates" doc:"best first"`
}

// ItemCandidate is an item that a dataset may be about.
type ItemCandidate struct {
	Item  json.RawMessage `json:"item"`
	Score float64         `json:"score"` // over 0, at most 1
	Why   []string        `json:"why"`
}

// Law answers by the packs in force on the gateway.
type Law struct{ t *transport }

// Assess decides over an intended flow. Nothing is recorded. The answer is a
// decision document.
func (l Law) Assess(ctx context.Context, q Question) (json.RawMessage, error) {
	return call[json.RawMessage](ctx, l.t, http.MethodPost, "/assessments", q)
}

// Clocks lists the clocks that an incident has set running, by deadline.
// Nothing is recorded.
func (l Law) Clocks(ctx context.Context, in Incident) ([]Clock, error) {
	return call[[]Clock](ctx, l.t, http.MethodPost, "/incidents/clocks", in)
}

// Profile reads the source of a registered dataset once and says what each
// column holds and how many people it is about. The answer is a profile
// document; it holds no value of a cell.
func (d Datasets) Profile(ctx context.Context, owner, id string) (json.RawMessage, error) {
	return call[json.RawMessage](ctx, d.t, http.MethodPost, path("participants", owner, "datasets", id, "profile"), nil)
}

// ProposeItems profiles a registered dataset and proposes the items of a list
// that it may be about.
func (d Datasets) ProposeItems(ctx context.Context, owner, id string, q ItemQuery) (ItemProposal, error) {
	return call[ItemProposal](ctx, d.t, http.MethodPost, path("participants", owner, "datasets", id, "list-match", "candidates"), q)
}
