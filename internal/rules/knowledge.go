package rules

import (
	"slices"

	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/coverage"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// defaultAccept are the confidences that a decision accepts if the facts name none.
var defaultAccept = []dataspace.Confidence{dataspace.VerbatimSourceSeen, dataspace.Secondary, dataspace.Derived}

// knowledge has the known facts of one flow, and the answers of a law's conditions
// about them. It evaluates each condition once. Not safe for concurrent use.
type knowledge struct {
	law     *law
	facts   *dataspace.Facts
	day     string     // of the regime that is evaluated
	days    [][]string // of the regimes, see learnDays
	papers  papers
	values  []ref.Val
	scopes  []pack.Scope
	accept  []dataspace.Confidence
	applied []pack.Answer // by pack and side, once evaluated
	answers []pack.Answer // by rule, once evaluated
	bounds  [][]bound     // by pack
	readers [][]int       // see findReaders; nil until a fact changes
}

func newKnowledge(l *law) knowledge {
	k := knowledge{
		law: l, values: l.facts.Values(), scopes: make([]pack.Scope, len(l.packs)),
		applied: make([]pack.Answer, 2*len(l.packs)), answers: make([]pack.Answer, l.rules),
		papers: papers{Comparison: coverage.New(l.facts)},
	}
	for i, p := range l.packs {
		k.scopes[i] = pack.NewScope(p, l.list(p), k.values, l.numbers[p])
		k.bounds = append(k.bounds, l.boundsOf(p))
	}
	return k
}

// begin starts with the facts of a flow. Conditions do not know their values yet.
func (k *knowledge) begin(f *dataspace.Facts) {
	k.about(f)
	k.day, k.papers.day = f.On, f.On
	k.learnDays()
	k.accept = f.AcceptConfidence
	if len(k.accept) == 0 {
		k.accept = defaultAccept
	}
	for i := range k.scopes {
		k.scopes[i].Begin(f.Switches, k.accept)
	}
}

// about sets other facts. Conditions still use the values that they know.
func (k *knowledge) about(f *dataspace.Facts) { k.facts, k.papers.Facts = f, f }

// open makes the operator's choices unknown.
func (k *knowledge) open() {
	for i := range k.scopes {
		k.scopes[i].Open()
	}
}

// release forgets the flow.
func (k *knowledge) release() {
	k.about(nil)
	k.accept, k.days = nil, nil
	k.papers.Forget()
	k.law.facts.Forget(k.values)
	k.reset()
}

// reset forgets all answers.
func (k *knowledge) reset() {
	for i := range k.scopes {
		k.scopes[i].Reset()
	}
	clear(k.applied)
	clear(k.answers)
}

// change gives one fact another value and forgets the answers that depend on it.
func (k *knowledge) change(i int, v ref.Val) {
	k.values[i] = v
	if i == elementsFact {
		k.papers.Forget()
	}
	for at := range k.law.packs {
		k.scopes[at].Forget(i)
		if k.scopes[at].AppliesReads(i) {
			k.applied[2*at], k.applied[2*at+1] = pack.Answer{}, pack.Answer{}
		}
	}
	if k.readers == nil {
		k.readers = k.findReaders()
	}
	for _, answered := range k.readers[i] {
		k.answers[answered] = pack.Answer{}
	}
}

// findReaders finds for each fact the rules that depend on it, by their number
// among all rules of the law.
func (k *knowledge) findReaders() [][]int {
	out := make([][]int, len(k.values))
	for at, p := range k.law.packs {
		for _, r := range p.Compiled() {
			for _, i := range k.scopes[at].Reads(r) {
				out[i] = append(out[i], k.law.offsets[at]+r.Number)
			}
		}
	}
	return out
}

// useOf numbers the use of a pack on a side.
func useOf(at int, side dataspace.Side) int {
	if side == dataspace.ImportSide {
		return 2*at + 1
	}
	return 2 * at
}

// applies reports whether a pack applies to the flow on a side.
func (k *knowledge) applies(at int, side dataspace.Side) *pack.Answer {
	known := &k.applied[useOf(at, side)]
	if known.Truth == 0 {
		condition := k.law.packs[at].Applies(side)
		*known = condition.Eval(&k.scopes[at])
	}
	return known
}

func (k *knowledge) accepts(c dataspace.Confidence) bool {
	for _, a := range k.accept {
		if a == c {
			return true
		}
	}
	return false
}

// holds evaluates a rule's condition together with that of its pack, once. Most
// rules are of packs that do not apply.
func (k *knowledge) holds(r entry) pack.Answer {
	if k.applied[r.use].Truth == pack.No {
		return pack.Answer{Truth: pack.No}
	}
	known := &k.answers[r.number]
	if known.Truth == 0 {
		*known = k.evaluate(r)
	}
	return *known
}

func (k *knowledge) evaluate(r entry) pack.Answer {
	applies := k.applies(r.at, r.Side)
	if applies.Truth == pack.No || !r.Span().Holds(k.day, k.facts.KnownOn) {
		return pack.Answer{Truth: pack.No}
	}
	if scope := &k.scopes[r.at]; !r.Asked.Empty() && scope.Lacks(r.Needs) && r.Asked.Eval(scope).Truth == pack.No {
		return pack.Answer{Truth: pack.No} // it cannot surely hold, and is not asked
	}
	a := r.Condition.Eval(&k.scopes[r.at])
	if a.Truth == pack.Maybe && a.Err == nil && !r.Asked.Empty() {
		if c := r.Asked.Eval(&k.scopes[r.at]); c.Truth != pack.Yes && c.Err == nil {
			return pack.Answer{Truth: pack.No, Hangs: c.Hangs} // with Hangs it was not examined
		}
	}
	if applies.Truth == pack.Yes || a.Truth == pack.No {
		return a
	}
	hangs := slices.Concat(applies.Hangs, a.Hangs)
	slices.Sort(hangs)
	a = pack.Answer{Truth: applies.Truth.And(a.Truth), Hangs: slices.Compact(hangs), Err: a.Err}
	if a.Err == nil {
		a.Err = applies.Err
	}
	return a
}

// certain reports whether a condition of a rule surely holds: an unknown fact
// satisfies nothing.
func (k *knowledge) certain(r *pack.Rule, c *pack.Condition) bool {
	if c.Empty() {
		return true
	}
	for i, p := range k.law.packs {
		if p == r.Pack {
			return c.Eval(&k.scopes[i]).Truth == pack.Yes
		}
	}
	return false
}

// scopeOf is the scope of a pack, which gives its conditions their values.
func (k *knowledge) scopeOf(p *pack.Pack) *pack.Scope {
	for i, other := range k.law.packs {
		if other == p {
			return &k.scopes[i]
		}
	}
	numbers, _ := k.law.facts.Numbers(k.law.facts) // an agreement names facts of any pack
	s := pack.NewScope(p, nil, k.values, numbers)
	s.Begin(nil, k.accept)
	return &s
}
