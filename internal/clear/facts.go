package clear

import (
	"cmp"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/fact"
)

// Input is what the facts of a flow are built from.
type Input struct {
	Dates
	Facts   *fact.Table
	Profile dataspace.Profile
	Plan    dataspace.Plan
	// Exporter and Recipient are what is stated about the two parties.
	Exporter  dataspace.Values
	Recipient dataspace.Values
	Purpose   string
	// Dataset is what is stated of the dataset and of this flow. It goes over
	// what the exporter states of itself where a dataset may state it too; of
	// anything else what a party's own gateway states stands.
	Dataset dataspace.DatasetFacts
	// Instruments are the exporter's and nobody else's.
	Instruments []dataspace.Instrument
	// Counts are the exporter's since 1 January with this flow; empty where
	// they are not known.
	Counts           dataspace.Values
	AcceptConfidence []dataspace.Confidence
	// Packs are those in force: a person's match holds for the list it was
	// made with.
	Packs []dataspace.PackRef
	// Elements are those that the packs in force know. Nil is those that come
	// with the program.
	Elements *element.Taxonomy
}

// Facts about the items of a list, which a person's word confirms.
const (
	listItems     = "data.list_items"
	listConfirmed = "data.list_confirmed"
	listOf        = "data.list_of"
)

// BuildFacts says what would leave, from whom, to whom and why. It is pure:
// the same input gives the same facts. What is unknown stays unknown, and a
// column counts as leaving unless the plan drops it or does not name it.
func BuildFacts(in Input) dataspace.Facts {
	f := dataspace.Facts{
		Events:           slices.Clone(in.Dataset.Events),
		Instruments:      slices.Clone(in.Instruments),
		AcceptConfidence: in.AcceptConfidence,
		Known:            in.Exporter,
	}
	in.Put(&f)
	f.Known.Over(in.Recipient)
	f.Known.Over(in.Facts.OfDataset(in.Dataset.Known).Only(func(name string) bool {
		d, ok := in.Facts.Lookup(name)
		return !f.Known.Of(name).Known() || ok && d.StatedBy(fact.Dataset)
	}))
	f.Known.Over(in.Counts)
	matched(in, &f.Known)
	f.Known.Over(dataspace.ValuesOf(map[string]dataspace.Value{
		"purpose":              dataspace.TextOf(cmp.Or(in.Purpose, in.Plan.Purpose)),
		dataspace.FactPersonal: dataspace.MaybeBool(personal(in)),
		dataspace.FactElements: dataspace.ListOf(elements(in.Profile, in.Plan)...),
	}))
	// The order of registration must not change the hash of the facts.
	slices.SortStableFunc(f.Instruments, func(a, b dataspace.Instrument) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	return f
}

// matched puts over the facts what a person confirmed about a negative list,
// while the columns and the list are those that were confirmed; when they are
// not, nothing is known about it. Where nobody confirmed anything, what the
// owner says of the dataset stays.
func matched(in Input, known *dataspace.Values) {
	m := in.Dataset.ListMatch
	if m == nil {
		return
	}
	known.Forget(listItems, listConfirmed, listOf)
	columns, err := in.Profile.ColumnsDigest()
	if err != nil || columns != m.Columns || !slices.Contains(in.Packs, m.Pack) {
		return
	}
	known.Set(listItems, dataspace.ListOf(m.Items...))
	known.Set(listConfirmed, dataspace.BoolOf(true))
	known.Set(listOf, dataspace.TextOf(m.Pack.ID))
}

// Leaving reports for a plan whether a column leaves in any form; it is what
// a census is counted with.
func Leaving(plan dataspace.Plan) func(column string) bool {
	leaves := map[string]bool{}
	for _, c := range plan.Columns {
		leaves[c.Name] = c.Action != dataspace.Drop
	}
	return func(column string) bool { return leaves[column] }
}

// personal is true when a column with personal data leaves, false when every
// column that leaves is known to hold none, and unknown otherwise.
func personal(in Input) *bool {
	known := in.Elements
	if known == nil {
		known = element.Builtin()
	}
	unknown := false
	for _, c := range in.Plan.Columns {
		if c.Action == dataspace.Drop {
			continue
		}
		col, ok := in.Profile.Column(c.Name)
		switch {
		case ok && col.Personal:
			yes := true
			return &yes
		case !ok, col.Band == dataspace.BandReview:
			// Nobody has looked at it, or somebody still must.
			unknown = true
		case c.Element != nil && (col.Element == nil || *col.Element != *c.Element):
			// The plan knows it for something that the profile did not judge.
			unknown = true
		case col.Element != nil && freeText(known, *col.Element) && asText(c.Action):
			// Sentences in a table that is about nobody: they may be.
			unknown = true
		}
	}
	if unknown {
		return nil
	}
	no := false
	return &no
}

func freeText(known *element.Taxonomy, id dataspace.ElementID) bool {
	e, ok := known.Lookup(id)
	return ok && e.FreeText()
}

// asText reports whether something of a text is left to read.
func asText(a dataspace.Action) bool {
	return a != dataspace.Drop && a != dataspace.Pseudonymise && a != dataspace.Generalise
}

// elements lists what leaves, each once, in the order of the columns: what a
// column is by the profile, what the plan takes it for, and what was found
// inside longer text wherever that text leaves as text.
func elements(p dataspace.Profile, plan dataspace.Plan) []dataspace.ElementID {
	var out []dataspace.ElementID
	add := func(id dataspace.ElementID) {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	for _, c := range plan.Columns {
		if c.Action == dataspace.Drop {
			continue
		}
		col, _ := p.Column(c.Name)
		for _, id := range []*dataspace.ElementID{col.Element, c.Element} {
			if id != nil {
				add(*id)
			}
		}
		if !asText(c.Action) {
			continue // the text is replaced whole
		}
		for _, inside := range col.Contains {
			add(inside.Element)
		}
	}
	return out
}
