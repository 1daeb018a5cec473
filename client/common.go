package client

// Text is a sentence in both languages.
type Text struct {
	EN string `json:"en"`
	ZH string `json:"zh"`
}

// Contradiction is two statements of which at least one is false.
type Contradiction struct {
	Code string `json:"code"`
	A    Text   `json:"a"` // the two places, each with what it says
	B    Text   `json:"b"`
	Is   Text   `json:"is"` // why both cannot be true
	Do   Text   `json:"do"` // what to do
}

// PackRef names the exact bytes of a rule pack.
type PackRef struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
}

// ColumnPlan says what a delivery does to one column.
type ColumnPlan struct {
	Name    string  `json:"name"`
	Element *string `json:"element,omitempty"`
	Action  string  `json:"action"`

	Length int     `json:"length,omitempty"` // truncate: characters kept
	First  int     `json:"first,omitempty"`  // mask: characters kept at the front
	Last   int     `json:"last,omitempty"`   // mask: characters kept at the end
	To     string  `json:"to,omitempty"`     // generalise: year, month, grid
	Grid   float64 `json:"grid,omitempty"`   // generalise to grid: degrees

	// Rule is the rule that asked for at least this action; empty when it is
	// the sender's own choice.
	Rule string `json:"rule,omitempty"`

	// Said is what a person says of the column, and Found the element that the
	// profile found; both are empty if nobody says anything.
	Said  string  `json:"said,omitempty" readOnly:"true"`
	Found *string `json:"found,omitempty" readOnly:"true"`
}
