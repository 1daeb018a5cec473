package fact

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"hutong/internal/dataspace"
)

// This file reads what people and peers state: facts under the names that they
// have where they are stated, in a participant or in a dataset.

// Fields are the facts that a participant can state, one for each name that
// they have there: where the exporter and the recipient state a fact under one
// name, the first of the two.
func (t *Table) Fields() []*Definition {
	var out []*Definition
	for i := range t.list {
		d := &t.list[i]
		if !d.StatedBy(Exporter) && !d.StatedBy(Recipient) {
			continue
		}
		if !slices.ContainsFunc(out, func(o *Definition) bool { return o.FieldName() == d.FieldName() }) {
			out = append(out, d)
		}
	}
	return out
}

// OfParticipant are the facts of a flow that a participant states as its
// exporter or its recipient.
func (t *Table) OfParticipant(as Source, stated dataspace.Values) dataspace.Values {
	var out dataspace.Values
	for _, d := range t.For(as) {
		out.Set(d.Name, stated.Of(d.FieldName()))
	}
	return out
}

// OfStatement keeps of what a participant states what its gateway tells peers.
func (t *Table) OfStatement(stated dataspace.Values) dataspace.Values {
	return stated.Only(func(name string) bool {
		return slices.ContainsFunc(t.list, func(d Definition) bool { return d.Statement && d.FieldName() == name })
	})
}

// OfDataset are the facts of a flow that its dataset, or whoever sends it,
// states: by their whole name, or without "data.". A fact of a pack that is not
// loaded keeps its name.
func (t *Table) OfDataset(stated dataspace.Values) dataspace.Values {
	found := make(map[string]dataspace.Value, stated.Len())
	for name, v := range stated.All() {
		if _, whole := t.index[name]; !whole && !t.group(name) && !t.Foreign(name) {
			name = datasetPrefix + name
		}
		if v.Known() || !strings.HasPrefix(name, datasetPrefix) {
			found[name] = v
		}
	}
	return dataspace.ValuesOf(found)
}

// CheckParticipant reports everything that is wrong with what a participant
// states.
func (t *Table) CheckParticipant(stated dataspace.Values) error {
	fields := map[string]*Definition{}
	for _, d := range t.Fields() {
		fields[d.FieldName()] = d
	}
	var errs []error
	for name, v := range stated.All() {
		d, ok := fields[name]
		if !ok {
			errs = append(errs, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.field", Place: name, Message: "is no fact that a participant states",
				Hint: "docs/reference/facts.md says who states what"})
			continue
		}
		if err := d.Check(v); err != nil {
			errs = append(errs, at(name, err))
		} else if err := d.checkWords(v); err != nil {
			errs = append(errs, at(name, err))
		}
	}
	return errors.Join(errs...)
}

// CheckDataset reports everything that is wrong with what is stated of a
// dataset, or of one flow, by one of some sources.
func (t *Table) CheckDataset(stated dataspace.Values, by ...Source) error {
	var errs []error
	for name, v := range t.OfDataset(stated).All() {
		d, ok := t.Lookup(name)
		short := "facts." + strings.TrimPrefix(name, datasetPrefix)
		switch {
		case !v.Known():
		case !ok:
			errs = append(errs, at(short, t.Unknown(name)))
		case d.Any != "" || d.Member || !slices.ContainsFunc(by, d.StatedBy):
			errs = append(errs, at(short, d.problem("facts.by", fmt.Sprintf("is not stated here, but by %v", d.By))))
		default:
			if err := d.Check(v); err != nil {
				errs = append(errs, at(short, err))
			}
		}
	}
	return errors.Join(errs...)
}

// Words of the vocabulary "jurisdictions" are codes, all others look like this.
var (
	wordForm      = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,63}$`)
	jurisdictions = "jurisdictions"
)

// checkWords reports what in a participant's words cannot be one of their
// vocabulary.
func (d *Definition) checkWords(v dataspace.Value) error {
	if d.Words == "" {
		return nil
	}
	list := v.List()
	if s := v.Text(); s != "" {
		list = []string{s}
	}
	for _, w := range list {
		if d.Words == jurisdictions && !isJurisdiction(w) {
			return d.problem("facts.jurisdiction", "expected two capital letters, ISO 3166-1 alpha-2")
		}
		if d.Words != jurisdictions && !wordForm.MatchString(w) {
			return d.problem("facts.word", "expected lower-case letters, digits and underscores")
		}
	}
	return nil
}

// at gives a problem the place at which the value was stated.
func at(place string, err error) error {
	var p *dataspace.Problem
	if !errors.As(err, &p) {
		return err
	}
	moved := *p
	moved.Place = place
	return &moved
}

// Contradictions reports the facts of which two sources state different things.
func (t *Table) Contradictions(a, b dataspace.Values) error {
	var errs []error
	for name, v := range b.All() {
		if was := a.Of(name); was.Known() && v.Known() && !was.Equal(v) {
			errs = append(errs, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.contradiction", Place: name,
				Message: fmt.Sprintf("is stated as %s here and as %s by whom it is about", v, was), Hint: "leave it out, or have it put right where the party is registered"})
		}
	}
	return errors.Join(errs...)
}

// CheckStatement reports everything that is wrong with what another gateway
// states about a participant. It may state what this table does not know, and
// of the facts of packs other values: its packs may be of another version.
func (t *Table) CheckStatement(stated dataspace.Values) error {
	var errs []error
	for _, d := range t.Fields() {
		if d.Pack != "" {
			continue
		}
		if err := d.Check(stated.Of(d.FieldName())); err != nil {
			errs = append(errs, at(d.FieldName(), err))
		}
	}
	return errors.Join(errs...)
}

// InDataset are facts by the names that they have for a dataset.
func (t *Table) InDataset(known dataspace.Values) dataspace.Values {
	m := make(map[string]dataspace.Value, known.Len())
	for name, v := range known.All() {
		m[strings.TrimPrefix(name, datasetPrefix)] = v
	}
	return dataspace.ValuesOf(m)
}
