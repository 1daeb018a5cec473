package fact

import (
	"errors"
	"fmt"
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
		out.Set(d.Name, stored(t, d, stated.Of(d.FieldName())))
		carryNotes(t, &out, d, d.FieldName(), d.Name, stated)
	}
	return out
}

// OfStatement keeps of what a participant states what its gateway tells peers.
func (t *Table) OfStatement(stated dataspace.Values) dataspace.Values {
	return stated.Only(func(name string) bool {
		if of, _, ok := ofNote(name); ok {
			name = of
		}
		return slices.ContainsFunc(t.list, func(d Definition) bool { return d.Statement && d.FieldName() == name })
	})
}

// OfDataset are the facts of a flow that its dataset, or whoever sends it,
// states: by their whole name, or without "data.". A fact of a pack that is not
// loaded keeps its name.
func (t *Table) OfDataset(stated dataspace.Values) dataspace.Values {
	found := make(map[string]dataspace.Value, stated.Len())
	for name, v := range stated.All() {
		name = wholeName(t, name)
		if d, ok := t.Lookup(name); ok {
			v = stored(t, d, v)
		}
		if v.Known() || !strings.HasPrefix(name, datasetPrefix) {
			found[name] = v
		}
	}
	return dataspace.ValuesOf(found)
}

// wholeName is the name of a fact whose name in a dataset is given.
func wholeName(t *Table, name string) string {
	if _, whole := t.index[name]; whole || t.group(name) || t.Foreign(name) {
		return name
	}
	of, part, note := ofNote(name)
	if _, whole := t.index[of]; whole {
		return name
	}
	if note {
		return noteName(datasetPrefix+of, part)
	}
	return datasetPrefix + name
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
		if of, _, note := ofNote(name); note && fields[of] != nil {
			continue
		}
		d, ok := fields[name]
		if !ok {
			errs = append(errs, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.field", Place: name, Message: "is no fact that a participant states",
				Hint: "docs/reference/facts.md says who states what"})
			continue
		}
		if err := d.Check(v); err != nil {
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
		case !v.Known() || isNote(t, name):
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

// OfParty selects the facts about one party of a flow: those that only the
// party's side states, or whose name begins with the party.
func (t *Table) OfParty(side Source) func(name string) bool {
	return func(name string) bool {
		d, ok := t.Subject(name)
		return strings.HasPrefix(name, string(side)+".") || ok && (strings.HasPrefix(d.Name, string(side)+".") || d.StatedBy(side) && !d.StatedBy(Dataset))
	}
}

// BySide are the known facts that a party's side could state.
func BySide(t *Table, side Source, known dataspace.Values) dataspace.Values {
	about := t.OfParty(side)
	return known.Only(func(name string) bool {
		d, ok := t.Subject(name)
		return about(name) || ok && d.StatedBy(side)
	})
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
