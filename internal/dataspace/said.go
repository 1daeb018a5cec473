package dataspace

// Saying is what a person says of a column.
type Saying string

// The sayings.
const (
	SaysConfirm     Saying = "confirm"      // the column is what was found
	SaysCorrect     Saying = "correct"      // it is another element
	SaysNotPersonal Saying = "not_personal" // it holds no personal data
)

// Form is what some values of a column look like: a pattern of digits (9), Latin
// letters (A), Han characters (字), other letters (L) and signs, or "text".
type Form struct {
	Pattern string  `json:"pattern"`
	Least   int     `json:"least"` // length in characters, without the rarest values
	Most    int     `json:"most"`
	Share   float64 `json:"share"` // of the values
}

// Hits are what values prove.
type Hits struct {
	Contains     []Contained   `json:"contains,omitempty"`
	Coincidences []Coincidence `json:"coincidences,omitempty"`
}

// Statement is what a person says of a column of a dataset, and what it is
// bound to. It contains no value.
type Statement struct {
	Column  string     `json:"column"`
	Says    Saying     `json:"says"`
	Element *ElementID `json:"element,omitempty"` // of confirm and correct
	Reason  string     `json:"reason"`
	By      string     `json:"by"` // the name of the key with which it was recorded
	At      string     `json:"at"` // RFC 3339
	// Type, Forms and Found are the column as it was then; Schema is of the
	// names and types of all columns.
	Type   string     `json:"type"`
	Forms  []Form     `json:"forms"`
	Schema Digest     `json:"schema"`
	Found  *ElementID `json:"found"`
	// Event is the evidence that it was made; empty for one from before there was
	// any.
	Event EventID `json:"event,omitempty"`
}

// DocStatement is the name of the Spoken document of an event.
const DocStatement = "statement"

// Spoken is the evidence of what a person says of a dataset, or takes back. It
// contains no value. Statement and Choice are without their Event.
type Spoken struct {
	Owner     ParticipantID `json:"owner"`
	Dataset   DatasetID     `json:"dataset"`
	Statement *Statement    `json:"statement,omitempty"` // one of both
	Choice    *KeyChoice    `json:"choice,omitempty"`
	// Withdrawn says who took it back, and why.
	Withdrawn *Withdrawn `json:"withdrawn,omitempty"`
}

// Withdrawn is that a person took something back.
type Withdrawn struct {
	Reason string  `json:"reason"`
	By     string  `json:"by"`
	At     string  `json:"at"`              // RFC 3339
	Event  EventID `json:"event,omitempty"` // of what was said
}

// Said is a statement beside the finding of a profile.
type Said struct {
	Statement Statement `json:"statement"`
	// Changed is what differs from the column that the statement is about; the
	// statement has no effect then, and the person must be asked again.
	Changed string `json:"changed,omitempty"` // type, forms
	// Proved are the elements that prove themselves against the statement. They
	// stay.
	Proved []Contained `json:"proved,omitempty"`
	// Found is the element that the profile found.
	Found *ElementID `json:"found"`
}

// Holds reports whether the statement is about the column as it is.
func (s *Said) Holds() bool { return s != nil && s.Changed == "" }

// UsedColumn is what a decision takes a column for, where a statement changes
// it.
type UsedColumn struct {
	Element      *ElementID    `json:"element"`
	Band         Band          `json:"band"`
	Personal     bool          `json:"personal"`
	Sensitive    bool          `json:"sensitive"`
	Contains     []Contained   `json:"contains,omitempty"`
	Coincidences []Coincidence `json:"coincidences,omitempty"`
	Alternatives []Alternative `json:"alternatives,omitempty"`
}

// Used is the profile as decisions take it: the findings, changed by what people
// said.
func (p Profile) Used() Profile {
	columns := make([]ColumnProfile, len(p.Columns))
	for i, c := range p.Columns {
		if u := c.Used; u != nil {
			c.Element, c.Band, c.Personal, c.Sensitive = u.Element, u.Band, u.Personal, u.Sensitive
			c.Contains, c.Coincidences, c.Alternatives, c.Used = u.Contains, u.Coincidences, u.Alternatives, nil
		}
		columns[i] = c
	}
	p.Columns = columns
	return p
}

// Schema identifies the columns by their names and types, in order.
func (p *Profile) Schema() (Digest, error) {
	type column struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	columns := make([]column, len(p.Columns))
	for i, c := range p.Columns {
		columns[i] = column{c.Name, c.Type}
	}
	doc, err := CanonicalJSON(columns)
	if err != nil {
		return "", err
	}
	return DigestOf(doc), nil
}

// KeyChoice is a person's choice of how the people of a role are told apart.
type KeyChoice struct {
	Role string `json:"role"` // as in RoleSubjects
	// Columns are the key. None: the columns of the role are about the main
	// person of a row.
	Columns []string `json:"columns"`
	Reason  string   `json:"reason"`
	By      string   `json:"by"`
	At      string   `json:"at"`              // RFC 3339
	Schema  Digest   `json:"schema"`          // of the columns as they were then
	Event   EventID  `json:"event,omitempty"` // the evidence that it was made
}

// KeyCandidate is one way to tell the people of a role apart, and what speaks
// for it and against it.
type KeyCandidate struct {
	Role string `json:"role"`
	// Columns are the key; none: the columns of the role are about the main
	// person of a row.
	Columns []string `json:"columns"`
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
