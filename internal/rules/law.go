package rules

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"sync"

	"hutong/internal/counted"
	"hutong/internal/dataspace"
	"hutong/internal/domain"
	"hutong/internal/fact"
	"hutong/internal/pack"
	"hutong/internal/treatment"
	"hutong/internal/variable"
	"hutong/internal/zone"
)

// law has the rules of some packs, arranged by regime. It is immutable once it is
// in a set.
type law struct {
	packs   []*pack.Pack
	facts   *variable.Table      // the standard ones and those of the packs
	numbers map[*pack.Pack][]int // see variable.Table.Numbers; only of packs that name facts of packs
	all     []*pack.Pack         // also the packs that a narrower law leaves out
	regimes []*regime
	counts  []dataspace.CountClass // of people, that the packs count
	offsets []int                  // of each pack's rules among all rules
	rules   int

	closure    *closure // of recognition agreements; nil: there are none
	sensitive  map[dataspace.ElementID]bool
	treatments *treatment.Combinations // shared with the laws that are made of this one
	// lists replace the items of packs in tests.
	lists map[*pack.Pack]*pack.ItemList
	// needed is the side on which a pack must cover the flow.
	needed dataspace.Side
	used   *sync.Pool // of evaluations
	// domain says which answers the law can tell apart.
	domain func() *domain.Law
}

// regime has the rules of all packs of one jurisdiction for one side: one line of
// a decision.
type regime struct {
	jurisdiction dataspace.Jurisdiction
	side         dataspace.Side
	zones        zone.List // they give its day
	packs        []int     // into Set.packs
	pathways     []entry
	bars         []entry
	obligations  []entry
	notes        []entry
	asking       []entry // the bars and obligations that ask of some flows only
	handling     []handlingEntry
	demanded     map[string]entry // obligations by id
	instruments  map[string]*instrumentKind
	recognitions map[string][]entry // by the obligation that they satisfy
	splits       []counted.Split    // of the people that its packs count
}

// entry is a rule and its numbers in a law.
type entry struct {
	*pack.Rule
	at     int // of its pack
	use    int // of the use of its pack, see useOf
	number int // among all rules
}

// entry finds the numbers of a rule of the pack at a place.
func (l *law) entry(r *pack.Rule, at int) entry {
	return entry{r, at, useOf(at, r.Side), l.offsets[at] + r.Number}
}

type handlingEntry struct {
	*pack.HandlingRule
	at int
}

// newLaw arranges packs and refuses those that contradict each other.
func newLaw(packs []*pack.Pack) (*law, error) {
	l := &law{packs: packs, all: packs, treatments: &treatment.Combinations{}, needed: dataspace.ExportSide}
	sort.SliceStable(l.packs, func(i, j int) bool { return l.packs[i].ID() < l.packs[j].ID() })
	var errs []error
	ids := map[dataspace.PackID]bool{}
	for _, p := range l.packs {
		if ids[p.ID()] {
			errs = append(errs, problem("set.pack", string(p.ID()), "pack is twice in the set", nil))
		}
		ids[p.ID()] = true
		l.offsets = append(l.offsets, l.rules)
		l.rules += len(p.Compiled())
	}
	for i, p := range l.packs {
		if p.Overlays() != "" && !ids[p.Overlays()] {
			errs = append(errs, problem("set.overlay", string(p.ID()), fmt.Sprintf("overlays %s, which is not in the set", p.Overlays()), nil))
		}
		l.add(i, p)
	}
	sort.Slice(l.regimes, func(i, j int) bool {
		a, b := l.regimes[i], l.regimes[j]
		return a.side < b.side || a.side == b.side && a.jurisdiction < b.jurisdiction
	})
	errs = append(errs, l.duplicates()...)
	for _, r := range l.regimes {
		r.zones = l.zones(r.jurisdiction)
		errs = append(errs, r.settle()...)
	}
	var err error
	if l.counts, err = pack.JoinCounts(l.packs); err != nil {
		errs = append(errs, err)
	}
	return l, errors.Join(append(errs, l.declare())...)
}

// declare joins the facts that the packs declare.
func (l *law) declare() error {
	all := fact.Standard()
	var errs []error
	for _, p := range l.packs {
		joined, err := p.DeclareFacts(all)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		all = joined
	}
	if l.facts = variable.Standard(); all != l.facts.Facts() {
		l.facts, l.numbers = variable.Of(all), map[*pack.Pack][]int{}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	for _, p := range l.packs {
		numbers, err := l.facts.Numbers(p.Facts())
		if err != nil {
			errs = append(errs, fmt.Errorf("pack %s: %w", p.ID(), err))
		}
		if numbers != nil {
			l.numbers[p] = numbers
		}
	}
	for _, r := range l.regimes {
		r.splits = l.splits(r.jurisdiction)
	}
	return errors.Join(errs...)
}

// splits divide the people that the packs of a jurisdiction count.
func (l *law) splits(j dataspace.Jurisdiction) []counted.Split {
	own := slices.DeleteFunc(slices.Clone(l.packs), func(p *pack.Pack) bool { return p.Jurisdiction() != j })
	classes, _ := pack.JoinCounts(own) // their mistakes are reported for all packs together
	return counted.Of(classes, l.facts.Facts())
}

// begin returns an evaluation by every pack that knows no fact yet.
func (l *law) begin(f *dataspace.Facts) *evaluation {
	e, _ := l.used.Get().(*evaluation)
	if e == nil || e.known.law != l {
		e = newEvaluation(l)
	}
	e.known.begin(f)
	return e
}

// withFacts returns an evaluation by every pack that knows all facts of a flow.
func (l *law) withFacts(f *dataspace.Facts) *evaluation {
	e := l.begin(f)
	l.facts.Learn(e.known.values, f)
	return e
}

// fresh forgets what was made for the law of which this one is a copy.
func (l *law) fresh() {
	l.used = &sync.Pool{}
	l.domain = sync.OnceValue(func() *domain.Law { return domain.Of(l.packs, l.list) })
}

// list is the negative list of a pack of the set.
func (l *law) list(p *pack.Pack) *pack.ItemList {
	if list, ok := l.lists[p]; ok {
		return list
	}
	return p.List()
}

func (l *law) regime(j dataspace.Jurisdiction, side dataspace.Side) *regime {
	for _, r := range l.regimes {
		if r.jurisdiction == j && r.side == side {
			return r
		}
	}
	r := &regime{jurisdiction: j, side: side, demanded: map[string]entry{},
		instruments: map[string]*instrumentKind{}, recognitions: map[string][]entry{}}
	l.regimes = append(l.regimes, r)
	return r
}

func (l *law) add(at int, p *pack.Pack) {
	for side := range p.Document().Sides {
		r := l.regime(p.Jurisdiction(), side)
		r.packs = append(r.packs, at)
		for kind, in := range p.Document().Instruments {
			r.instruments[kind] = &instrumentKind{in, p}
		}
	}
	for _, ru := range p.Compiled() {
		r, e := l.regime(p.Jurisdiction(), ru.Side), l.entry(ru, at)
		if !ru.Asked.Empty() {
			r.asking = append(r.asking, e)
		}
		switch ru.Kind {
		case pack.PathwayRule:
			r.pathways = append(r.pathways, e)
		case pack.BarRule:
			r.bars = append(r.bars, e)
		case pack.ObligationRule:
			r.demanded[ru.Obligation.ID] = e
			if !ru.Obligation.Demanded {
				r.obligations = append(r.obligations, e)
			}
		case pack.NoteRule:
			r.notes = append(r.notes, e)
		case pack.RecognitionRule:
			r.recognitions[ru.Recognises] = append(r.recognitions[ru.Recognises], e)
		}
	}
	for _, h := range p.Treatments() {
		r := l.regime(p.Jurisdiction(), h.Side)
		r.handling = append(r.handling, handlingEntry{h, at})
	}
}

func (l *law) duplicates() []error {
	var errs []error
	seen := map[dataspace.RuleID]dataspace.PackID{}
	for _, p := range l.packs {
		for _, id := range p.RuleIDs() {
			if other, dup := seen[id]; dup {
				errs = append(errs, problem("set.rule", string(p.ID()), fmt.Sprintf("rule %s is also in %s", id, other), nil))
			}
			seen[id] = p.ID()
		}
	}
	return errs
}

// settle orders the pathway rules and checks the rules of the whole regime.
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
	for _, id := range sorted(r.recognitions) {
		if _, ok := r.demanded[id]; !ok {
			errs = append(errs, problem("set.demand", string(r.recognitions[id][0].ID), fmt.Sprintf("satisfies %s, which no pack of the regime defines", id), nil))
		}
	}
	return errs
}
