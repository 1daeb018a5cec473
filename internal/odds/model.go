package odds

import (
	lru "github.com/hashicorp/golang-lru/v2"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/gate"
	"hutong/internal/latin"
	"hutong/internal/namemodel"
)

// Model holds the elements that a column can be, with what their checks weigh.
type Model struct {
	Taxonomy *element.Taxonomy
	Checks   []Check // in the order of their elements; a column counts by index
	numbers  *Numbers
	names    *namemodel.Model
	gate     *gate.Table // of the checks, then of the shapes
	at       map[dataspace.ElementID]int
	read     *lru.Cache[string, Named] // the names that were read last
}

// Check is a value check with its weights.
type Check struct {
	Detector
	Valid func([]byte) bool
	proof string
	// telling reports whether hardly any other column has a value; nil where there
	// are no such values.
	telling func([]byte) bool
	kind    latin.Kind // what a cell of the element names
}

// kinds are the elements of which package latin knows the cells.
var kinds = map[dataspace.ElementID]latin.Kind{
	"person_name_latin": latin.Person, "coarse_region": latin.Place, "org_name": latin.Organisation,
}

// New makes the model of a taxonomy.
func New(t *element.Taxonomy, n *Numbers) *Model {
	m := &Model{Taxonomy: t, numbers: n, names: namemodel.Builtin(), at: map[dataspace.ElementID]int{}}
	m.read, _ = lru.New[string, Named](readNames) // fails only for a size below one
	var forms []gate.Form
	for i, c := range t.Checks() {
		e, _ := t.Lookup(c.ID)
		m.Checks = append(m.Checks, Check{n.detector(&e, c), c.Valid, c.Proof, c.Telling, kinds[c.ID]})
		m.at[c.ID] = i
		forms = append(forms, c.Form)
	}
	for _, s := range element.Shapes {
		forms = append(forms, s.Form())
	}
	m.gate = gate.New(forms)
	return m
}

// check is the index of an element's check, -1 without one.
func (m *Model) check(id dataspace.ElementID) int {
	if i, ok := m.at[id]; ok {
		return i
	}
	return -1
}
