package rules

import (
	"errors"
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/element"
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
func NewSampleSet(packs ...*Pack) (*Set, error) { return newSet(packs) }

// NewSet combines packs. Packs of the same jurisdiction and side become one
// regime. It refuses two packs or rules of one id, pathway rules that share
// their order while both are in force, demands that no pack defines, an
// overlay without the pack it lies on, and drops what another pack supersedes.
// It refuses a sample: nothing real is decided by one.
func NewSet(packs ...*Pack) (*Set, error) {
	for _, p := range packs {
		if p.doc.Sample {
			return nil, &dataspace.Problem{Kind: dataspace.ErrDenied, Code: "set.sample", Place: string(p.doc.ID), Message: "is a sample and no law",
				Hint: "only 'hutong pack' and 'hutong assess', with --allow-sample, take it"}
		}
	}
	return newSet(packs)
}

func newSet(packs []*Pack) (*Set, error) {
	l, err := newLaw(dropSuperseded(packs))
	if err != nil {
		return nil, err
	}
	known, err := ElementsOf(l.packs)
	if err != nil {
		return nil, err
	}
	if err := knownElements(l.packs, known); err != nil {
		return nil, err
	}
	s := &Set{law: *l, elements: known}
	for _, p := range l.packs {
		s.refs = append(s.refs, p.Ref())
	}
	return s.index(), nil
}

func dropSuperseded(packs []*Pack) []*Pack {
	gone := map[dataspace.PackID]bool{}
	for _, p := range packs {
		for _, id := range p.doc.Supersedes {
			gone[id] = true
		}
	}
	var out []*Pack
	for _, p := range packs {
		if !gone[p.doc.ID] {
			out = append(out, p)
		}
	}
	return out
}

// List is the negative list of a pack of the set, and the exact bytes it is
// of; ErrNotFound when there is no such pack, or it has no list.
func (s *Set) List(id dataspace.PackID) (dataspace.PackRef, []Item, error) {
	for _, p := range s.law.packs {
		if p.doc.ID == id && p.list != nil {
			return p.Ref(), p.list.items, nil
		}
	}
	return dataspace.PackRef{}, nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "pack.list", Place: string(id),
		Message: "is no pack with a list that is loaded", Hint: "'hutong pack import' reads the official annex into it"}
}

// Packs names the packs of the set, in order of id.
func (s *Set) Packs() []dataspace.PackRef { return slices.Clone(s.refs) }

// CheckSwitches refuses choices that no pack leaves to the operator.
func (s *Set) CheckSwitches(chosen map[string]bool) error {
	known := map[string]bool{}
	for _, p := range s.law.packs {
		for _, name := range p.switches {
			known[p.switchKey(name)] = true
		}
	}
	var errs []error
	for _, key := range sortedKeys(chosen) {
		if !known[key] {
			errs = append(errs, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "switch.unknown", Place: "switches." + key,
				Message: "no pack has this switch", Hint: fmt.Sprintf("the switches are %v", sortedKeys(known))})
		}
	}
	return errors.Join(errs...)
}

func (p *Pack) RuleIDs() []dataspace.RuleID {
	var ids []dataspace.RuleID
	for _, r := range p.rules {
		ids = append(ids, r.ID)
	}
	for _, h := range p.handling {
		ids = append(ids, h.ID)
	}
	for _, k := range p.clocks {
		ids = append(ids, k.ID)
	}
	return ids
}

// Span is when a statement is law, and when the pack knew it. The last day of
// the law is still in it, the day of withdrawal is not.
type Span struct{ From, To, Recorded, Withdrawn string }

// Span is when the rule is law and known.
func (r *RuleDoc) Span() Span { return Span{r.From, r.To, r.Recorded, r.Withdrawn} }

// Span is when the treatment is law and known.
func (h *HandlingDoc) Span() Span { return Span{h.From, h.To, h.Recorded, h.Withdrawn} }

// InForce reports whether the statement is law on a day.
func (s Span) InForce(on string) bool { return inForce(s.From, s.To, on) }

// Holds reports whether the statement is law on a day, by what was known on
// another.
func (s Span) Holds(on, knownOn string) bool {
	return s.InForce(on) && known(s.Recorded, s.Withdrawn, knownOn)
}

// Overlaps reports whether both are law on some day, and both known on some day.
func (s Span) Overlaps(o Span) bool {
	return (s.To == "" || o.From <= s.To) && (o.To == "" || s.From <= o.To) &&
		(s.Withdrawn == "" || o.Recorded < s.Withdrawn) && (o.Withdrawn == "" || s.Recorded < o.Withdrawn)
}

// Within reports whether it holds only on days on which o does.
func (s Span) Within(o Span) bool {
	return o.From <= s.From && (o.To == "" || s.To != "" && s.To <= o.To) &&
		o.Recorded <= s.Recorded && (o.Withdrawn == "" || s.Withdrawn != "" && s.Withdrawn <= o.Withdrawn)
}
