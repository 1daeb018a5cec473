package client

import (
	"context"
	"encoding/json"
	"net/http"
)

// Question is a question about the law without a flow.
type Question struct {
	Facts Facts `json:"facts" doc:"all facts that are known of the intended flow, as in facts.schema.json"`
}

// Incident holds the known facts about a security incident.
type Incident struct {
	Jurisdiction string `json:"jurisdiction" doc:"jurisdiction whose law applies, ISO 3166-1 alpha-2"`
	Facts        Facts  `json:"facts" doc:"facts of the incident: discovered, assessed, handled, people and others"`
}

// Clock is a time limit that an incident starts.
type Clock struct {
	Jurisdiction string `json:"jurisdiction,omitempty"` // whose law it is
	Rule         string `json:"rule"`
	Pack         string `json:"pack"`
	Article      string `json:"article"`
	ArticleZH    string `json:"article_zh,omitempty"`
	Source       string `json:"source"`
	Confidence   string `json:"confidence"`
	// May says that it is not known whether the clock runs. Keep the time limit
	// as if the clock ran. Missing names the facts that decide it, and the official
	// texts that are not loaded.
	May     bool          `json:"may,omitempty"`
	Missing []MissingFact `json:"missing,omitempty"`
	// Advice says that an authority advises it, and no law demands it.
	Advice bool `json:"advice,omitempty"`
	// Review says that a person has to find out the time limit.
	Review bool `json:"review,omitempty"`
	// Deadline is a moment (RFC 3339) or the last day (2006-01-02). It is empty
	// while the day that After names is not known, and if a person has to look.
	Deadline string `json:"deadline,omitempty"`
	After    string `json:"after,omitempty"` // assessed or handled: days are counted from then
	Grade    *Text  `json:"grade,omitempty"`
	Who      Text   `json:"who"` // is told
	Text     Text   `json:"text"`
}

// MissingFact is an unknown fact that the answer needs.
type MissingFact struct {
	Fact  string `json:"fact"`
	Why   Text   `json:"why"`
	Where string `json:"where,omitempty"` // where an official text is published
	Ask   *Text  `json:"ask,omitempty"`   // the question for it, of a fact that somebody states
}

// ItemQuery asks which items of a negative list a dataset may be about.
type ItemQuery struct {
	Pack     string `json:"pack"`
	Scenario string `json:"scenario,omitempty" doc:"only items of this scenario"`
}

// ItemProposal holds possible matches. Only a person can confirm a match.
type ItemProposal struct {
	Pack       PackRef         `json:"pack"`
	Columns    string          `json:"columns" doc:"digest of the columns that were compared, for confirm"`
	Candidates []ItemCandidate `json:"candidates" doc:"best first"`
}

// ItemCandidate is an item that a dataset may be about.
type ItemCandidate struct {
	Item  json.RawMessage `json:"item"`
	Score float64         `json:"score"` // over 0, at most 1
	Why   []string        `json:"why"`
}

// Fact is something that rules can read.
type Fact struct {
	Name      string    `json:"name"` // dots are nested objects
	Type      string    `json:"type" doc:"bool, int, text, day, region, jurisdiction or list (of text)"`
	Words     string    `json:"words,omitempty" doc:"the vocabulary of its values"`
	Values    []string  `json:"values,omitempty" doc:"all allowed values; absent: any value of its type"`
	Unit      string    `json:"unit,omitempty"`
	By        []string  `json:"by" doc:"who may state it: exporter, recipient, dataset, flow, gateway"`
	Statement bool      `json:"statement,omitempty" doc:"whether a gateway states it to its peers, signed, about a participant"`
	Field     string    `json:"field,omitempty" doc:"its name in a participant, if that differs from the last part of the name"`
	Flag      string    `json:"flag,omitempty" doc:"its name on the command line, if that differs; none: it has no flag"`
	Default   string    `json:"default,omitempty" doc:"its value if none is known"`
	AtLeast   string    `json:"at_least,omitempty" doc:"a fact; the value is never below the value of that fact"`
	Any       string    `json:"any,omitempty" doc:"a name; the fact is true when any fact below that name is known"`
	Add       string    `json:"add,omitempty" doc:"pair: the values of all flows between two parties are added up"`
	Member    bool      `json:"member,omitempty" doc:"whether it is a member of the document of facts itself"`
	Text      Text      `json:"text"`
	Ask       Text      `json:"ask"`
	Ends      *FactEnds `json:"ends,omitempty"`
	Standing  *Standing `json:"standing,omitempty" doc:"it can be declared for a time"`
	Pack      string    `json:"pack,omitempty" doc:"the pack that declares it; absent: the standard table"`
}

// Standing says what a declaration of a fact is about.
type Standing struct {
	About  string `json:"about" enum:"company,dataset"`
	Months int    `json:"months,omitempty" doc:"how long it may hold; absent: a year"`
	Among  string `json:"among,omitempty" doc:"a fact that counts people; this one says whether there are any in the dataset"`
}

// FactEnds says how a fact ends the use of an instrument.
type FactEnds struct {
	As      string   `json:"as" doc:"word that names the trigger"`
	Unless  []string `json:"unless" doc:"values of the fact that do not end the use"`
	Unknown Text     `json:"unknown"`
	Known   Text     `json:"known"`
}

// Law answers questions by the packs in force on the gateway.
type Law struct{ t *transport }

// Assess decides over an intended flow. Nothing is recorded. The answer is a
// decision document.
func (l Law) Assess(ctx context.Context, q Question) (json.RawMessage, error) {
	return call[json.RawMessage](ctx, l.t, http.MethodPost, "/assessments", q)
}

// Facts lists everything that the rules in force can read: the standard facts and
// those that packs declare.
func (l Law) Facts(ctx context.Context) ([]Fact, error) {
	return call[[]Fact](ctx, l.t, http.MethodGet, "/facts", nil)
}

// Clocks lists the clocks that an incident has started, by deadline. Nothing is
// recorded.
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
