package dossier

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hutong/internal/contradict"
	"hutong/internal/dataspace"
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
	if input.Flow.Decision != nil {
		if due := l.due(f, input.Flow.Decision); due != "" {
			known["due"] = due
		}
	}
	return consistent(l, input, l.fill(f, input.Answers, known))
}

func consistent(l *Library, input Input, s *sheet) error {
	if l.law == nil {
		return nil
	}
	var out dataspace.Contradictions
	if input.Flow.Facts != nil {
		c := contradict.Case{Facts: *input.Flow.Facts, Plan: input.Flow.Plan, Today: input.On, Apart: input.Apart}
		if p := input.Flow.Profile; p != nil {
			used := p.Used()
			c.Profile = &used
		}
		out = l.law.Check(c)
	}
	return append(out, contradict.Answers(otherwise(s, l.derived))...).Err()
}

// otherwise lists the answers that are asked and differ from what was decided.
// Texts are a person's own words and are not compared.
func otherwise(s *sheet, known []derived) (out []contradict.Answer) {
	for _, a := range s.list {
		if !a.asked || a.q.Free || a.known == nil {
			continue
		}
		given, decided := compared(a.q, a.value), compared(a.q, a.known)
		if given == "" || decided == "" || given == decided {
			continue
		}
		out = append(out, contradict.Answer{Question: a.path, Text: a.q.Text, Known: knownPlace(a.q.Prefill, known), Value: decided})
	}
	return out
}

// compared is an answer in the form in which two of them are compared; empty if
// its type is not compared.
func compared(q *Question, v any) string {
	switch q.Type {
	case typeNumber, typeYesNo, typeDate, typeChoice:
		if n, ok := v.(json.Number); ok {
			if i, err := n.Int64(); err == nil {
				return fmt.Sprint(i)
			}
		}
		return fmt.Sprint(v)
	case typeWord:
		if m, ok := v.(map[string]any); ok {
			v = m[wordMember]
		}
		s, _ := v.(string)
		return s
	}
	return ""
}

// knownPlace names where a known answer comes from.
func knownPlace(prefill string, known []derived) string {
	at := slices.IndexFunc(known, func(d derived) bool { return d.Path == prefill })
	switch {
	case at >= 0 && len(known[at].Sum) > 0:
		return "facts." + strings.Join(known[at].Sum, " + facts.")
	case strings.HasPrefix(prefill, "facts."):
		return prefill
	}
	return "flow." + strings.TrimPrefix(prefill, ".")
}
