package clear

import (
	"cmp"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/declare"
	"hutong/internal/element"
	"hutong/internal/fact"
)

// Input holds the data from which the facts of a flow are built.
type Input struct {
	Dates
	Facts   *fact.Table
	Profile dataspace.Profile
	Plan    dataspace.Plan
	// Exporter and Recipient are what is stated about the two parties.
	Exporter  dataspace.Values
	Recipient dataspace.Values
	Purpose   string
	// Dataset is what is stated of the dataset and of this flow. It overrides
	// the exporter's statement about itself if a dataset may state that fact
	// too. For all other facts the statement of the party's own gateway holds.
	Dataset dataspace.DatasetFacts
	// Declared are the declarations in force.
	Declared []dataspace.Declaration
	// Office says that a compliance officer declares facts: what anybody else says
	// of a list is then not checked.
	Office bool
	// Instruments are the instruments of the exporter only.
	Instruments []dataspace.Instrument
	// Counts are the counts of the exporter since 1 January, including this
	// flow. They are empty if they are not known.
	Counts dataspace.Values
	// Classes are the classes of people whom the packs count. If the profile
	// does not know the people of a class, its count is unknown.
	Classes          []dataspace.CountClass
	AcceptConfidence []dataspace.Confidence
	// Packs are the packs in force: a person's match is valid for the list with
	// which it was made.
	Packs []dataspace.PackRef
	// Elements are the elements that the packs in force know. Nil means the
	// elements of the program.
	Elements *element.Taxonomy
}

// Facts about the items of a list, which a person's word confirms.
const (
	listItems     = "data.list_items"
	listConfirmed = "data.list_confirmed"
	listOf        = "data.list_of"
)

// BuildFacts states what would leave, from whom, to whom and for which purpose.
// It is pure: the same input gives the same facts. An unknown fact stays
// unknown. A column leaves unless the plan drops it or does not name it.
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
		d, ok := in.Facts.Subject(name)
		return !f.Known.Of(name).Known() || ok && d.StatedBy(fact.Dataset)
	}))
	declare.Fill(&f, in.Declared)
	if in.Office {
		declare.Checked(in.Facts, &f)
	}
	fact.TidyNotes(in.Facts, &f.Known)
	f.Known.Over(in.Counts)
	for _, c := range in.Classes {
		if n, ok := in.Profile.Subjects.Classes[c.ID]; ok && n == nil {
			answered(in, c, &f.Known)
		}
	}
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

// answered forgets the number of a class of whom the profile does not know how
// many there are, unless somebody says whether there are any and no column says
// how old people are. If there are some, it is one at least.
func answered(in Input, c dataspace.CountClass, known *dataspace.Values) {
	d, ok := fact.Among(in.Facts, c.Fact)
	if !ok || len(in.Profile.Subjects.Unread) > 0 {
		known.Forget(c.Fact)
		return
	}
	n, counted := known.Int(c.Fact)
	switch some, said := known.Bool(d.Name); {
	case !said || !counted:
		known.Forget(c.Fact)
	case some && n == 0:
		known.Set(c.Fact, dataspace.IntOf(1))
	}
}

// matched replaces the facts about a negative list with what a person
// confirmed, if columns and list are still the same. If they are not, these
// facts are unknown. If nobody confirmed anything, the owner's statement about
// the dataset stays.
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

// Leaving reports for a plan whether a column leaves in any form. A census
// counts with it.
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
			// Nobody has reviewed the column, or a review is still open.
			unknown = true
		case c.Element != nil && (col.Element == nil || *col.Element != *c.Element):
			// The plan names an element that the profile did not find.
			unknown = true
		case col.Element != nil && freeText(known, *col.Element) && asText(c.Action):
			// The table is about nobody, but its free text may be about people.
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

// asText reports whether the action leaves a part of the text readable.
func asText(a dataspace.Action) bool {
	return a != dataspace.Drop && a != dataspace.Pseudonymise && a != dataspace.Generalise
}

// elements lists the elements that leave, each once, in the order of the
// columns: the element of a column in the profile, its element in the plan, and
// the elements found inside longer text if that text leaves as text.
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
