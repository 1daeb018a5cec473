package fact

import (
	"fmt"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/vocab"
	"hutong/internal/zone"
)

// Type is what the value of a fact must be.
type Type string

// The types. All but the first two and the last are texts.
const (
	Bool         Type = "bool"
	Int          Type = "int"
	Text         Type = "text"
	Day          Type = "day"          // 2006-01-02
	Region       Type = "region"       // ISO 3166-2, or ISO 3166-1 where no finer one matters
	Jurisdiction Type = "jurisdiction" // ISO 3166-1 alpha-2
	Zone         Type = "zone"         // of time, by its IANA name
	List         Type = "list"         // of texts
)

// Types are all types.
var Types = []Type{Bool, Int, Text, Day, Region, Jurisdiction, Zone, List}

// Source is who may state a fact.
type Source string

// The sources.
const (
	Exporter  Source = "exporter"  // the exporter's gateway, of a participant behind it
	Recipient Source = "recipient" // the recipient's gateway, of a participant behind it
	Dataset   Source = "dataset"   // the owner of a dataset
	Flow      Source = "flow"      // whoever sends
	Gateway   Source = "gateway"   // found or counted by the gateway itself
)

// Sources are all sources.
var Sources = []Source{Exporter, Recipient, Dataset, Flow, Gateway}

// Definition is one fact of the table.
type Definition struct {
	Name string `json:"name" yaml:"name"`
	Type Type   `json:"type" yaml:"type"`
	// Words names the vocabulary of the value, Values are all that it may be;
	// both empty: anything of its type.
	Words  string   `json:"words,omitempty" yaml:"words"`
	Values []string `json:"values,omitempty" yaml:"values"`
	Unit   string   `json:"unit,omitempty" yaml:"unit"`
	By     []Source `json:"by" yaml:"by"`
	// Statement says that the fact belongs to what a gateway states, signed,
	// about a participant behind it.
	Statement bool `json:"statement,omitempty" yaml:"statement"`
	// Field is its name in a participant; empty: the last part of Name.
	Field string `json:"field,omitempty" yaml:"field"`
	// Flag is its name on the command line; empty: the last part of Name, with
	// dashes; "none": it has no flag.
	Flag string `json:"flag,omitempty" yaml:"flag"`
	// Default is the value where none is known.
	Default string `json:"default,omitempty" yaml:"default"`
	// AtLeast names a fact that this one is never below.
	AtLeast string `json:"at_least,omitempty" yaml:"at_least"`
	// Any makes the fact true when any fact below that name is known, and false
	// else; it cannot be stated.
	Any string `json:"any,omitempty" yaml:"any"`
	// Add is Pair where what the flows between two parties state is added up.
	Add string `json:"add,omitempty" yaml:"add"`
	// Member says that the value is a member of the document of facts itself.
	Member bool           `json:"member,omitempty" yaml:"member"`
	Text   dataspace.Text `json:"text" yaml:"text"`
	Ask    dataspace.Text `json:"ask" yaml:"ask"`
	Ends   *Ends          `json:"ends,omitempty" yaml:"ends"`
	// Standing says that the fact can be declared for a time.
	Standing *Standing `json:"standing,omitempty" yaml:"standing"`
	// Pack is the pack that declares the fact; empty: the standard table.
	Pack dataspace.PackID `json:"pack,omitempty" yaml:"-"`
	inTable
}

// inTable is what a table knows of a definition.
type inTable struct {
	place string              // where the pack declares it
	kind  dataspace.ValueKind // see Kind
}

// Pair is the value of Definition.Add.
const Pair = "pair"

// Ends says how a fact ends the use of an instrument whose kind has a trigger
// on it.
type Ends struct {
	As      string         `json:"as" yaml:"as"`           // the word of the trigger
	Unless  []string       `json:"unless" yaml:"unless"`   // values that do not end it
	Unknown dataspace.Text `json:"unknown" yaml:"unknown"` // said where nothing is known
	Known   dataspace.Text `json:"known" yaml:"known"`     // said where it has ended
	Later   *Later         `json:"later,omitempty" yaml:"later"`
}

// Later says how values of a fact that hold only from a day on end the use of an
// instrument that is older.
type Later struct {
	As      string         `json:"as" yaml:"as"`           // the word of the trigger
	Values  []string       `json:"values" yaml:"values"`   // those that hold from a day on
	On      string         `json:"on" yaml:"on"`           // the fact that names the day
	Unknown dataspace.Text `json:"unknown" yaml:"unknown"` // said where the value is not known
	Undated dataspace.Text `json:"undated" yaml:"undated"` // said where the day is not known
	Known   dataspace.Text `json:"known" yaml:"known"`     // said where it has ended; {day} is the day
}

// Standing says what a declaration of a fact is about, and how long it may hold.
type Standing struct {
	About Subject `json:"about" yaml:"about"`
	// Months is how long a declaration may hold; 0: a year.
	Months int `json:"months,omitempty" yaml:"months"`
	// Among names a fact that counts people: this one says whether there are any
	// in the dataset.
	Among string `json:"among,omitempty" yaml:"among"`
	// Edition names a fact of the gateway: whether the value was declared by
	// somebody who names the edition of the list that was looked at.
	Edition string `json:"edition,omitempty" yaml:"edition"`
}

// Subject is what a declaration is about.
type Subject string

// The subjects.
const (
	AboutCompany Subject = "company" // the participant
	AboutDataset Subject = "dataset" // a dataset of it, or all
)

// maxMonths is how long a declaration may hold at most.
const maxMonths = 12

// Most is how many months a declaration may hold.
func (s *Standing) Most() int {
	if s.Months == 0 {
		return maxMonths
	}
	return s.Months
}

// problem is what is wrong with how the fact can be declared; empty: nothing.
func (s *Standing) problem(d *Definition) string {
	by := map[Subject]Source{AboutCompany: Exporter, AboutDataset: Dataset}[s.About]
	switch {
	case by == "":
		return fmt.Sprintf("a declaration is about %q, and must be about %s or %s", s.About, AboutCompany, AboutDataset)
	case !d.StatedBy(by):
		return fmt.Sprintf("a declaration about a %s is of a fact that the %s states", s.About, by)
	case s.Among != "" && (s.About != AboutDataset || d.Type != Bool):
		return "a fact that says whether there are people whom another one counts is a bool about a dataset"
	case s.Edition != "" && s.About != AboutDataset:
		return "only a fact about datasets says whether data is on a list"
	case s.Months < 0 || s.Months > maxMonths:
		return fmt.Sprintf("a declaration holds for %d months at most", maxMonths)
	}
	return ""
}

// StatedBy reports whether a source may state the fact.
func (d *Definition) StatedBy(s Source) bool { return slices.Contains(d.By, s) }

// Leaf is the last part of the name.
func (d *Definition) Leaf() string { return d.Name[strings.LastIndexByte(d.Name, '.')+1:] }

// FieldName is the name of the fact in a participant: that of a fact of a pack
// is its whole name.
func (d *Definition) FieldName() string {
	switch {
	case d.Field != "":
		return d.Field
	case d.Pack != "":
		return d.Name
	}
	return d.Leaf()
}

// FlagName is the name of the fact on the command line; empty when it has none.
// Facts of packs are stated by --set.
func (d *Definition) FlagName() string {
	switch {
	case d.Flag == "none" || d.Pack != "":
		return ""
	case d.Flag != "":
		return d.Flag
	case d.Field != "":
		return strings.ReplaceAll(d.Field, "_", "-")
	}
	return strings.ReplaceAll(d.Leaf(), "_", "-")
}

// datasetPrefix is left out of the name of a fact in a dataset.
const datasetPrefix = "data."

// DatasetName is the name of the fact in a dataset.
func (d *Definition) DatasetName() string { return strings.TrimPrefix(d.Name, datasetPrefix) }

// Kind is what the values of the fact are made of.
func (d *Definition) Kind() dataspace.ValueKind {
	if d.kind != 0 {
		return d.kind
	}
	switch d.Type {
	case Bool:
		return dataspace.BoolValue
	case Int:
		return dataspace.IntValue
	case List:
		return dataspace.ListValue
	}
	return dataspace.TextValue
}

// isJurisdiction reports whether a text is two capital letters.
func isJurisdiction(s string) bool { return len(s) == 2 && capital(s[0]) && capital(s[1]) }

func capital(c byte) bool { return c >= 'A' && c <= 'Z' }

// isRegion reports whether a text is two capital letters and, after dashes, parts
// of one to eight capital letters and digits.
func isRegion(s string) bool {
	if len(s) < 2 || !isJurisdiction(s[:2]) || len(s) > 2 && s[2] != '-' {
		return false
	}
	part := 1
	for i := 2; i < len(s); i++ {
		switch c := s[i]; {
		case c == '-' && part > 0:
			part = 0
		case (capital(c) || c >= '0' && c <= '9') && part < 8:
			part++
		default:
			return false
		}
	}
	return part > 0
}

// maxInt bounds numbers: every reader of JSON understands those below.
const maxInt = 1 << 53

// MaxList is how many texts a list may have.
const MaxList = 2000

// Check reports what is wrong with a value of the fact; unknown is never wrong.
func (d *Definition) Check(v dataspace.Value) error {
	if !v.Known() {
		return nil
	}
	if v.Kind() != d.Kind() {
		return d.problem("facts.type", fmt.Sprintf("has the wrong type: is %s, and must be %s", v.Kind(), d.Kind()))
	}
	switch d.Type {
	case Int:
		if v.Int() < 0 || v.Int() > maxInt {
			return d.problem("facts.count", "is no count")
		}
	case Day:
		if !dataspace.ValidDay(v.Text()) {
			return d.problem("facts.day", "is no day of the form 2006-01-02")
		}
	case Zone:
		if _, err := zone.Parse(v.Text()); err != nil {
			return at(d.Name, err)
		}
	case Region:
		if !isRegion(v.Text()) {
			return d.problem("facts.region", "is no ISO 3166-2 code")
		}
	case Jurisdiction:
		if !isJurisdiction(v.Text()) {
			return d.problem("facts.jurisdiction", "is not two capital letters")
		}
	case List:
		if n := len(v.List()); n > MaxList {
			return d.problem("facts.list", fmt.Sprintf("has more than %d entries", MaxList))
		}
		if d.Pack != "" && len(d.Values) > 0 {
			for _, s := range v.List() {
				if !slices.Contains(d.Values, s) {
					return d.problem("facts.value", d.noValue(s))
				}
			}
		}
	case Text:
		if len(d.Values) > 0 && !slices.Contains(d.Values, v.Text()) && !d.none(v.Text()) {
			return d.problem("facts.value", d.noValue(v.Text()))
		}
	}
	return nil
}

// none reports whether a word says that the fact is none of its list.
func (d *Definition) none(word string) bool { return word != "" && word == d.noneKey() }

// noneKey is the word that says that the fact is none of its list; empty if there
// is none.
func (d *Definition) noneKey() string {
	if n := d.Vocabulary(); n != "" && vocab.Standard().Known(n) {
		if none := vocab.Standard().None(n); none != nil {
			return none.Key
		}
	}
	return ""
}

// allowed are the values of a fact, with the word for none of them.
func (d *Definition) allowed() []string {
	if key := d.noneKey(); key != "" {
		return append(slices.Clip(d.Values), key)
	}
	return d.Values
}

// noValue says that a text is not among the values, and names those.
func (d *Definition) noValue(s string) string {
	return fmt.Sprintf("%q is none of its values, which are %s", s, strings.Join(d.Values, ", "))
}

func (d *Definition) problem(code, message string) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: code, Place: d.Name, Message: message}
}
