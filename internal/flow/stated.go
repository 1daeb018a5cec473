package flow

import (
	"errors"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/gateway"
)

// ofParty selects the facts about one party of a flow: those that only the
// party's side states, or whose name begins with the party.
func ofParty(t *fact.Table, side fact.Source) func(name string) bool {
	return func(name string) bool {
		d, ok := t.Lookup(name)
		return strings.HasPrefix(name, string(side)+".") || ok && d.StatedBy(side) && !d.StatedBy(fact.Dataset)
	}
}

// asToday replaces what a party's side stated at the decision by what it states
// now. Statements about the flow itself stay.
func asToday(t *fact.Table, side fact.Source, f Flow, facts *dataspace.Facts, now dataspace.Values) {
	about := ofParty(t, side)
	now = now.Only(about)
	now.Over(t.OfDataset(f.Facts.Known).Only(about))
	facts.Known = facts.Known.Only(func(name string) bool { return !about(name) })
	facts.Known.Over(now)
}

// stated are the known facts that a party's side could state.
func stated(t *fact.Table, side fact.Source, known dataspace.Values) dataspace.Values {
	about := ofParty(t, side)
	return known.Only(func(name string) bool {
		d, ok := t.Lookup(name)
		return about(name) || ok && d.StatedBy(side)
	})
}

// checkFacts refuses facts that cannot be stated of a flow, and those for which
// a party's own gateway states another value. Facts of packs that are not loaded
// are unknown: a dataset may have been registered while they were loaded.
func (r Request) checkFacts(t *fact.Table, local gateway.Participant, other Other) error {
	loaded := r.Facts.Known.Only(func(name string) bool { return !t.Foreign(name) })
	if err := t.CheckDataset(loaded, fact.Dataset, fact.Flow); err != nil {
		return err
	}
	said := t.OfDataset(loaded)
	asked := dataspace.ValuesOf(map[string]dataspace.Value{"purpose": dataspace.TextOf(r.Purpose)})
	return errors.Join(
		t.Contradictions(asked, said),
		t.Contradictions(stated(t, fact.Exporter, local.Exporter(t)), said.Only(ofParty(t, fact.Exporter))),
		t.Contradictions(other.Recipient(t, local.Group), said.Only(ofParty(t, fact.Recipient))))
}
