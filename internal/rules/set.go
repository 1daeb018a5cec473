package rules

import (
	"errors"
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/fact"
	"hutong/internal/pack"
)

// Set is the packs a gateway decides by. It is immutable and safe for
// concurrent use.
type Set struct {
	law      law
	refs     []dataspace.PackRef
	elements *element.Taxonomy // of the program and of the packs
	narrowed *narrowed         // see between
}

// changed returns a copy of the set whose law the change has altered.
func (s *Set) changed(change func(*law)) *Set {
	out := *s
	change(&out.law)
	return out.index()
}

// Elements are those that come with the program and those of the packs.
func (s *Set) Elements() *element.Taxonomy { return s.elements }

// Side returns the set as one side of a border sees it: only the regimes of
// that side speak, and one of them must cover the flow. A receiving gateway
// decides by it, since the exporter's own decision is made at the exporter's.
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

// NewSampleSet is NewSet for showing and testing: it takes packs that are
// samples and no law, beside others.
func NewSampleSet(packs ...*pack.Pack) (*Set, error) { return newSet(packs) }

// NewSet combines packs. Packs of the same jurisdiction and side become one
// regime. It refuses two packs or rules of one id, pathway rules that share
// their order while both are in force, demands that no pack defines, an
// overlay without the pack it lies on, and drops what another pack supersedes.
// It refuses a sample: nothing real is decided by one.
func NewSet(packs ...*pack.Pack) (*Set, error) {
	for _, p := range packs {
		if p.Sample() {
			return nil, &dataspace.Problem{Kind: dataspace.ErrDenied, Code: "set.sample", Place: string(p.ID()), Message: "is a sample and no law",
				Hint: "only 'hutong pack' and 'hutong assess', with --allow-sample, take it"}
		}
	}
	return newSet(packs)
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

// List is the negative list of a pack of the set, and the exact bytes it is
// of; ErrNotFound when there is no such pack, or it has no list.
func (s *Set) List(id dataspace.PackID) (dataspace.PackRef, []pack.Item, error) {
	for _, p := range s.law.packs {
		if p.ID() == id && p.List() != nil {
			return p.Ref(), p.List().Items, nil
		}
	}
	return dataspace.PackRef{}, nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "pack.list", Place: string(id),
		Message: "is no pack with a list that is loaded", Hint: "'hutong pack import' reads the official annex into it"}
}

// Packs names the packs of the set, in order of id.
func (s *Set) Packs() []dataspace.PackRef { return slices.Clone(s.refs) }

// All are the packs of the set.
func (s *Set) All() []*pack.Pack { return slices.Clone(s.law.packs) }

// Counts are the classes of people that the packs of the set count, in order of
// the packs and, within one, as they are declared.
func (s *Set) Counts() []dataspace.CountClass { return slices.Clone(s.law.counts) }

// CheckSwitches refuses choices that no pack leaves to the operator.
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

// Facts is the table of the facts that the set's conditions can name.
func (s *Set) Facts() *fact.Table { return s.law.facts.Facts() }
