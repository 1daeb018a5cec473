package element

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"hutong/internal/columnname"
	"hutong/internal/dataspace"
	"hutong/internal/headword"
	"hutong/words"
)

// Taxonomy holds the elements that a gateway or a command knows: those that
// come with the program and those of the packs in force. It is immutable and
// safe for concurrent use.
type Taxonomy struct {
	classifications []Classification
	list            []Element
	byID            map[dataspace.ElementID]int
	checks          []Check   // of the elements that have one, in their order
	checkOf         []int     // by the number of the element; -1 without
	finders         []*finder // of the elements found by pattern, see NewScanner
	provable        []dataspace.ElementID
	headers         func() *headword.Index
}

// Extension is the element file of a pack.
type Extension struct {
	Pack dataspace.PackID
	File File
}

// Builtin is the taxonomy that comes with the program.
func Builtin() *Taxonomy { return builtin() }

var builtin = sync.OnceValue(func() *Taxonomy {
	var f File
	if err := json.Unmarshal(words.Elements, &f); err != nil {
		panic("element: embedded taxonomy: " + err.Error()) // a test loads it
	}
	t, err := newTaxonomy(f.Classifications, f.Elements)
	if err != nil {
		panic("element: embedded taxonomy: " + err.Error())
	}
	return t
})

// With returns the taxonomy with the elements of packs, in the given order. It
// reports all errors together, each as a *dataspace.Problem of kind
// dataspace.ErrInvalid; two elements of one id are dataspace.ErrConflict.
func (t *Taxonomy) With(extensions ...Extension) (*Taxonomy, error) {
	if len(extensions) == 0 {
		return t, nil
	}
	list := slices.Clone(t.list)
	owner := map[dataspace.ElementID]dataspace.PackID{}
	var errs []error
	for _, x := range extensions {
		if err := x.Check(); err != nil {
			errs = append(errs, err)
			continue
		}
		for _, e := range x.File.Elements {
			if old, dup := owner[e.ID]; dup || t.knows(e.ID) {
				whose := "the program"
				if dup {
					whose = "pack " + string(old)
				}
				errs = append(errs, &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "element.twice", Place: string(x.Pack),
					Message: fmt.Sprintf("brings the element %s, which %s has already", e.ID, whose), Hint: "give it an id of its own"})
				continue
			}
			owner[e.ID] = x.Pack
			list = append(list, e)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return newTaxonomy(t.classifications, list)
}

// Check reports all errors in the file of a pack, independent of other packs.
func (x *Extension) Check() error {
	place := string(x.Pack) + "/elements.yaml"
	if x.File.SchemaVersion != schemaVersion {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "element.version", Place: place,
			Message: fmt.Sprintf("schema_version is %d", x.File.SchemaVersion), Hint: fmt.Sprintf("this program reads version %d", schemaVersion)}
	}
	var errs []error
	if len(x.File.Classifications) > 0 {
		errs = append(errs, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "element.classification", Place: place,
			Message: "a pack brings no classifications"})
	}
	for i := range x.File.Elements {
		e := &x.File.Elements[i]
		at := fmt.Sprintf("%s, %s", place, e.ID)
		errs = append(errs, e.check(at, Builtin().classifications))
		if _, err := compile(e); err != nil {
			errs = append(errs, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "element.detector", Place: at, Message: err.Error()})
		}
	}
	return errors.Join(errs...)
}

// schemaVersion is the version of the form of element files.
const schemaVersion = 1

func newTaxonomy(classifications []Classification, list []Element) (*Taxonomy, error) {
	t := &Taxonomy{classifications: classifications, list: list, byID: make(map[dataspace.ElementID]int, len(list))}
	t.checkOf = make([]int, len(list))
	for i := range list {
		e := &list[i]
		t.byID[e.ID] = i
		t.checkOf[i] = -1
		c, err := compile(e)
		if err != nil {
			return nil, fmt.Errorf("compile detector of %s: %w", e.ID, err)
		}
		if c.check.Valid != nil {
			t.checkOf[i] = len(t.checks)
			t.checks = append(t.checks, c.check)
		}
		if c.finder != nil {
			t.finders = append(t.finders, c.finder)
		}
	}
	for _, id := range kindIDs[1:] {
		if !slices.Contains(t.provable, id) {
			t.provable = append(t.provable, id)
		}
	}
	for _, f := range t.finders {
		t.provable = append(t.provable, f.id)
	}
	for i := range list {
		if of := list[i].Masks; of != "" && !t.knows(of) {
			return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "element.entry", Place: string(list[i].ID) + ", masks", Message: fmt.Sprintf("%q is no element", of)}
		}
	}
	t.headers = sync.OnceValue(func() *headword.Index {
		entries := make([]headword.Entry, len(t.list))
		for i := range t.list {
			e := &t.list[i]
			entries[i] = headword.Entry{ID: e.ID, Person: e.Has(PersonName), EN: slices.Concat(e.Headers.EN, e.Headers.Other), ZH: e.Headers.ZH, Pinyin: e.Headers.Pinyin}
			if e.Headers.Shared != nil {
				entries[i].Shared = e.Headers.Shared.Words
			}
		}
		return headword.New(entries)
	})
	return t, nil
}

// MatchHeader returns the elements a column name points to.
func (t *Taxonomy) MatchHeader(name string) []headword.Match { return t.headers().Match(name) }

// InTable corrects, by the name of the table, what the name of a column points
// to: the "name" of a table of products is a product's, and that of a table of
// members a person's.
func (t *Taxonomy) InTable(table string, matches []headword.Match) []headword.Match {
	for i := range matches {
		if m := &matches[i]; m.Shared && t.speaks(table, m.ID) {
			m.Shared = false
		}
	}
	person, known := columnname.Subject(table)
	if !known {
		return matches
	}
	ofAnything := func(m headword.Match) bool {
		e, ok := t.Lookup(m.ID)
		return ok && e.Has(PersonName) && (m.Fit == headword.Hint || m.Fit != headword.Tail && columnname.General[strings.ToLower(m.Word)])
	}
	if !person {
		return slices.DeleteFunc(matches, ofAnything)
	}
	for i := range matches {
		if m := &matches[i]; m.Fit == headword.Part && ofAnything(*m) {
			m.Fit = headword.Whole
		}
	}
	return matches
}

// speaks reports whether the name of a table has a word that says what shared
// header words of the element mean in it.
func (t *Taxonomy) speaks(table string, id dataspace.ElementID) bool {
	e, ok := t.Lookup(id)
	if !ok || e.Headers.Shared == nil {
		return false
	}
	words := columnname.Words(table)
	return slices.ContainsFunc(e.Headers.Shared.Tables, func(w string) bool {
		if columnname.HasChinese(w) {
			return strings.Contains(table, w)
		}
		return slices.ContainsFunc(words, func(have string) bool { return have == w || have == w+"s" })
	})
}

func (t *Taxonomy) knows(id dataspace.ElementID) bool {
	_, ok := t.byID[id]
	return ok
}

// Lookup finds an element by its id.
func (t *Taxonomy) Lookup(id dataspace.ElementID) (Element, bool) {
	i, ok := t.byID[id]
	if !ok {
		return Element{}, false
	}
	return t.list[i], true
}

// All lists the elements in the order of their files.
func (t *Taxonomy) All() []Element { return slices.Clone(t.list) }

// IDs lists the ids of the elements in the order of their files.
func (t *Taxonomy) IDs() []dataspace.ElementID {
	out := make([]dataspace.ElementID, len(t.list))
	for i := range t.list {
		out[i] = t.list[i].ID
	}
	return out
}

// Checks lists the value checks, in the order of their elements. Do not change
// it.
func (t *Taxonomy) Checks() []Check { return t.checks }

// CheckOf returns the value check of an element. Elements without one have
// headers only.
func (t *Taxonomy) CheckOf(id dataspace.ElementID) (Check, bool) {
	i, ok := t.byID[id]
	if !ok || t.checkOf[i] < 0 {
		return Check{}, false
	}
	return t.checks[t.checkOf[i]], true
}

// Provable lists the elements that a Scanner can find. Do not change it.
func (t *Taxonomy) Provable() []dataspace.ElementID { return t.provable }
