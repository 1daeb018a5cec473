package fact

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"hutong/internal/dataspace"
)

// This file joins the facts that packs declare to those of a table.

// Prefix begins the names of the facts that a pack may declare: its id, with
// underscores for what is no letter and no digit, and a dot.
func Prefix(id dataspace.PackID) string {
	return strings.NewReplacer("/", "_", "-", "_").Replace(string(id)) + "."
}

// countsPart follows the prefix in the name of a fact that counts people.
const countsPart = "counts."

// With is the table with the facts of a pack after its own. The place says where
// the pack declares them. The facts keep their order; those of the table keep
// their numbers.
func (t *Table) With(id dataspace.PackID, place string, list []Definition) (*Table, error) {
	if len(list) == 0 {
		return t, nil
	}
	all := slices.Concat(t.list, list)
	var errs []error
	for i := len(t.list); i < len(all); i++ {
		d := &all[i]
		d.kind = d.Kind()
		d.Pack, d.place = id, fmt.Sprintf("%s: facts[%d] %s", place, i-len(t.list), d.Name)
	}
	out := &Table{list: all, index: make(map[string]int, len(all)), words: t.words, lenient: t.lenient}
	for i := range all {
		d := &all[i]
		if first, twice := out.index[d.Name]; twice {
			errs = append(errs, d.wrong("fact.twice", "the fact is declared already by "+all[first].where()))
			continue
		}
		out.index[d.Name] = i
	}
	for i := len(t.list); i < len(all); i++ {
		errs = append(errs, all[i].form(), out.own(&all[i]))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return out, nil
}

// where says where the fact is declared.
func (d *Definition) where() string {
	if d.place != "" {
		return d.place
	}
	return "the standard table, words/facts.yaml"
}

// wrong is a problem of the declaration of the fact.
func (d *Definition) wrong(code, message string) error {
	p := &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: code, Place: d.place, Message: message}
	if d.place == "" {
		p.Place = d.Name
	}
	return p
}

// own reports what is wrong with a fact because a pack declares it.
func (t *Table) own(d *Definition) error {
	prefix := Prefix(d.Pack)
	rest := strings.TrimPrefix(d.Name, prefix)
	counted := strings.HasPrefix(rest, countsPart)
	switch {
	case rest == d.Name:
		return d.wrong("fact.name", fmt.Sprintf("the name of a fact of this pack begins with %q", prefix))
	case t.standard(strings.TrimSuffix(prefix, ".")) || slices.Contains(members, strings.TrimSuffix(prefix, ".")):
		return d.wrong("fact.name", fmt.Sprintf("%q begins facts of the standard table: the pack needs another id to declare facts", prefix))
	case d.Member || d.Field != "" || d.Flag != "":
		return d.wrong("fact.form", "member, field and flag are for facts of the standard table: a fact of a pack is stated by its whole name")
	case d.StatedBy(Exporter) && d.StatedBy(Recipient):
		return d.wrong("fact.by", "a fact is about the exporter or about the recipient, not both: declare two")
	case counted != (slices.Equal(d.By, []Source{Gateway})):
		return d.wrong("fact.by", fmt.Sprintf("a gateway finds only the people that it counts: facts that begin with %q are stated by gateway alone, others by somebody else", prefix+countsPart))
	case counted && d.Type != Int:
		return d.wrong("fact.type", "a number of people is an int")
	case d.Statement && !d.StatedBy(Exporter) && !d.StatedBy(Recipient):
		return d.wrong("fact.statement", "a gateway states signed only what the exporter or the recipient states")
	case d.Words != "" && !t.hasWords(d.Words):
		return d.wrong("fact.words", fmt.Sprintf("%q is no vocabulary of the program", d.Words))
	}
	return t.related(d)
}

// wordForm is what the word of a trigger looks like.
var wordForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,63}$`)

// related reports what is wrong with how the fact of a pack leans on others.
func (t *Table) related(d *Definition) error {
	switch {
	case d.Add != "" && (d.Add != Pair || d.Type != Int):
		return d.wrong("fact.add", "only numbers are added up, and only by pair")
	case d.Default != "" && (d.Kind() != dataspace.TextValue || d.Check(dataspace.TextOf(d.Default)) != nil):
		return d.wrong("fact.default", "the default is no value of the fact, or the fact is no text")
	case d.Any != "" && (d.Type != Bool || !strings.HasPrefix(d.Any+".", Prefix(d.Pack))):
		return d.wrong("fact.any", "a fact that asks for any other is a bool, and the others are of this pack")
	}
	if d.AtLeast != "" {
		if least, ok := t.Lookup(d.AtLeast); !ok || least.Type != Int || d.Type != Int {
			return d.wrong("fact.at_least", "at_least stands between two numbers of people")
		}
	}
	if d.Ends == nil {
		return nil
	}
	for i := range t.list {
		if o := &t.list[i]; o != d && o.Name != d.Name && o.Ends != nil && (o.Ends.As == d.Ends.As || o.Ends.Later != nil && o.Ends.Later.As == d.Ends.As) {
			return d.wrong("fact.ends", fmt.Sprintf("the trigger %q already stands for %s", d.Ends.As, o.Name))
		}
	}
	if !wordForm.MatchString(d.Ends.As) || d.Ends.Unknown.EN == "" || d.Ends.Unknown.ZH == "" || d.Ends.Known.EN == "" || d.Ends.Known.ZH == "" {
		return d.wrong("fact.ends", "a fact that ends the use of an instrument needs the word of the trigger, and both texts in both languages")
	}
	return d.later(t)
}

// later reports what is wrong with how a fact ends the use of older instruments.
func (d *Definition) later(t *Table) error {
	l := d.Ends.Later
	if l == nil {
		return nil
	}
	on, ok := t.Lookup(l.On)
	switch {
	case !ok || on.Type != Day:
		return d.wrong("fact.later", fmt.Sprintf("%q is no fact that is a day", l.On))
	case !wordForm.MatchString(l.As) || l.As == d.Ends.As:
		return d.wrong("fact.later", "later needs a word of its own for the trigger")
	case d.Type != Text || len(l.Values) == 0 || slices.ContainsFunc(l.Values, func(v string) bool { return !slices.Contains(d.Values, v) }):
		return d.wrong("fact.later", "later needs values that the fact may have")
	}
	for _, text := range []dataspace.Text{l.Unknown, l.Undated, l.Known} {
		if text.EN == "" || text.ZH == "" {
			return d.wrong("fact.later", "later needs its three texts in both languages")
		}
	}
	return nil
}

// hasWords reports whether a fact of the program has its values from a
// vocabulary.
func (t *Table) hasWords(vocabulary string) bool {
	return slices.ContainsFunc(t.list, func(d Definition) bool { return d.Pack == "" && d.Words == vocabulary })
}

// members are names with an underscore that stand beside facts, in the document
// of facts, in a participant and in a dataset: no fact can begin with them.
var members = []string{"accept_confidence", "delivered_on", "known_on", "legal_name", "list_match"}

// standard reports whether the program itself uses a name for facts: whole, or
// as the first part of one.
func (t *Table) standard(first string) bool {
	for i := range t.list {
		d := &t.list[i]
		if d.Pack != "" {
			continue
		}
		for _, name := range []string{d.Name, d.DatasetName(), d.FieldName()} {
			if name == first || strings.HasPrefix(name, first+".") {
				return true
			}
		}
	}
	return false
}

// packForm is how the name of a fact of a pack begins: an id has two parts at
// least.
var packForm = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)+\.`)

// Foreign reports whether a name is that of a fact which only a pack that is not
// loaded can have declared. Documents of earlier days may hold such facts: they
// are kept, and are not known.
func (t *Table) Foreign(name string) bool {
	if _, ok := t.index[name]; ok || !packForm.MatchString(name) {
		return false
	}
	first, _, _ := strings.Cut(name, ".")
	return !t.standard(first)
}
