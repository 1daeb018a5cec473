package rules

import (
	"sync"

	"cel.dev/cel-go/common/types"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// narrowed keeps, for each pair of jurisdictions, the part of a law that can
// apply to flows from one to the other.
type narrowed struct {
	of    *Set // the owner; copies of the set must not use it
	mu    sync.RWMutex
	known map[[2]dataspace.Jurisdiction]*law
}

// maxNarrowed bounds the memory that unusual facts can make a set use.
const maxNarrowed = 4096

// between is the law of the set without the packs and rules that cannot apply to
// a flow from one jurisdiction to another. It gives the same decisions: if a
// condition is false with only the two jurisdictions known, it stays false with
// any other facts.
func (s *Set) between(exporter, recipient dataspace.Jurisdiction) *law {
	n, key := s.narrowed, [2]dataspace.Jurisdiction{exporter, recipient}
	if n == nil || n.of != s {
		return &s.law
	}
	n.mu.RLock()
	out, ok := n.known[key]
	full := len(n.known) >= maxNarrowed
	n.mu.RUnlock()
	if ok {
		return out
	}
	if full {
		return &s.law
	}
	out = s.law.narrow(exporter, recipient)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.known[key] = out
	return out
}

// index lets the set keep its law between two jurisdictions. A copy that is
// changed must be indexed again.
func (s *Set) index() *Set {
	s.narrowed = &narrowed{of: s, known: map[[2]dataspace.Jurisdiction]*law{}}
	s.law.fresh()
	return s
}

// narrow leaves out packs and rules that cannot apply between two jurisdictions.
func (l *law) narrow(exporter, recipient dataspace.Jurisdiction) *law {
	all := newKnowledge(l)
	all.begin(&dataspace.Facts{})
	all.open()
	for name, j := range map[string]dataspace.Jurisdiction{"exporter.jurisdiction": exporter, "recipient.jurisdiction": recipient} {
		if j != "" { // not known before the facts are complete
			all.values[l.facts.Number(name)] = types.String(j)
		}
	}
	out := *l
	n := &narrowing{from: l, all: &all, to: &out}
	out.regimes = nil
	out.fresh()
	n.choose()
	for _, r := range l.regimes {
		if one := n.regime(r); len(one.packs) > 0 {
			out.regimes = append(out.regimes, one)
		}
	}
	return &out
}

// narrowing makes one narrower law.
type narrowing struct {
	from  *law
	to    *law       // the narrower law
	all   *knowledge // by the whole law, with only the jurisdictions known
	place []int      // number of each pack in the narrower law; -1: left out
}

// choose keeps the packs of a jurisdiction if any of them may apply: they refer
// to each other.
func (n *narrowing) choose() {
	live := map[dataspace.Jurisdiction]bool{}
	for at, p := range n.from.packs {
		for side := range p.Document().Sides {
			if n.all.applies(at, side).Truth != pack.No {
				live[p.Jurisdiction()] = true
			}
		}
	}
	out := n.to
	out.packs, out.offsets, out.rules = nil, nil, 0
	for _, p := range n.from.packs {
		if !live[p.Jurisdiction()] {
			n.place = append(n.place, -1)
			continue
		}
		n.place = append(n.place, len(out.packs))
		out.packs = append(out.packs, p)
		out.offsets = append(out.offsets, out.rules)
		out.rules += len(p.Compiled())
	}
}

// regime keeps the packs and rules that may apply.
func (n *narrowing) regime(r *regime) *regime {
	one := *r
	one.packs, one.handling = nil, nil
	for _, at := range r.packs {
		if n.all.applies(at, r.side).Truth != pack.No {
			one.packs = append(one.packs, n.place[at])
		}
	}
	if len(one.packs) == 0 {
		return &one
	}
	one.pathways, one.bars = n.entries(r.pathways), n.entries(r.bars)
	one.obligations, one.notes, one.asking = n.entries(r.obligations), n.entries(r.notes), n.entries(r.asking)
	for _, h := range r.handling {
		if n.speaks(h.at, r.side, &h.Condition) {
			one.handling = append(one.handling, handlingEntry{h.HandlingRule, n.place[h.at]})
		}
	}
	one.recognitions = make(map[string][]entry, len(r.recognitions))
	for demand, list := range r.recognitions {
		one.recognitions[demand] = n.entries(list)
	}
	one.demanded = make(map[string]entry, len(r.demanded))
	for id, e := range r.demanded {
		one.demanded[id] = n.to.entry(e.Rule, n.place[e.at])
	}
	return &one
}

func (n *narrowing) entries(from []entry) []entry {
	var kept []entry
	for _, e := range from {
		if n.speaks(e.at, e.Side, &e.Condition) {
			kept = append(kept, n.to.entry(e.Rule, n.place[e.at]))
		}
	}
	return kept
}

func (n *narrowing) speaks(at int, side dataspace.Side, when *pack.Condition) bool {
	return n.all.applies(at, side).Truth != pack.No && when.Eval(&n.all.scopes[at]).Truth != pack.No
}
