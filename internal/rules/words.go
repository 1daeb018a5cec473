package rules

import (
	"sync"

	"hutong/internal/agreed"
	"hutong/internal/element"
	"hutong/internal/fact"
	"hutong/internal/lexicon"
	"hutong/internal/pack"
)

// factsOf is the table of facts for a law, made at its first use. If the words of
// packs contradict each other, it has those of the program alone, and CheckWords
// refuses the set.
func factsOf(l *law, known *element.Taxonomy) func() *fact.Table {
	return sync.OnceValue(func() *fact.Table {
		words, err := lexicon.Words(l.packs, known, l.list)
		if err != nil {
			return l.facts.Facts()
		}
		return l.facts.Facts().Speaking(words)
	})
}

// FactsWith is the table of facts of the set's packs and one more, which replaces
// that of the same id.
func (s *Set) FactsWith(p *pack.Pack) (*fact.Table, error) { return lexicon.With(s.law.packs, p) }

// withAgreed is the table of facts of the set with the kinds that agreements name.
func (s *Set) withAgreed(agreements []agreed.Agreement) func() *fact.Table {
	base := s.facts
	return sync.OnceValue(func() *fact.Table {
		var named []lexicon.Named
		for _, a := range agreements {
			for _, r := range a.Entries {
				named = append(named, lexicon.Named{From: a.Ref.ID, Place: string(r.Of.Jurisdiction), Kind: r.Of.Kind})
			}
		}
		return lexicon.WithNamed(base(), named)
	})
}

// CheckWords refuses packs whose words contradict each other, and a condition that
// compares a fact with a word that it cannot have. NewSet makes this check.
func (s *Set) CheckWords() error {
	return lexicon.CheckAll(s.law.packs, s.elements, s.law.list, s.Facts)
}
