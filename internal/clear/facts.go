package clear

import (
	"cmp"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// Input is what the facts of a flow are built from.
type Input struct {
	On        string // day of the decision, 2006-01-02
	Profile   dataspace.Profile
	Plan      dataspace.Plan
	Exporter  dataspace.ExporterFacts
	Recipient dataspace.RecipientFacts
	Purpose   string
	// Sector is the exporter's; it stands in where the dataset names none.
	Sector  string
	Dataset dataspace.DatasetFacts
	// Instruments are the exporter's and nobody else's.
	Instruments []dataspace.Instrument
	// Counts are the exporter's since 1 January with this flow; empty where
	// they are not known.
	Counts           dataspace.CountFacts
	AcceptConfidence []dataspace.Confidence
	// Packs are those in force: a person's match holds for the list it was
	// made with.
	Packs []dataspace.PackRef
	// Elements are those that the packs in force know. Nil is those that come
	// with the program.
	Elements *element.Taxonomy
}

// BuildFacts says what would leave, from whom, to whom and why. It is pure:
// the same input gives the same facts. What is unknown stays unknown, and a
// column counts as leaving unless the plan drops it or does not name it.
func BuildFacts(in Input) dataspace.Facts {
	d := in.Dataset
	match := listMatch(in)
	f := dataspace.Facts{
		On:               in.On,
		Exporter:         in.Exporter,
		Recipient:        in.Recipient,
		Act:              d.Act,
		Sector:           cmp.Or(d.Sector, in.Sector),
		Scenario:         d.Scenario,
		Purpose:          cmp.Or(in.Purpose, in.Plan.Purpose),
		NecessityShown:   d.NecessityShown,
		HRBasis:          d.HRBasis,
		Origin:           d.Origin,
		DomesticMixed:    d.DomesticMixed,
		Ground:           d.Ground,
		Transaction:      d.Transaction,
		Exemption:        d.Exemption,
		Storage:          d.Storage,
		Events:           slices.Clone(d.Events),
		Counts:           in.Counts,
		Consent:          d.Consent,
		Instruments:      slices.Clone(in.Instruments),
		AcceptConfidence: in.AcceptConfidence,
		Data: dataspace.DataFacts{
			Personal:            personal(in),
			Elements:            elements(in.Profile, in.Plan),
			ListItems:           match.ListItems,
			ListConfirmed:       match.ListConfirmed,
			ListOf:              match.ListOf,
			GovernmentRelated:   d.GovernmentRelated,
			Important:           d.Important,
			ImportantNotifiedOn: d.ImportantNotifiedOn,
			Core:                d.Core,
			StateSecret:         d.StateSecret,
			USPersons:           d.USPersons,
		},
	}
	// The order of registration must not change the hash of the facts.
	slices.SortStableFunc(f.Instruments, func(a, b dataspace.Instrument) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	return f
}

// listMatch is what is known about a negative list: what a person confirmed,
// while the columns and the list are those that were confirmed, and else what
// the owner says of the dataset.
func listMatch(in Input) (out dataspace.DataFacts) {
	m := in.Dataset.ListMatch
	if m == nil {
		return dataspace.DataFacts{ListItems: in.Dataset.ListItems, ListConfirmed: in.Dataset.ListConfirmed}
	}
	columns, err := in.Profile.ColumnsDigest()
	if err != nil || columns != m.Columns || !slices.Contains(in.Packs, m.Pack) {
		return dataspace.DataFacts{}
	}
	yes := true
	return dataspace.DataFacts{ListItems: m.Items, ListConfirmed: &yes, ListOf: m.Pack.ID}
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
