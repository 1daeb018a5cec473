package profile

import (
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/table"
)

// A person can choose by which columns the people of a role are told apart, or
// that the columns of a role are about the main person. A choice that does not
// fit the columns any more has no effect.

// choiceOf is a person's choice for a role; nil if there is none.
func choiceOf(list []dataspace.KeyChoice, id string) *dataspace.KeyChoice {
	if i := slices.IndexFunc(list, func(k dataspace.KeyChoice) bool { return k.Role == id }); i >= 0 {
		return &list[i]
	}
	return nil
}

// together gives the columns of roles that are nobody else to the main person,
// or, if no column is about a main person, to the first of the others.
func together(g *grouping, main *draft) {
	to := main
	if !main.known() {
		i := slices.IndexFunc(g.drafts, (*draft).known)
		if i < 0 {
			return
		}
		to = g.drafts[i]
	}
	for _, d := range g.drafts {
		if c := choiceOf(g.run.opt.Keys, d.id()); c != nil && len(c.Columns) == 0 && d.joins(to) {
			to.take(d)
		}
	}
}

// joins reports whether a person may say that the columns of the draft are
// about somebody else: not if it has the number of an identity document, which
// is always of a person of its own.
func (d *draft) joins(to *draft) bool {
	return d != to && d.known() && !slices.ContainsFunc(d.keys, func(k key) bool { return k.rank == rankNumber })
}

// choose puts the key that a person chose for the role first.
func choose(r *run, id string, keys []key) {
	c := choiceOf(r.opt.Keys, id)
	if c == nil || len(c.Columns) == 0 {
		return
	}
	i := slices.IndexFunc(keys, func(k key) bool { return slices.Equal(namesOf(r.schema, k), c.Columns) })
	if i < 0 {
		return
	}
	chosen := keys[i]
	chosen.chosen = true
	copy(keys[1:i+1], keys[:i])
	keys[0] = chosen
}

func namesOf(s table.Schema, k key) []string {
	out := make([]string, len(k.columns))
	for i, c := range k.columns {
		out[i] = s.Fields[c].Name
	}
	return out
}
