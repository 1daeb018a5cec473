package fact

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"hutong/internal/dataspace"
	"hutong/internal/vocab"
	"hutong/words"
)

// Table is facts by name. It is immutable and safe for concurrent use.
type Table struct {
	list  []Definition
	index map[string]int
	words *vocab.Words // nil: those of the program
	// lenient leaves words that cannot be read as they are.
	lenient bool
}

// Standard is the table that comes with the program.
var Standard = sync.OnceValue(func() *Table { return own().flows })

// Incident is the table of what is asked about a security incident. Its facts
// are stated by their field names.
var Incident = sync.OnceValue(func() *Table { return own().incidents })

// Classes are the classes of people by which a law that declares none of its own
// reads a limit on a number of people. They must not be changed.
func Classes() []dataspace.CountClass { return own().classes }

// tables are those that come with the program.
type tables struct {
	flows, incidents *Table
	classes          []dataspace.CountClass
}

var own = sync.OnceValue(func() tables {
	var file struct {
		Facts, Incident []Definition
		Classes         []dataspace.CountClass
	}
	err := json.Unmarshal(words.Facts, &file)
	out := tables{classes: file.Classes}
	if err == nil {
		out.flows, err = newTable(file.Facts)
	}
	if err == nil {
		out.incidents, err = newTable(file.Incident)
	}
	if err != nil {
		panic(err) // it is a part of the program, and a test reads it
	}
	return out
})

// New makes a table of facts that were taken from another one.
func New(list []Definition) (*Table, error) { return newTable(list) }

func newTable(list []Definition) (*Table, error) {
	t := &Table{list: list, index: make(map[string]int, len(list))}
	var errs []error
	for i := range list {
		d := &list[i]
		if _, twice := t.index[d.Name]; twice {
			errs = append(errs, d.problem("fact.twice", "is twice in the table of facts"))
		}
		t.index[d.Name], d.kind = i, d.Kind()
		errs = append(errs, d.form())
	}
	return t, errors.Join(errs...)
}

// All are the facts in the order of the table. They must not be changed.
func (t *Table) All() []Definition { return t.list }

// Len is how many facts there are.
func (t *Table) Len() int { return len(t.list) }

// At is the fact of a number.
func (t *Table) At(i int) *Definition { return &t.list[i] }

// Number is the number of a fact.
func (t *Table) Number(name string) (int, bool) {
	i, ok := t.index[name]
	return i, ok
}

// Lookup finds a fact by its name.
func (t *Table) Lookup(name string) (*Definition, bool) {
	i, ok := t.index[name]
	if !ok {
		return nil, false
	}
	return &t.list[i], true
}

// Int is the number of a fact, and whether it is known. It is never below that
// of the fact which it holds at least.
func (t *Table) Int(v dataspace.Values, name string) (n int64, known bool) {
	n, known = v.Int(name)
	if d, ok := t.Lookup(name); ok && known && d.AtLeast != "" {
		if least, ok := v.Int(d.AtLeast); ok {
			n = max(n, least)
		}
	}
	return n, known
}

// Among is the fact that says whether a dataset has people whom another fact
// counts.
func Among(t *Table, counts string) (*Definition, bool) {
	for i := range t.list {
		if d := &t.list[i]; d.Standing != nil && d.Standing.Among == counts && counts != "" {
			return d, true
		}
	}
	return nil, false
}

// Names are those of all facts.
func (t *Table) Names() []string {
	out := make([]string, len(t.list))
	for i := range t.list {
		out[i] = t.list[i].Name
	}
	return out
}

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}(\.[a-z][a-z0-9_]{0,63})*$`)

// form reports what is wrong with a definition.
func (d *Definition) form() error {
	switch {
	case len(d.Name) > 200 || !nameForm.MatchString(d.Name):
		return d.wrong("fact.name", fmt.Sprintf("%q is no name of a fact: parts of lower-case letters, digits and underscores, at most 64 each, with dots between them", d.Name))
	case !slices.Contains(Types, d.Type):
		return d.wrong("fact.type", fmt.Sprintf("%q is no type; there are %v", d.Type, Types))
	case len(d.Values) > 0 && d.Type != Text && d.Type != List:
		return d.wrong("fact.values", "only a text or a list has values")
	case d.Text.EN == "" || d.Text.ZH == "":
		return d.wrong("fact.text", "needs a text in both languages")
	case d.Any == "" && (d.Ask.EN == "" || d.Ask.ZH == ""):
		return d.wrong("fact.ask", "needs a question in both languages")
	case len(d.By) == 0:
		return d.wrong("fact.by", "nobody may state it")
	case d.Standing != nil && d.Standing.problem(d) != "":
		return d.wrong("fact.standing", d.Standing.problem(d))
	}
	for _, s := range d.By {
		if !slices.Contains(Sources, s) {
			return d.wrong("fact.by", fmt.Sprintf("%q states nothing; there are %v", s, Sources))
		}
	}
	return nil
}

// Check reports everything that is wrong with values that somebody states: names
// that are no facts, and values that the facts cannot have.
func (t *Table) Check(v dataspace.Values) error { return t.check(v, false) }

// CheckKept is Check for values that were kept. It leaves out what documents of
// earlier days may hold of packs: facts of packs that are not loaded, and values
// that another version of a pack took. Both are not known.
func (t *Table) CheckKept(v dataspace.Values) error { return t.check(v, true) }

func (t *Table) check(v dataspace.Values, kept bool) error {
	var errs []error
	for name, value := range v.All() {
		i, ok := t.index[name]
		switch {
		case ok && !(kept && t.list[i].Pack != ""):
			if err := t.list[i].Check(value); err != nil {
				errs = append(errs, err)
			}
		case !ok && isNote(t, name):
		case !ok && value.Known() && !(kept && t.Foreign(name)):
			errs = append(errs, t.Unknown(name))
		}
	}
	return errors.Join(errs...)
}

// group reports whether facts begin with a name and a dot.
func (t *Table) group(name string) bool {
	return slices.ContainsFunc(t.list, func(d Definition) bool { return strings.HasPrefix(d.Name, name+".") })
}

// Unknown is the error that a name is that of no fact of the table.
func (t *Table) Unknown(name string) error {
	if t.Foreign(name) {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.field", Place: name, Message: "is a fact that no loaded pack declares",
			Hint: "load the pack that declares it, or leave it out"}
	}
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.field", Place: name[strings.LastIndexByte(name, '.')+1:], Message: "is no field of the facts",
		Hint: "docs/reference/facts.md names every field; a mistyped one would be taken as unknown"}
}

// For lists the facts that a source may state, in the order of the table.
func (t *Table) For(s Source) []*Definition {
	var out []*Definition
	for i := range t.list {
		if d := &t.list[i]; d.StatedBy(s) && d.Any == "" && !d.Member {
			out = append(out, d)
		}
	}
	return out
}
