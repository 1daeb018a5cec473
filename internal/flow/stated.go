package flow

import (
	"errors"

	"hutong/internal/dataspace"
	"hutong/internal/declare"
	"hutong/internal/fact"
	"hutong/internal/gateway"
	"hutong/internal/vocab"
)

// asToday replaces what a party's side stated at the decision by what it states
// now. Statements about the flow itself stay.
func asToday(t *fact.Table, side fact.Source, f Flow, facts *dataspace.Facts, now dataspace.Values) {
	about := t.OfParty(side)
	now = now.Only(about)
	now.Over(t.OfDataset(f.Facts.Known).Only(about))
	facts.Known = facts.Known.Only(func(name string) bool { return !about(name) })
	facts.Known.Over(now)
}

// readFacts puts keys in the place of the words of facts. It refuses facts that
// cannot be stated of a flow, and those for which a party's own gateway states
// another value, or of which another was declared. Facts of packs that are not loaded are unknown: a dataset may have
// been registered while they were loaded.
func (r *Request) readFacts(t *fact.Table, local gateway.Participant, declared []dataspace.Declaration, other Other) error {
	if none := t.Words().None(vocab.Purposes); r.Purpose == none.Key {
		r.Facts.Known.Set("purpose", dataspace.TextOf(r.Purpose)) // what is said beside it is checked with it
	}
	foreign := r.Facts.Known.Only(t.Foreign)
	loaded, err := t.ReadDataset(r.Facts.Known.Only(func(name string) bool { return !t.Foreign(name) }), fact.Dataset, fact.Flow)
	if err != nil {
		return err
	}
	r.Facts.Known = foreign
	r.Facts.Known.Over(loaded)
	said := t.OfDataset(loaded)
	asked := dataspace.ValuesOf(map[string]dataspace.Value{"purpose": dataspace.TextOf(r.Purpose)})
	return errors.Join(
		t.Contradictions(asked, said), declare.Contradictions(declared, "the flow", said),
		t.Contradictions(fact.BySide(t, fact.Exporter, local.Exporter(t)), said.Only(t.OfParty(fact.Exporter))),
		t.Contradictions(other.Recipient(t, local.Group), said.Only(t.OfParty(fact.Recipient))))
}
