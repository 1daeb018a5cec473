package rules

import (
	"slices"

	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/dataspace"
)

// defaultAccept are the tags a decision may rest on where the facts name none.
var defaultAccept = []dataspace.Confidence{dataspace.VerbatimSourceSeen, dataspace.Secondary, dataspace.Derived}

// knowledge is what is known of one flow, and what the conditions of a law
// answer by it. Each condition is evaluated once. Not safe for concurrent use.
type knowledge struct {
	law     *law
	facts   *dataspace.Facts
	papers  papers
	values  []ref.Val
	scopes  []scope
	accept  []dataspace.Confidence
	applied []answer // by pack and side, once evaluated
	answers []answer // by rule, once evaluated
	readers [][]int  // see law.readers; nil until a fact changes
}

func newKnowledge(l *law) knowledge {
	k := knowledge{
		law: l, values: slices.Clone(unknowns), scopes: make([]scope, len(l.packs)),
		applied: make([]answer, 2*len(l.packs)), answers: make([]answer, l.rules),
		papers: papers{left: map[*dataspace.Instrument]int{}},
	}
	for i, p := range l.packs {
		k.scopes[i] = scope{pack: p, list: l.list(p), facts: k.values, memo: make([]ref.Val, len(p.define)+len(listNames))}
	}
	return k
}

// begin starts with the facts of a flow, none of which conditions know yet.
func (k *knowledge) begin(f *dataspace.Facts) {
	k.about(f)
	k.accept = f.AcceptConfidence
	if len(k.accept) == 0 {
		k.accept = defaultAccept
	}
	for i := range k.scopes {
		k.scopes[i].chosen, k.scopes[i].accept = f.Switches, k.accept
	}
}

// about takes other facts. Conditions still answer by the values that they
// know.
func (k *knowledge) about(f *dataspace.Facts) { k.facts, k.papers.facts = f, f }

// open makes the operator's choices unknown.
func (k *knowledge) open() {
	for i := range k.scopes {
		k.scopes[i].open = true
	}
}

// release forgets the flow.
func (k *knowledge) release() {
	k.about(nil)
	k.accept = nil
	clear(k.papers.left)
	copy(k.values, unknowns)
	k.reset()
}

// reset forgets what was evaluated.
func (k *knowledge) reset() {
	for i := range k.scopes {
		clear(k.scopes[i].memo)
	}
	clear(k.applied)
	clear(k.answers)
}

// change gives one fact another value and forgets what hung on it.
func (k *knowledge) change(i int, v ref.Val) {
	k.values[i] = v
	if i == elementsFact {
		clear(k.papers.left)
	}
	for at, p := range k.law.packs {
		for j := range p.define {
			if p.reads[j].has(i) {
				k.scopes[at].memo[j] = nil
			}
		}
		clear(k.scopes[at].memo[len(p.define):])
		if p.guarded.has(i) {
			k.applied[2*at], k.applied[2*at+1] = answer{}, answer{}
		}
	}
	if k.readers == nil {
		k.readers = k.law.readers()
	}
	for _, answered := range k.readers[i] {
		k.answers[answered] = answer{}
	}
}

// applies reports whether a pack rules the flow on a side.
func (k *knowledge) applies(at int, side dataspace.Side) answer {
	known := &k.applied[2*at]
	if side == dataspace.ImportSide {
		known = &k.applied[2*at+1]
	}
	if known.truth == 0 {
		*known = k.law.packs[at].sides[side].eval(&k.scopes[at])
	}
	return *known
}

func (k *knowledge) accepts(c dataspace.Confidence) bool {
	for _, a := range k.accept {
		if a == c {
			return true
		}
	}
	return false
}

// holds evaluates a rule's condition together with that of its pack, once.
func (k *knowledge) holds(r entry) answer {
	known := &k.answers[k.law.offsets[r.at]+r.number]
	if known.truth == 0 {
		*known = k.evaluate(r)
	}
	return *known
}

func (k *knowledge) evaluate(r entry) answer {
	if !r.Span().Holds(k.facts.On, k.facts.KnownOn) {
		return answer{truth: no}
	}
	pack := k.applies(r.at, r.Side)
	if pack.truth == no {
		return answer{truth: no}
	}
	a := r.when.eval(&k.scopes[r.at])
	if pack.truth == yes || a.truth == no {
		return a
	}
	hangs := slices.Concat(pack.hangs, a.hangs)
	slices.Sort(hangs)
	a = answer{truth: pack.truth.and(a.truth), hangs: slices.Compact(hangs), err: a.err}
	if a.err == nil {
		a.err = pack.err
	}
	return a
}

// certain reports whether a condition of a rule surely holds: what is not
// known satisfies nothing.
func (k *knowledge) certain(r *Rule, c condition) bool {
	if c.empty() {
		return true
	}
	for i, p := range k.law.packs {
		if p == r.Pack {
			return c.eval(&k.scopes[i]).truth == yes
		}
	}
	return false
}

// scopeOf is where the conditions of a pack find their values.
func (k *knowledge) scopeOf(p *Pack) *scope {
	for i, other := range k.law.packs {
		if other == p {
			return &k.scopes[i]
		}
	}
	return &scope{pack: p, facts: k.values, accept: k.accept}
}
