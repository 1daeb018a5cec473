package profile

import (
	"slices"

	"hutong/internal/dataspace"
)

// A person can choose by which columns the people of a role are told apart, or
// that the columns of a role are about the main person. A choice that does not
// fit the columns any more has no effect.

// choice is a person's choice for a role; nil if there is none.
func (r *run) choice(id string) *dataspace.KeyChoice {
	if i := slices.IndexFunc(r.opt.Keys, func(k dataspace.KeyChoice) bool { return k.Role == id }); i >= 0 {
		return &r.opt.Keys[i]
	}
	return nil
}

// together gives the columns of roles that are nobody else to the main person,
// or, if no column is about a main person, to the first of the others.
func (g *grouping) together(main *draft) {
	to := g.first(main)
	if to == nil {
		return
	}
	for _, d := range g.drafts {
		if c := g.run.choice(d.id()); c != nil && len(c.Columns) == 0 && d.joins(to) {
			to.take(d)
		}
	}
}

// first is the person to whom the columns of others can be given.
func (g *grouping) first(main *draft) *draft {
	if main.known() {
		return main
	}
	if i := slices.IndexFunc(g.drafts, (*draft).known); i >= 0 {
		return g.drafts[i]
	}
	return nil
}

// joins reports whether a person may say that the columns of the draft are
// about somebody else: not if it has the number of an identity document, which
// is always of a person of its own.
func (d *draft) joins(to *draft) bool {
	return d != to && d.known() && !slices.ContainsFunc(d.keys, func(k key) bool { return k.rank == rankNumber })
}

// choose puts the key that a person chose for the role first.
func (g *grouping) choose(id string, keys []key) {
	c := g.run.choice(id)
	if c == nil || len(c.Columns) == 0 {
		return
	}
	i := slices.IndexFunc(keys, func(k key) bool { return slices.Equal(g.run.namesOf(k), c.Columns) })
	if i < 0 {
		return
	}
	chosen := keys[i]
	chosen.chosen = true
	copy(keys[1:i+1], keys[:i])
	keys[0] = chosen
}

func (r *run) namesOf(k key) []string {
	out := make([]string, len(k.columns))
	for i, c := range k.columns {
		out[i] = r.schema.Fields[c].Name
	}
	return out
}
