package dossier

import (
	"hutong/internal/contradict"
	"hutong/internal/dataspace"
	"hutong/internal/derived"
)

// Consistent refuses a filing whose documents contradict each other, or whose
// answers differ from what was decided. The error has all contradictions. Write asks
// it of all but what was approved before.
func (l *Library) Consistent(input Input) error {
	f, err := l.Form(input.Kind)
	if err != nil {
		return err
	}
	known, err := l.known(input.Flow)
	if err != nil {
		return err
	}
	if d := input.Flow.Decision; d != nil && l.due(f, d) != "" {
		known["due"] = l.due(f, d)
	}
	return consistent(l, input, l.fill(f, input.Answers, known))
}

func consistent(l *Library, input Input, s *sheet) error {
	if l.law == nil {
		return nil
	}
	var out dataspace.Contradictions
	var papers []dataspace.Instrument
	if f := input.Flow.Facts; f != nil {
		c := contradict.Case{Facts: *f, Plan: input.Flow.Plan, Today: input.On, Apart: input.Apart}
		if p := input.Flow.Profile; p != nil {
			used := p.Used()
			c.Profile = &used
		}
		out, papers = l.law.Check(c), f.Instruments
	}
	var answers []contradict.Answer
	for _, a := range s.list {
		given, decided := a.value, a.known
		if m, note := given.(map[string]any); note && a.q.Type == typeWord {
			given = m[wordMember]
		}
		if a.asked && !a.q.Free && decided != nil && a.q.Type != typeText && a.q.Type != typeList {
			answers = append(answers, contradict.Answer{Question: a.path, Text: a.q.Text, Given: given, Decided: decided, From: a.q.Prefill, Place: derived.Place(l.derived, a.q.Prefill)})
		}
	}
	return append(out, contradict.Answers(answers, papers)...).Err()
}
