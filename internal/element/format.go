package element

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"hutong/internal/dataspace"
)

// The types of this file are the form of an element file;
// docs/reference/pack-format.md explains every key.

// File is the content of one element file.
type File struct {
	SchemaVersion int `yaml:"schema_version" json:"schema_version"`
	// Classifications are only in the file that comes with the program.
	Classifications []Classification `yaml:"classifications" json:"classifications,omitempty"`
	Elements        []Element        `yaml:"elements" json:"elements"`
}

// Element is one entry of the taxonomy. Its legal marks are a draft; their user
// decides what they mean.
type Element struct {
	ID       dataspace.ElementID `yaml:"id" json:"id"`
	Name     dataspace.Text      `yaml:"name" json:"name"`
	Group    string              `yaml:"group" json:"group"`
	Personal Linkage             `yaml:"personal" json:"personal"`
	// Sensitive says, by the id of a classification, whether the element is
	// sensitive: Context, Yes, or Yes with a colon and a category. A missing
	// classification means no. Any stands for every classification.
	Sensitive map[string]string `yaml:"sensitive" json:"sensitive,omitempty"`
	// Categories give the element's category in another list, by the id of that
	// list.
	Categories map[string]string `yaml:"categories" json:"categories,omitempty"`
	IDClass    IDClass           `yaml:"idclass" json:"idclass"`
	Level      int               `yaml:"level" json:"level,omitempty"`
	Marks      []Mark            `yaml:"marks" json:"marks,omitempty"`
	Detector   Detector          `yaml:"detector" json:"detector,omitzero"`
	Headers    Headers           `yaml:"headers" json:"headers,omitzero"`
	// Masks is the element of which the values are a form with hidden parts.
	Masks dataspace.ElementID `yaml:"masks" json:"masks,omitempty"`

	// The program does not use the rest; it is for the people who keep the
	// file.
	Draft       map[string]any `yaml:"draft" json:"-"`
	Equivalents string         `yaml:"equivalents" json:"-"`
	Notes       string         `yaml:"notes" json:"-"`
}

// Linkage says whether an element is about a natural person.
type Linkage string

// The linkages. For Context, the other columns of the table decide.
const (
	PersonalYes     Linkage = "yes"
	PersonalNo      Linkage = "no"
	PersonalContext Linkage = "context"
)

// IDClass says how an element identifies people (GB/T 37964).
type IDClass string

// The classes.
const (
	Direct    IDClass = "direct"
	Quasi     IDClass = "quasi"
	Attribute IDClass = "attribute"
	NoID      IDClass = "none"
)

// The values that a classification can have for an element.
const (
	Yes     = "yes"     // sensitive wherever it is linked to a person
	Context = "context" // the data next to it decides
)

// Any stands for every classification in the entry of an element.
const Any = "any"

// Mark is a property of an element that the program must know.
type Mark string

// The marks.
const (
	// Reveals: only people have it, so a table with it is about people even
	// without a name.
	Reveals Mark = "reveals"
	// Discriminates: where the context decides, the element counts as
	// sensitive, because a table does not show the context.
	Discriminates Mark = "discriminates"
	// Listed: its values are a list of words that are also codes.
	Listed Mark = "listed"
	// PersonName: it is the name of a person, so the word before "name" in a
	// header counts.
	PersonName Mark = "person_name"
	// FreeText: people write it freely. It may be about anybody, and no check
	// can exclude that.
	FreeText Mark = "free_text"
	// Position: its values are coordinates.
	Position Mark = "position"
)

var allMarks = []Mark{Reveals, Discriminates, Listed, PersonName, FreeText, Position}

// Proof says where a value proves itself.
type Proof string

// The proofs. Without one, a value proves nothing outside a column of its kind.
const (
	// Inside a text or as a whole cell, unless chance explains the hits. Many
	// codes pass, so the name of a column that does proves nothing.
	Inside Proof = "inside"
	// Alone is the same, but hardly any other code passes: a name of a column
	// that does is refused.
	Alone Proof = "alone"
	// Spread inside longer text, and as whole cells if their prefixes are those
	// of numbers given to many people: there is no check digit. A name of a column
	// with such a value is refused.
	Spread Proof = "spread"
)

// Detector says how the values of an element are recognised. All given
// conditions must hold. With an empty one, only the header words point to the
// element.
type Detector struct {
	// Pattern is a regular expression (RE2) of a whole value.
	Pattern string `yaml:"pattern" json:"pattern,omitempty"`
	// Values is a closed list of whole values; case is ignored.
	Values []string `yaml:"values" json:"values,omitempty"`
	// Telling are the values of the list that hardly any other column has.
	Telling []string `yaml:"telling" json:"telling,omitempty"`
	// Validator names a check of this package, see Validators.
	Validator string `yaml:"validator" json:"validator,omitempty"`
	// Weights, Modulus and Characters belong to the validator "weighted".
	Weights    []int  `yaml:"weights" json:"weights,omitempty"`
	Modulus    int    `yaml:"modulus" json:"modulus,omitempty"`
	Characters string `yaml:"characters" json:"characters,omitempty"`
	// Proof says in words what the check is based on, for evidence.
	Proof  string `yaml:"proof" json:"proof,omitempty"`
	Proves Proof  `yaml:"proves" json:"proves,omitempty"`
	// Shape is the form of values without a check.
	Shape Shape `yaml:"shape" json:"shape,omitempty"`
	// SingleFPR is the chance that one random value of the right form passes; 0
	// where it was not measured.
	SingleFPR float64 `yaml:"single_fpr" json:"single_fpr,omitempty"`
}

// empty reports whether values cannot point to the element.
func (d *Detector) empty() bool {
	return d.Pattern == "" && d.Validator == "" && len(d.Values) == 0
}

// Headers are the column names that point to an element.
type Headers struct {
	EN     []string `yaml:"en" json:"en,omitempty"`
	ZH     []string `yaml:"zh" json:"zh,omitempty"`
	Pinyin []string `yaml:"pinyin" json:"pinyin,omitempty"`
	Other  []string `yaml:"other" json:"other,omitempty"` // of other languages
	// Shared are those of the words that other things are called too.
	Shared *Shared `yaml:"shared" json:"shared,omitempty"`
}

// Shared are header words that count only beside a column of other elements, or
// in a table that is called so.
type Shared struct {
	Words  []string `yaml:"words" json:"words"`
	Beside []string `yaml:"beside" json:"beside"` // elements, or groups of elements
	Tables []string `yaml:"tables" json:"tables,omitempty"`
}

// Has reports whether the element has the mark.
func (e *Element) Has(m Mark) bool { return slices.Contains(e.Marks, m) }

// FreeText reports whether people write the values of the element freely.
func (e *Element) FreeText() bool { return e.Has(FreeText) }

// by is what a classification says of the element.
func (e *Element) by(classification string) string {
	if s, ok := e.Sensitive[classification]; ok {
		return s
	}
	return e.Sensitive[Any]
}

var (
	idPattern    = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	sensePattern = regexp.MustCompile(`^(no|context|yes(:[a-z_]+)?)$`)
)

// check reports all errors in an entry. classifications are those that it may
// name.
func (e *Element) check(place string, classifications []Classification) error {
	var errs []error
	bad := func(key, message string) {
		errs = append(errs, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "element.entry", Place: place + ", " + key, Message: message})
	}
	if !idPattern.MatchString(string(e.ID)) {
		bad("id", fmt.Sprintf("%q is not an id: a letter, then small letters, digits and single underscores", e.ID))
	}
	if e.Name.EN == "" || e.Name.ZH == "" {
		bad("name", "is needed in en and zh")
	}
	if e.Group == "" {
		bad("group", "is missing")
	}
	if !slices.Contains([]Linkage{PersonalYes, PersonalNo, PersonalContext}, e.Personal) {
		bad("personal", fmt.Sprintf("%q is not yes, no or context", e.Personal))
	}
	if !slices.Contains([]IDClass{Direct, Quasi, Attribute, NoID}, e.IDClass) {
		bad("idclass", fmt.Sprintf("%q is not direct, quasi, attribute or none", e.IDClass))
	}
	for id, s := range e.Sensitive {
		if id != Any && !slices.ContainsFunc(classifications, func(c Classification) bool { return c.ID == id }) {
			bad("sensitive", fmt.Sprintf("%q is not a classification", id))
		}
		if !sensePattern.MatchString(s) {
			bad("sensitive", fmt.Sprintf("%q is not no, context, yes, or yes: and a category", s))
		}
	}
	if s := e.Headers.Shared; s != nil && (len(s.Words) == 0 || len(s.Beside) == 0) {
		bad("headers, shared", "needs words, and beside: the elements, or groups of elements, with which they count")
	} else if s != nil {
		all := slices.Concat(e.Headers.EN, e.Headers.ZH, e.Headers.Pinyin, e.Headers.Other)
		for _, w := range s.Words {
			if !slices.Contains(all, w) {
				bad("headers, shared", fmt.Sprintf("%q is none of the words above", w))
			}
		}
	}
	for _, m := range e.Marks {
		if !slices.Contains(allMarks, m) {
			bad("marks", fmt.Sprintf("%q is not a mark", m))
		}
	}
	if e.Detector.empty() && len(e.Headers.EN)+len(e.Headers.ZH)+len(e.Headers.Pinyin)+len(e.Headers.Other) == 0 {
		bad("headers", "are missing: without a detector nothing else points to the element")
	}
	return errors.Join(errs...)
}
