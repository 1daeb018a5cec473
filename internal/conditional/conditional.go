// Package conditional answers a flow with open facts by a sentence that a person
// can act on: what holds if some statements are true, and what at the worst. It
// looks at sets of facts, and promises no more than the rules give.
package conditional

import (
	"cmp"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

const (
	// maxTrials bounds the evaluations for one flow; large facts have fewer.
	maxTrials = 512
	manyFacts = 500
)

// trials is the bound for a flow: its author cannot make an answer slow.
func trials(f *dataspace.Facts) int {
	size := len(f.Instruments) + len(f.Events)
	for _, v := range f.Known.All() {
		size += len(v.List())
	}
	return max(8, maxTrials*manyFacts/max(size, manyFacts))
}

// Decide is Set.Decide with the conditional answer.
func Decide(set *rules.Set, f dataspace.Facts) (dataspace.Decision, error) {
	d, err := set.Decide(f)
	if err == nil {
		Answer(set, f, &d)
	}
	return d, err
}

// Answer adds the conditional answer to a decision about facts. It adds none
// where the decision does not wait for facts, and none that it cannot prove
// within its bound. A decision that demands what all answers have in common waits
// for facts too.
func Answer(set *rules.Set, f dataspace.Facts, d *dataspace.Decision) {
	d.Conditional = nil
	if d.Verdict != dataspace.HumanReview && d.Verdict != dataspace.ActionRequired || len(d.Missing) == 0 {
		return
	}
	s := search{set: set, facts: f, left: trials(&f), law: newLaw(set)}
	base, ok := s.try(nil)
	if !ok {
		return
	}
	s.worst = base.most
	s.visit(base, nil)
	if s.best == nil || s.best.most.Verdict == dataspace.HumanReview || s.best.most.Verdict == dataspace.Prohibited {
		return
	}
	s.shorten()
	if len(s.best.steps) == 0 {
		return // every answer leads to the same action
	}
	s.rank()
	d.Conditional = s.answer(base)
	s.change(d)
}

// step is a fact with a value that is supposed.
type step struct {
	fact  *fact.Definition
	value dataspace.Value
}

// leaf is a set of statements under which the flow is decided.
type leaf struct {
	steps []step
	view
}

// search looks for the mildest outcome, and for few statements that lead to it.
type search struct {
	set   *rules.Set
	law   law
	facts dataspace.Facts
	left  int
	best  *leaf
	worst dataspace.Outcome
}

// try decides the flow with some statements; ok is false if the bound is reached.
func (s *search) try(steps []step) (v view, ok bool) {
	if s.left <= 0 {
		return v, false
	}
	f := s.facts
	f.Known = f.Known.Draft(dataspace.Values{})
	for _, st := range steps {
		f.Known.Set(st.fact.Name, st.value)
	}
	d, tried, err := s.set.Within(f, min(s.left, maxCompletions))
	s.left -= 1 + tried
	if err != nil {
		return v, false // a value that does not fit with the others
	}
	return s.view(d), true
}

// maxCompletions bounds the answers that the rules themselves try in one
// evaluation.
const maxCompletions = 64

// visit looks at a flow with some statements, and at those with one more: first
// where the outcome can become the mildest.
func (s *search) visit(v view, steps []step) {
	if v.decided() {
		s.worst = stricter(s.worst, v.most)
		if s.best == nil || milder(v.most, s.best.most) || v.most == s.best.most && len(steps) < len(s.best.steps) {
			s.best = &leaf{slices.Clone(steps), v}
		}
		return
	}
	d, values := s.question(v, steps)
	if d == nil {
		return
	}
	type child struct {
		view
		step
	}
	var next []child
	for _, value := range values {
		if w, ok := s.try(append(slices.Clip(steps), step{d, value})); ok {
			next = append(next, child{w, step{d, value}})
		}
	}
	slices.SortStableFunc(next, func(a, b child) int {
		return cmp.Or(compare(a.least, b.least), compare(a.most, b.most), cmp.Compare(len(a.Missing), len(b.Missing)))
	})
	for _, c := range next {
		if s.left > 0 && (s.best == nil || milder(c.least, s.best.most)) {
			s.visit(c.view, append(slices.Clip(steps), c.step))
		}
	}
}

// question is the open fact on which most rules hang, of those with the fewest
// answers.
func (s *search) question(v view, steps []step) (at *fact.Definition, values []dataspace.Value) {
	most := 0
	for _, name := range v.open(s.set.Facts()) {
		d, ok := s.set.Facts().Lookup(name)
		if !ok || slices.ContainsFunc(steps, func(st step) bool { return st.fact == d }) {
			continue
		}
		list := s.answers(d)
		if len(list) == 0 {
			continue
		}
		hang := 1
		for i := range v.Reasons {
			if x, read := v.Reasons[i].Facts[name]; read && v.Reasons[i].Decisive && (x == nil || x == notIdentified || x == false) {
				hang++
			}
		}
		if hang = hang * 100 / (len(list) + 6); at == nil || hang > most {
			at, values, most = d, list, hang
		}
	}
	return at, values
}

// answers are the values to try: those that stand for all others, and for a list
// with a vocabulary its words, one at a time.
func (s *search) answers(d *fact.Definition) (out []dataspace.Value) {
	if d.Type != fact.List {
		return s.set.Answers(s.facts, d)
	}
	for _, w := range d.Values {
		out = append(out, dataspace.ListOf(w))
	}
	return out
}

// shorten leaves out the statements without which the outcome is the same.
func (s *search) shorten() {
	for i := len(s.best.steps) - 1; i >= 0; i-- {
		fewer := slices.Delete(slices.Clone(s.best.steps), i, i+1)
		if v, ok := s.try(fewer); ok && v.decided() && !milder(s.best.most, v.most) {
			s.best = &leaf{fewer, v}
		}
	}
}

// rank orders the statements: first the one whose other answers lead to the
// worst outcome, of these the one that tells apart the most outcomes.
func (s *search) rank() {
	type weight struct {
		worst   dataspace.Outcome
		differs int
	}
	weights := map[string]weight{}
	for i, st := range s.best.steps {
		w := weight{worst: s.best.most}
		var seen []dataspace.Outcome
		for _, value := range s.answers(st.fact) {
			if value.Equal(st.value) {
				continue
			}
			other := slices.Clone(s.best.steps)
			other[i].value = value
			if v, ok := s.try(other); ok {
				w.worst = stricter(w.worst, v.most)
				if !slices.Contains(seen, v.most) {
					seen = append(seen, v.most)
				}
			}
		}
		w.differs = len(seen)
		weights[st.fact.Name] = w
		s.worst = stricter(s.worst, w.worst)
	}
	slices.SortStableFunc(s.best.steps, func(a, b step) int {
		x, y := weights[a.fact.Name], weights[b.fact.Name]
		return cmp.Or(compare(y.worst, x.worst), y.differs-x.differs)
	})
}

func (s *search) answer(base view) *dataspace.Conditional {
	out := &dataspace.Conditional{Then: s.best.most, Else: s.worst, If: []dataspace.Supposed{}, Demands: s.law.surely(s.set.Effective(s.facts), &base.Decision, &s.best.Decision)}
	for _, st := range s.best.steps {
		out.If = append(out.If, Suppose(st.fact, st.value))
	}
	return out
}

// change adds the statements as one change of the decision, where no other change
// leads as far.
func (s *search) change(d *dataspace.Decision) {
	c := d.Conditional
	if len(c.If) < 2 || c.Then.Verdict.Severity() >= d.Verdict.Severity() || slices.ContainsFunc(d.Changes, func(ch dataspace.Change) bool {
		return ch.Verdict.Severity() <= c.Then.Verdict.Severity()
	}) {
		return
	}
	var en, zh []string
	for _, st := range c.If {
		en, zh = append(en, st.Text.EN), append(zh, st.Text.ZH)
	}
	d.Changes = append([]dataspace.Change{{Kind: "fact", Verdict: c.Then.Verdict, Text: dataspace.Text{
		EN: "known: " + strings.Join(en, "; "), ZH: "查明：" + strings.Join(zh, "；"),
	}}}, d.Changes...)
}

// Suppose is the statement that a fact has a value.
func Suppose(d *fact.Definition, v dataspace.Value) dataspace.Supposed {
	out := dataspace.Supposed{Fact: d.Name, Value: v, Text: said(d, v), Standing: d.Standing != nil}
	if ask := d.Ask; ask.EN != "" {
		out.Ask = &ask
	}
	return out
}

func milder(a, b dataspace.Outcome) bool { return compare(a, b) < 0 }

// stricter is the stricter of two outcomes.
func stricter(a, b dataspace.Outcome) dataspace.Outcome {
	if milder(a, b) {
		return b
	}
	return a
}

// compare orders outcomes, mildest first.
func compare(a, b dataspace.Outcome) int {
	return cmp.Or(a.Verdict.Severity()-b.Verdict.Severity(), slices.Index(pack.Pathways, a.Pathway)-slices.Index(pack.Pathways, b.Pathway))
}
