package rules

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"sync"

	"hutong/internal/dataspace"
)

// Set is the packs a gateway decides by. It is immutable and safe for
// concurrent use.
type Set struct {
	packs   []*Pack
	refs    []dataspace.PackRef
	regimes []*regime
	offsets []int // of each pack's rules among all rules of the set
	rules   int

	closure    *closure // of recognition agreements; nil: there are none
	sensitive  map[dataspace.ElementID]bool
	treatments *combinations // shared with the views that Side makes
	narrowed   *narrowed     // see between
	// lists stand in for the items of packs while these are tested.
	lists map[*Pack]*ItemList
	used  *sync.Pool // of evaluations
	all   []*Pack    // of which packs may be some
	// needed is the side on which the flow must be covered by a pack.
	needed dataspace.Side
}

// Side returns the set as one side of a border sees it: only the regimes of
// that side speak, and one of them must cover the flow. A receiving gateway
// decides by it, since the exporter's own decision is made at the exporter's.
func (s *Set) Side(side dataspace.Side) *Set {
	one := *s
	one.regimes, one.needed = nil, side
	for _, r := range s.regimes {
		if r.side == side {
			one.regimes = append(one.regimes, r)
		}
	}
	return one.index()
}

// Recognitions names the agreements of the set, in order of id.
func (s *Set) Recognitions() []dataspace.RecognitionRef {
	if s.closure == nil {
		return nil
	}
	return slices.Clone(s.closure.refs)
}

// regime is everything that all packs of one jurisdiction say on one side: one
// line of a decision.
type regime struct {
	jurisdiction dataspace.Jurisdiction
	side         dataspace.Side
	packs        []int // into Set.packs
	pathways     []entry
	bars         []entry
	obligations  []entry
	notes        []entry
	handling     []handlingEntry
	demanded     map[string]entry // obligations by id
	instruments  map[string]instrumentKind
	recognitions map[string][]entry // by the obligation that they satisfy
}

// entry is a rule and the number of its pack in the set.
type entry struct {
	*Rule
	at int
}

type handlingEntry struct {
	*HandlingRule
	at int
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
	s := &Set{packs: dropSuperseded(packs), treatments: &combinations{}, needed: dataspace.ExportSide}
	sort.SliceStable(s.packs, func(i, j int) bool { return s.packs[i].doc.ID < s.packs[j].doc.ID })
	var errs []error
	ids := map[dataspace.PackID]bool{}
	for _, p := range s.packs {
		if ids[p.doc.ID] {
			errs = append(errs, problem("set.pack", string(p.doc.ID), "pack stands twice in the set", nil))
		}
		ids[p.doc.ID] = true
		s.refs = append(s.refs, p.Ref())
		s.offsets = append(s.offsets, s.rules)
		s.rules += len(p.rules)
	}
	s.all = s.packs
	for i, p := range s.packs {
		if p.doc.Overlays != "" && !ids[p.doc.Overlays] {
			errs = append(errs, problem("set.overlay", string(p.doc.ID), fmt.Sprintf("overlays %s, which is not in the set", p.doc.Overlays), nil))
		}
		s.add(i, p)
	}
	sort.Slice(s.regimes, func(i, j int) bool {
		a, b := s.regimes[i], s.regimes[j]
		return a.side < b.side || a.side == b.side && a.jurisdiction < b.jurisdiction
	})
	errs = append(errs, s.duplicates()...)
	for _, r := range s.regimes {
		errs = append(errs, r.settle()...)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
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

// list is the negative list of a pack of the set.
func (s *Set) list(p *Pack) *ItemList {
	if l, ok := s.lists[p]; ok {
		return l
	}
	return p.list
}

// List is the negative list of a pack of the set, and the exact bytes it is
// of; ErrNotFound when there is no such pack, or it has no list.
func (s *Set) List(id dataspace.PackID) (dataspace.PackRef, []Item, error) {
	for _, p := range s.packs {
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
	for _, p := range s.packs {
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

func (s *Set) regime(j dataspace.Jurisdiction, side dataspace.Side) *regime {
	for _, r := range s.regimes {
		if r.jurisdiction == j && r.side == side {
			return r
		}
	}
	r := &regime{jurisdiction: j, side: side, demanded: map[string]entry{},
		instruments: map[string]instrumentKind{}, recognitions: map[string][]entry{}}
	s.regimes = append(s.regimes, r)
	return r
}

func (s *Set) add(at int, p *Pack) {
	for side := range p.doc.Sides {
		r := s.regime(p.doc.Jurisdiction, side)
		r.packs = append(r.packs, at)
		for kind, in := range p.doc.Instruments {
			r.instruments[kind] = instrumentKind{in, p}
		}
	}
	for _, ru := range p.rules {
		r, e := s.regime(p.doc.Jurisdiction, ru.Side), entry{ru, at}
		switch ru.Kind {
		case PathwayRule:
			r.pathways = append(r.pathways, e)
		case BarRule:
			r.bars = append(r.bars, e)
		case ObligationRule:
			r.demanded[ru.Obligation.ID] = e
			if !ru.Obligation.Demanded {
				r.obligations = append(r.obligations, e)
			}
		case NoteRule:
			r.notes = append(r.notes, e)
		case RecognitionRule:
			r.recognitions[ru.recognises] = append(r.recognitions[ru.recognises], e)
		}
	}
	for _, h := range p.handling {
		r := s.regime(p.doc.Jurisdiction, h.Side)
		r.handling = append(r.handling, handlingEntry{h, at})
	}
}

func (s *Set) duplicates() []error {
	var errs []error
	seen := map[dataspace.RuleID]dataspace.PackID{}
	for _, p := range s.packs {
		for _, id := range p.RuleIDs() {
			if other, dup := seen[id]; dup {
				errs = append(errs, problem("set.rule", string(p.doc.ID), fmt.Sprintf("rule %s is also in %s", id, other), nil))
			}
			seen[id] = p.doc.ID
		}
	}
	return errs
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

// settle orders the pathway rules and checks what only the whole regime shows.
func (r *regime) settle() []error {
	sort.SliceStable(r.pathways, func(i, j int) bool {
		a, b := r.pathways[i], r.pathways[j]
		return a.Order < b.Order || a.Order == b.Order && a.ID < b.ID
	})
	var errs []error
	for i, a := range r.pathways {
		for _, b := range r.pathways[i+1:] {
			if a.Order == b.Order && a.Span().Overlaps(b.Span()) {
				errs = append(errs, problem("set.order", string(a.ID), fmt.Sprintf("has the same order as %s while both are in force", b.ID), nil))
			}
		}
		for _, id := range a.Demands {
			if _, ok := r.demanded[id]; !ok {
				errs = append(errs, problem("set.demand", string(a.ID), fmt.Sprintf("demands %s, which no pack of the regime defines", id), nil))
			}
		}
	}
	for _, id := range sortedKeys(r.recognitions) {
		if _, ok := r.demanded[id]; !ok {
			errs = append(errs, problem("set.demand", string(r.recognitions[id][0].ID), fmt.Sprintf("satisfies %s, which no pack of the regime defines", id), nil))
		}
	}
	return errs
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
