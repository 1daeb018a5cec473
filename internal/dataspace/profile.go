package dataspace

import (
	"encoding/json"
	"fmt"
)

// Profile is the finding about a dataset; its JSON follows profile.schema.json.
// It contains no values of cells.
type Profile struct {
	Source   ProfileSource   `json:"source"`
	Rows     int64           `json:"rows"`
	Bytes    int64           `json:"bytes"`
	Columns  []ColumnProfile `json:"columns"`
	Subjects Subjects        `json:"subjects"`
	Choices  []KeyChoice     `json:"choices,omitempty"` // of people: how the people of roles are told apart
	// Quasi says how far the columns that describe people single them out.
	Quasi   *QuasiIdentifiers `json:"quasi_identifiers,omitempty"`
	Derived []string          `json:"derived,omitempty"` // personal_table, trajectory_table, aggregation, under14_rows and those of other ages
}

// QuasiIdentifiers are columns that describe people without naming them, and how
// many rows have the same values in all of them.
type QuasiIdentifiers struct {
	Columns  []string `json:"columns"`
	Groups   int64    `json:"groups"`   // of rows with the same values
	Smallest int64    `json:"smallest"` // rows of the smallest group: k
	Alone    int64    `json:"alone"`    // rows with values that no other row has
	// Direct means that another column identifies people by itself, so that this
	// holds only for what leaves without such columns.
	Direct bool `json:"direct,omitempty"`
}

// ProfileSource describes the source that was read. Name holds only the last
// part of a path.
type ProfileSource struct {
	Name    string `json:"name"`
	Format  string `json:"format"` // csv, jsonl, parquet
	Charset string `json:"charset,omitempty"`
	Files   int    `json:"files,omitempty"`
	SHA256  Digest `json:"sha256,omitempty"` // of all bytes, files in order of name
	// Header is HeaderNone where the first line is a row; otherwise empty.
	Header string `json:"header,omitempty"`
	// Skipped is the number of lines above the header or the first row of the
	// first file.
	Skipped int `json:"skipped,omitempty"`
}

// HeaderNone says that the columns have no names in their source.
const HeaderNone = "none"

// Band says how sure the element of a column is.
type Band string

// The bands of profile.schema.json.
const (
	BandAccept Band = "accept" // used as it is
	BandReview Band = "review" // a person should check
	BandNone   Band = "none"   // none of the taxonomy
)

// ColumnProfile is the profile of one column.
type ColumnProfile struct {
	Name         string        `json:"name"`
	Type         string        `json:"type"` // string, integer, number, boolean, date, timestamp, binary, mixed, null
	Element      *ElementID    `json:"element"`
	Confidence   float64       `json:"confidence"`
	Band         Band          `json:"band"`
	Personal     bool          `json:"personal"`
	Sensitive    bool          `json:"sensitive"`
	Alternatives []Alternative `json:"alternatives,omitempty"`
	Contains     []Contained   `json:"contains,omitempty"`
	// Coincidences are values that pass the check of an element as often as
	// chance lets them.
	Coincidences []Coincidence `json:"coincidences,omitempty"`
	Nulls        int64         `json:"nulls"`
	Distinct     *int64        `json:"distinct,omitempty"` // absent when it was not counted exactly
	Evidence     []string      `json:"evidence,omitempty"`
	// Forms are what the values look like, most frequent first.
	Forms []Form `json:"forms,omitempty"`
	// Own is what the values prove of the column's own element.
	Own *Hits `json:"own,omitempty"`
	// Masked is set for a column of values with hidden parts.
	Masked *Masked `json:"masked,omitempty"`
	// Said is what a person says of the column, beside the finding; Used is what
	// a decision takes the column for because of what people said.
	Said *Said       `json:"said,omitempty"`
	Used *UsedColumn `json:"used,omitempty"`
}

// Masked says of which element values are a form with hidden parts, and whether
// most of them still belong to one row.
type Masked struct {
	Of         ElementID `json:"of"`
	SinglesOut bool      `json:"singles_out"`
}

// Alternative is another element the column could be.
type Alternative struct {
	Element    ElementID `json:"element"`
	Confidence float64   `json:"confidence"`
}

// Contained is an element found inside longer text.
type Contained struct {
	Element ElementID `json:"element"`
	Rows    int64     `json:"rows"`
	// Looked and Confidence are there only if the element does not prove itself:
	// in how many rows it was looked for, and how sure it is that it is in some
	// row. Rows are of those.
	Looked     int64   `json:"looked,omitempty"`
	Confidence float64 `json:"confidence,omitempty"`
}

// Proved reports whether values prove the element.
func (c Contained) Proved() bool { return c.Looked == 0 }

// Coincidence is a kind of values that pass the check of an element and are not
// taken for it.
type Coincidence struct {
	Element ElementID `json:"element"`
	// Shape is the form of the values: 9 is a digit, A a letter, * either; the
	// number in braces is how many follow each other.
	Shape string `json:"shape"`
	// Whole says that the values are whole cells, not a part of a text.
	Whole    bool    `json:"whole,omitempty"`
	Rows     int64   `json:"rows"`
	Expected float64 `json:"expected"` // different values that chance would give
}

// Subjects counts the people in a dataset.
type Subjects struct {
	Key      []string // columns that identify people; nil when there is none
	Distinct *int64
	// Classes are the people in each counted class, without the classes that
	// are the rest of others; nil if not known.
	Classes map[string]*int64
	// Unread are the columns that say how old people are and could not be read:
	// how many are below an age is not known then. A count by a census takes
	// everybody whose age was not read for younger.
	Unread []string
	// Roles say how the people of each role are told apart, if a row may be
	// about several.
	Roles []RoleSubjects
}

// RoleSubjects is how the people of one role are told apart.
type RoleSubjects struct {
	Role string    `json:"role"` // of words/roles.yaml, with its number; empty: whom the table is about
	Keys []RoleKey `json:"keys"` // best first
}

// RoleKey is a key of a role, and the number of rows that it told apart.
type RoleKey struct {
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
}

// The members of Subjects besides the classes.
const (
	subjectKey      = "key"
	subjectDistinct = "distinct"
	subjectUnread   = "unread"
	subjectRoles    = "roles"
)

// members are the classes and, beside them, the others.
func (s Subjects) members() map[string]any {
	out := make(map[string]any, len(s.Classes)+2)
	for class, n := range s.Classes {
		out[class] = n
	}
	out[subjectKey], out[subjectDistinct] = s.Key, s.Distinct
	if len(s.Unread) > 0 {
		out[subjectUnread] = s.Unread
	}
	if len(s.Roles) > 0 {
		out[subjectRoles] = s.Roles
	}
	return out
}

func (s Subjects) appendCanonical(out []byte) ([]byte, error) {
	return appendCanonical(out, s.members())
}

// MarshalJSON writes the classes at the level of the other members.
func (s Subjects) MarshalJSON() ([]byte, error) { return json.Marshal(s.members()) }

// UnmarshalJSON is the inverse of MarshalJSON.
func (s *Subjects) UnmarshalJSON(raw []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return err
	}
	*s = Subjects{}
	for name, value := range members {
		var err error
		switch name {
		case subjectKey:
			err = json.Unmarshal(value, &s.Key)
		case subjectDistinct:
			err = json.Unmarshal(value, &s.Distinct)
		case subjectUnread:
			err = json.Unmarshal(value, &s.Unread)
		case subjectRoles:
			err = json.Unmarshal(value, &s.Roles)
		default:
			var n *int64
			if err = json.Unmarshal(value, &n); s.Classes == nil {
				s.Classes = map[string]*int64{}
			}
			s.Classes[name] = n
		}
		if err != nil {
			return fmt.Errorf("read subjects: %s: %w", name, err)
		}
	}
	return nil
}

// Column finds a column by name.
func (p *Profile) Column(name string) (ColumnProfile, bool) {
	for _, c := range p.Columns {
		if c.Name == name {
			return c, true
		}
	}
	return ColumnProfile{}, false
}

// ColumnsDigest identifies the columns independently of their values: their
// names in order, with the element that each is used as and the elements it
// contains.
func (p *Profile) ColumnsDigest() (Digest, error) {
	type column struct {
		Name     string      `json:"name"`
		Element  *ElementID  `json:"element"`
		Contains []ElementID `json:"contains"`
	}
	columns := make([]column, len(p.Columns))
	for i, c := range p.Used().Columns {
		columns[i] = column{Name: c.Name, Element: c.Element, Contains: []ElementID{}}
		for _, inside := range c.Contains {
			columns[i].Contains = append(columns[i].Contains, inside.Element)
		}
	}
	doc, err := CanonicalJSON(columns)
	if err != nil {
		return "", err
	}
	return DigestOf(doc), nil
}
