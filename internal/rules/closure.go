package rules

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"sort"

	"hutong/internal/agreed"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// An agreement's entries are links between kinds of instrument, and from kinds
// to demands. The search goes backwards: from a demand, over links that hold for
// this flow, to an instrument that the flow has. It visits each link once, so
// that circles end, and shortest paths first.

// link is an entry ready for use.
type link struct {
	*agreed.Recognition
	rule *pack.Rule // the entry as a rule
	// of has the kinds of instrument of the credential's jurisdiction, and counts
	// people as the recognising law does.
	of *regime
}

// closure holds the links of a set by their target.
type closure struct {
	refs      []dataspace.RecognitionRef
	satisfies map[agreed.Demand][]*link
	counts    map[agreed.Kind][]*link
}

// WithRecognitions returns the set with agreements that its decisions may use. It
// refuses entries whose ids are not unique among all rules. Demands that no pack
// of the set has are never needed.
func (s *Set) WithRecognitions(agreements []agreed.Agreement) (*Set, error) {
	if len(agreements) == 0 {
		return s.changed(func(l *law) { l.closure = nil }), nil
	}
	c := &closure{satisfies: map[agreed.Demand][]*link{}, counts: map[agreed.Kind][]*link{}}
	agreements = slices.Clone(agreements)
	sort.SliceStable(agreements, func(i, j int) bool { return agreements[i].Ref.ID < agreements[j].Ref.ID })
	seen := map[dataspace.RuleID]string{}
	for _, p := range s.law.packs {
		for _, id := range p.RuleIDs() {
			seen[id] = string(p.ID())
		}
	}
	for i, a := range agreements {
		if i > 0 && agreements[i-1].Ref.ID == a.Ref.ID {
			return nil, problem("recognition.double", a.Ref.ID, "agreement is given twice", dataspace.ErrConflict)
		}
		c.refs = append(c.refs, a.Ref)
		for j := range a.Entries {
			entry := a.Entries[j]
			if other, dup := seen[entry.ID]; dup {
				return nil, problem("recognition.double", a.Ref.ID, fmt.Sprintf("%s is also in %s", entry.ID, other), dataspace.ErrConflict)
			}
			seen[entry.ID] = a.Ref.ID
			c.add(s.law.link(a.Ref, &entry))
		}
	}
	out := s.changed(func(l *law) { l.closure = c })
	out.facts = s.withAgreed(agreements)
	return out, nil
}

func (c *closure) add(l *link) {
	if l.Satisfies != nil {
		c.satisfies[*l.Satisfies] = append(c.satisfies[*l.Satisfies], l)
	}
	if l.CountsAs != nil {
		c.counts[*l.CountsAs] = append(c.counts[*l.CountsAs], l)
	}
}

// limits are the numbers of people to which agreements are limited.
func (c *closure) limits() (out []int64) {
	if c == nil {
		return nil
	}
	for _, lists := range []iter.Seq[[]*link]{maps.Values(c.satisfies), maps.Values(c.counts)} {
		for list := range lists {
			for _, l := range list {
				if l.Scope.MaxPeople > 0 {
					out = append(out, l.Scope.MaxPeople)
				}
			}
		}
	}
	return out
}

// link makes a rule of an entry. Its confidence is VerbatimSourceSeen, because the
// signed text is here.
func (l *law) link(ref dataspace.RecognitionRef, r *agreed.Recognition) *link {
	as := pack.NewRecognition(dataspace.PackID(ref.ID), pack.RuleDoc{
		Basis: pack.Basis{Article: r.Article, Source: r.Source, Confidence: dataspace.VerbatimSourceSeen},
		ID:    r.ID, From: r.From, To: r.To, Text: r.Text,
	})
	out := &link{Recognition: r, rule: as, of: &regime{instruments: map[string]*instrumentKind{}, splits: l.splits(r.By())}}
	for _, name := range out.Scope.Looks(out.of.splits) {
		as.LooksAt = append(as.LooksAt, l.facts.Number(name))
	}
	slices.Sort(as.LooksAt)
	as.LooksAt = slices.Compact(as.LooksAt)
	for _, p := range l.packs {
		if p.Jurisdiction() == r.Of.Jurisdiction {
			for kind, in := range p.Document().Instruments {
				out.of.instruments[kind] = &instrumentKind{in, p}
			}
		}
	}
	return out
}

// step is a link on the path from an instrument to a demand; next is the one
// closer to the demand.
type step struct {
	*link
	next *step
}

// walk visits links backwards from first, as long as each holds with at least the
// truth least, until visit returns true.
func (f *fulfilment) walk(first []*link, least pack.Truth, visit func(*step) bool) {
	var queue []*step
	for _, l := range first {
		queue = append(queue, &step{link: l})
	}
	seen := map[*link]bool{}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if seen[at.link] || !pack.InForce(at.From, at.To, f.known.day) || !f.known.accepts(at.rule.Confidence) || at.Scope.Holds(f.known.facts, at.of.splits) < least {
			continue
		}
		seen[at.link] = true
		if visit(at) {
			return
		}
		if len(at.Unread) > 0 {
			continue
		}
		for _, l := range f.known.law.closure.counts[agreed.Kind{Jurisdiction: at.Of.Jurisdiction, Kind: at.Of.Kind}] {
			if l.Onward {
				queue = append(queue, &step{link: l, next: at})
			}
		}
	}
}

// way finds an instrument or certification from which links lead to one of first,
// and these links in their order.
func (f *fulfilment) way(first []*link) (st satisfaction) {
	f.walk(first, pack.Yes, func(at *step) bool {
		in, held, lacks := f.held(at.link)
		if !held {
			st.why = append(st.why, lacks...)
			return false
		}
		st = satisfaction{ok: true, by: in, of: at.of}
		for s := at; s != nil; s = s.next {
			st.through = append(st.through, s.rule)
		}
		return true
	})
	return st
}

func (f *fulfilment) held(l *link) (in *dataspace.Instrument, held bool, lacks []dataspace.Text) {
	if len(l.Unread) > 0 {
		return nil, false, l.Unread
	}
	if l.Of.Certification != "" {
		return nil, slices.Contains(f.known.facts.Known.List("recipient.certifications"), l.Of.Certification), nil
	}
	in, lacks = f.known.papers.instrument(l.of, l.Of.Kind)
	return in, in != nil, lacks
}

// agreed looks for a credential that satisfies an obligation by agreements. The
// credential satisfies it directly, or counts as one of the kinds that it names or
// that a pack's recognition names.
func (f *fulfilment) agreed(reg *regime, r *pack.Rule, st *satisfaction) {
	c := f.known.law.closure
	if c == nil {
		return
	}
	try := func(first []*link, last ...*pack.Rule) bool {
		found := f.way(first)
		if !found.ok {
			st.why = append(st.why, found.why...)
			return false
		}
		found.through = append(found.through, last...)
		*st = found
		return true
	}
	if try(c.satisfies[agreed.Demand{Jurisdiction: reg.jurisdiction, Side: reg.side, Demand: r.Obligation.ID}]) {
		return
	}
	for _, s := range r.By {
		if f.known.certain(r, &s.Condition) && try(c.counts[agreed.Kind{Jurisdiction: reg.jurisdiction, Kind: s.Kind}]) {
			return
		}
	}
	for _, rec := range reg.recognitions[r.Obligation.ID] {
		if f.known.holds(rec).Truth == pack.Yes && f.known.accepts(rec.Confidence) &&
			try(c.counts[agreed.Kind{Jurisdiction: reg.jurisdiction, Kind: rec.Recognised}], rec.Rule) {
			return
		}
	}
}

// agreedKinds are the kinds that would satisfy an obligation by agreements.
func (f *fulfilment) agreedKinds(reg *regime, r *pack.Rule, own []string) (out []string) {
	c := f.known.law.closure
	if c == nil || r.Obligation == nil {
		return nil
	}
	first := slices.Clone(c.satisfies[agreed.Demand{Jurisdiction: reg.jurisdiction, Side: reg.side, Demand: r.Obligation.ID}])
	for _, kind := range own {
		first = append(first, c.counts[agreed.Kind{Jurisdiction: reg.jurisdiction, Kind: kind}]...)
	}
	f.walk(first, pack.Maybe, func(at *step) bool {
		if at.Of.Kind != "" && len(at.Unread) == 0 {
			out = append(out, at.Of.Kind)
		}
		return false
	})
	return out
}
