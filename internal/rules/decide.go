package rules

import (
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/pack"
)

// Decide evaluates every regime that applies to the flow. It fails with
// ErrInvalid if the facts do not fit facts.schema.json. It never fails because a
// fact is missing.
func (s *Set) Decide(f dataspace.Facts) (dataspace.Decision, error) {
	e, err := s.checked(&f)
	if err != nil {
		return dataspace.Decision{}, err
	}
	defer e.release()
	doc, err := dataspace.NewDocument(f)
	if err != nil {
		return dataspace.Decision{}, fmt.Errorf("hash facts: %w", err)
	}
	res := e.run()
	d := s.decision(e, res)
	d.FactsSHA256 = doc.Digest()
	if res.verdict != dataspace.Cleared {
		d.Changes = e.adviser.changes(res)
	}
	return d, nil
}

// Brief is Decide without the changes and the digest of the facts, for frequent
// use.
func (s *Set) Brief(f dataspace.Facts) (dataspace.Decision, error) {
	e, err := s.checked(&f)
	if err != nil {
		return dataspace.Decision{}, err
	}
	defer e.release()
	return s.decision(e, e.run()), nil
}

// Within is Brief with a bound of the answers that are tried, and says how many
// were. It leaves human review where facts are open, also if all answers demand
// something in common: whoever looks for answers needs to see what is open.
func (s *Set) Within(f dataspace.Facts, most int) (d dataspace.Decision, tried int, err error) {
	e, err := s.checked(&f)
	if err != nil {
		return d, 0, err
	}
	defer e.release()
	e.completer.spent, e.completer.left = maxCompletions-most, most
	d = s.decision(e, e.complete())
	return d, most - max(e.completer.left, 0), nil
}

// Answers are values of a fact of a flow that stand for all that it can have; nil
// if they cannot be listed.
func (s *Set) Answers(f dataspace.Facts, d *fact.Definition) []dataspace.Value {
	e := s.evaluation(&f)
	defer e.release()
	e.completer.facts = f
	return e.known.law.domain().Values(d, e.completer.limits()...)
}

// decision is the result in the form of decision.schema.json, without the digest
// of the facts and the changes.
func (s *Set) decision(e *evaluation, res *result) dataspace.Decision {
	d := dataspace.Decision{
		Verdict:      res.verdict,
		Handling:     e.known.handling(),
		Packs:        slices.Clip(s.refs),
		Recognitions: s.Recognitions(),
	}
	e.writer.report(res, &d)
	warner := warner{known: &e.known, fulfilment: &e.fulfilment}
	d.Warnings = append(warner.warnings(res), warner.near()...)
	return d
}

// evaluation evaluates the facts of one flow: it has the knowledge and the parts
// that work on it. A part uses only parts above it. Not safe for concurrent
// use.
type evaluation struct {
	known      knowledge
	fulfilment fulfilment
	judge      judge
	completer  completer
	writer     writer
	adviser    adviser
}

// run is the result over every possible answer to what is not known, with what all
// of them demand.
func (e *evaluation) run() *result {
	res := e.complete()
	res.demandCommon()
	return res
}

// complete is the result over every possible answer to what is not known.
func (e *evaluation) complete() *result {
	res := e.judge.run()
	e.completer.complete(res)
	return res
}

func newEvaluation(l *law) *evaluation {
	e := &evaluation{known: newKnowledge(l)}
	e.fulfilment.known = &e.known
	e.judge.known, e.judge.fulfilment = &e.known, &e.fulfilment
	e.completer.known, e.completer.judge = &e.known, &e.judge
	e.writer.known, e.writer.fulfilment = &e.known, &e.fulfilment
	e.adviser.known, e.adviser.fulfilment, e.adviser.judge = &e.known, &e.fulfilment, &e.judge
	return e
}

// evaluation returns an evaluation that knows all facts of a flow.
func (s *Set) evaluation(f *dataspace.Facts) *evaluation {
	e, _ := s.learned(f)
	return e
}

func (s *Set) learned(f *dataspace.Facts) (e *evaluation, good bool) {
	l := s.between(dataspace.Jurisdiction(f.Known.Text("exporter.jurisdiction")), dataspace.Jurisdiction(f.Known.Text("recipient.jurisdiction")))
	e = l.begin(f)
	return e, l.facts.Learn(e.known.values, f)
}

// checked is evaluation for facts of the right form: see pack.CheckFacts.
func (s *Set) checked(f *dataspace.Facts) (*evaluation, error) {
	if pack.CheckForm(f) != nil {
		return nil, pack.CheckFacts(s.Facts(), f)
	}
	e, good := s.learned(f)
	if good {
		return e, nil
	}
	e.release()
	return nil, pack.CheckFacts(s.Facts(), f)
}

// release returns the evaluation to the pool for another flow. Nothing may use it
// afterwards.
func (e *evaluation) release() {
	e.judge.release()
	e.completer.release()
	e.writer.release()
	e.adviser.blocking, e.fulfilment.assume = nil, nil
	e.known.release()
	e.known.law.used.Put(e)
}
