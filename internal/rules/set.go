package rules

import (
	"errors"
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/fact"
	"hutong/internal/item"
	"hutong/internal/pack"
)

// Set has the packs by which a gateway decides. It is immutable and safe for
// concurrent use.
type Set struct {
	law      law
	refs     []dataspace.PackRef
	elements *element.Taxonomy // of the program and of the packs
	facts    func() *fact.Table
	narrowed *narrowed // see between
}

// changed returns a copy of the set with a changed law.
func (s *Set) changed(change func(*law)) *Set {
	out := *s
	change(&out.law)
	return out.index()
}

// Elements are the elements of the program and of the packs.
func (s *Set) Elements() *element.Taxonomy { return s.elements }

// Side returns the set for one side of a border: only the regimes of that side
// apply, and one of them must cover the flow. A receiving gateway uses it, because
// the exporter's gateway decides for the exporter.
func (s *Set) Side(side dataspace.Side) *Set {
	return s.changed(func(l *law) {
		l.regimes, l.needed = nil, side
		for _, r := range s.law.regimes {
			if r.side == side {
				l.regimes = append(l.regimes, r)
			}
		}
	})
}

// Recognitions names the agreements of the set, in order of id.
func (s *Set) Recognitions() []dataspace.RecognitionRef {
	if s.law.closure == nil {
		return nil
	}
	return slices.Clone(s.law.closure.refs)
}

// NewSampleSet is NewSet for demonstrations and tests: it also takes packs that
// are samples and no law.
func NewSampleSet(packs ...*pack.Pack) (*Set, error) {
	s, err := newSet(packs)
	if err != nil {
		return nil, err
	}
	return s, s.CheckWords()
}

// NewSet combines packs. Packs of the same jurisdiction and side become one
// regime. It drops packs that another pack supersedes. It refuses two packs or
// rules of one id, pathway rules of one order that are both in force, demands that
// no pack defines, an overlay without the pack under it, and a sample: a sample
// makes no real decision.
func NewSet(packs ...*pack.Pack) (*Set, error) {
	for _, p := range packs {
		if p.Sample() {
			return nil, &dataspace.Problem{Kind: dataspace.ErrDenied, Code: "set.sample", Place: string(p.ID()), Message: "is a sample and no law",
				Hint: "only 'hutong pack' and 'hutong assess' accept it, with --allow-sample"}
		}
	}
	return NewSampleSet(packs...)
}

func newSet(packs []*pack.Pack) (*Set, error) {
	l, err := newLaw(dropSuperseded(packs))
	if err != nil {
		return nil, err
	}
	known, err := pack.ElementsOf(l.packs)
	if err != nil {
		return nil, err
	}
	if err := pack.KnownElements(l.packs, known); err != nil {
		return nil, err
	}
	s := &Set{law: *l, elements: known}
	s.facts = factsOf(&s.law, known)
	for _, p := range l.packs {
		s.refs = append(s.refs, p.Ref())
	}
	return s.index(), nil
}

func dropSuperseded(packs []*pack.Pack) []*pack.Pack {
	gone := map[dataspace.PackID]bool{}
	for _, p := range packs {
		for _, id := range p.Supersedes() {
			gone[id] = true
		}
	}
	var out []*pack.Pack
	for _, p := range packs {
		if !gone[p.ID()] {
			out = append(out, p)
		}
	}
	return out
}

// List is the negative list of a pack of the set, and the pack's reference. It
// fails with ErrNotFound if there is no such pack, or the pack has no list.
func (s *Set) List(id dataspace.PackID) (dataspace.PackRef, []item.Item, error) {
	for _, p := range s.law.packs {
		if p.ID() == id && p.List() != nil {
			return p.Ref(), p.List().Items, nil
		}
	}
	return dataspace.PackRef{}, nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "pack.list", Place: string(id),
		Message: "is no pack with a loaded list", Hint: "'hutong pack import' reads the official annex into it"}
}

// Packs names the packs of the set, in order of id.
func (s *Set) Packs() []dataspace.PackRef { return slices.Clone(s.refs) }

// All returns the packs of the set.
func (s *Set) All() []*pack.Pack { return slices.Clone(s.law.packs) }

// Counts are the classes of people that the packs of the set count, in the order
// of the packs and then of their declarations.
func (s *Set) Counts() []dataspace.CountClass { return slices.Clone(s.law.counts) }

// CheckSwitches refuses the choice of a switch that no pack has.
func (s *Set) CheckSwitches(chosen map[string]bool) error {
	known := map[string]bool{}
	for _, p := range s.law.packs {
		for _, name := range p.SwitchNames() {
			known[p.SwitchKey(name)] = true
		}
	}
	var errs []error
	for _, key := range sorted(chosen) {
		if !known[key] {
			errs = append(errs, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "switch.unknown", Place: "switches." + key,
				Message: "no pack has this switch", Hint: fmt.Sprintf("the switches are %v", sorted(known))})
		}
	}
	return errors.Join(errs...)
}

// Facts is the table of the facts that the set's conditions can name, with the
// words that are their allowed values.
func (s *Set) Facts() *fact.Table { return s.facts() }
