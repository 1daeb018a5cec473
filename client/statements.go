package client

import (
	"context"
	"net/http"
)

// Statements are all that people say of a dataset, beside what its profile
// finds.
type Statements struct {
	Columns []Statement `json:"columns"` // in order of their names
	Keys    []KeyChoice `json:"keys"`
}

// Statement is what a person says of a column, and what it is bound to. It holds
// while the name and the forms of the column stay.
type Statement struct {
	Column  string  `json:"column"`
	Says    string  `json:"says" enum:"confirm,correct,not_personal"`
	Element *string `json:"element,omitempty"` // of confirm and correct
	Reason  string  `json:"reason"`
	By      string  `json:"by"`
	At      string  `json:"at"`
	// Type, Forms and Found are the column as it was then; Schema is a digest of
	// the names and types of all columns.
	Type   string  `json:"type"`
	Forms  []Form  `json:"forms"`
	Schema string  `json:"schema"`
	Found  *string `json:"found"`
	Event  string  `json:"event,omitempty" doc:"the evidence that it was made"`
}

// Form is what some values of a column look like: a pattern of digits (9), Latin
// letters (A), Han characters (字), other letters (L) and signs.
type Form struct {
	Pattern string  `json:"pattern"`
	Least   int     `json:"least"` // length in characters
	Most    int     `json:"most"`
	Share   float64 `json:"share"` // of the values
}

// KeyChoice is a person's choice of how the people of a role are told apart.
type KeyChoice struct {
	Role    string   `json:"role" doc:"as the profile names it; empty: whom the table is about"`
	Columns []string `json:"columns" doc:"the key; none: the columns of the role are about the main person of a row"`
	Reason  string   `json:"reason"`
	By      string   `json:"by"`
	At      string   `json:"at"`
	Schema  string   `json:"schema"`
	Event   string   `json:"event,omitempty" doc:"the evidence that it was made"`
}

// Say is what a person says of columns of a dataset.
type Say struct {
	Columns []SayColumn `json:"columns" minItems:"1"`
	Reason  string      `json:"reason"`
}

// SayColumn is what a person says of one column.
type SayColumn struct {
	Column  string `json:"column"`
	Says    string `json:"says" enum:"confirm,correct,not_personal" doc:"not_personal: it holds no personal data"`
	Element string `json:"element,omitempty" doc:"of correct: the element that it is"`
}

// WithdrawColumns names columns of which nothing is said any more.
type WithdrawColumns struct {
	Columns []string `json:"columns" minItems:"1"`
	Reason  string   `json:"reason"`
}

// Statements returns what people say of a dataset.
func (d Datasets) Statements(ctx context.Context, owner, id string) (Statements, error) {
	return call[Statements](ctx, d.t, http.MethodGet, path("participants", owner, "datasets", id, "statements"), nil)
}

// Say records what a person says of columns, all or nothing. It returns
// ErrConflict if values prove otherwise.
func (d Datasets) Say(ctx context.Context, owner, id string, in Say) (Statements, error) {
	return call[Statements](ctx, d.t, http.MethodPost, path("participants", owner, "datasets", id, "statements", "columns"), in)
}

// Withdraw takes back what was said of columns. It returns ErrNotFound if
// nothing is said of one of them.
func (d Datasets) Withdraw(ctx context.Context, owner, id string, in WithdrawColumns) (Statements, error) {
	return call[Statements](ctx, d.t, http.MethodPost, path("participants", owner, "datasets", id, "statements", "columns", "withdraw"), in)
}

// KeyCandidate is one way to tell the people of a role apart, and what speaks
// for it and against it.
type KeyCandidate struct {
	Role    string   `json:"role"`
	Columns []string `json:"columns" doc:"the key; none: the columns of the role are about the main person of a row"`
	// People are those of the whole dataset if the key is chosen.
	People int64 `json:"people"`
	Holds  bool  `json:"holds,omitempty"`  // it is what is counted now
	Chosen bool  `json:"chosen,omitempty"` // by a person

	Values       int64 `json:"values"`       // different ones
	Shared       int64 `json:"shared"`       // of them have several names
	Empty        int64 `json:"empty"`        // rows
	Placeholders int64 `json:"placeholders"` // rows with a value that is nobody's
	Unread       int64 `json:"unread"`       // rows with a value that lost digits
	Proved       int64 `json:"proved"`       // rows whose value proves itself as a number of its kind
}

// ChooseKey chooses by which key the people of a role are told apart.
type ChooseKey struct {
	Role    string   `json:"role" required:"false" doc:"as the candidates name it; empty: whom the table is about"`
	Columns []string `json:"columns" doc:"of a candidate; none: the columns of the role are about the main person of a row"`
	Reason  string   `json:"reason"`
	Recount bool     `json:"recount,omitempty" doc:"correct the count of this year by the difference"`
}

// UnchooseKey takes back the choice for a role.
type UnchooseKey struct {
	Role    string `json:"role" required:"false"`
	Reason  string `json:"reason"`
	Recount bool   `json:"recount,omitempty" doc:"correct the count of this year by the difference"`
}

// KeyChosen says what a choice changes.
type KeyChosen struct {
	Statements Statements `json:"statements"`
	Before     int64      `json:"before"` // people of the dataset
	After      int64      `json:"after"`
	Change     Totals     `json:"change" doc:"by class of the year"`
	Corrected  int        `json:"corrected,omitempty"` // the year that was corrected by it
}

// KeyCandidates counts the people of a dataset by each key. The gateway reads
// the dataset as for a profile, and once more.
func (d Datasets) KeyCandidates(ctx context.Context, owner, id string) ([]KeyCandidate, error) {
	return call[[]KeyCandidate](ctx, d.t, http.MethodPost, path("participants", owner, "datasets", id, "statements", "keys", "candidates"), nil)
}

// ChooseKey records by which key the people of a role are told apart.
func (d Datasets) ChooseKey(ctx context.Context, owner, id string, in ChooseKey) (KeyChosen, error) {
	return call[KeyChosen](ctx, d.t, http.MethodPost, path("participants", owner, "datasets", id, "statements", "keys"), in)
}

// UnchooseKey takes back the choice for a role.
func (d Datasets) UnchooseKey(ctx context.Context, owner, id string, in UnchooseKey) (KeyChosen, error) {
	return call[KeyChosen](ctx, d.t, http.MethodPost, path("participants", owner, "datasets", id, "statements", "keys", "withdraw"), in)
}
