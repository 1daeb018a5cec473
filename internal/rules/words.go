package rules

import (
	"sync"

	"hutong/internal/element"
	"hutong/internal/fact"
	"hutong/internal/lexicon"
	"hutong/internal/pack"
)

// factsOf is the table of facts for a law, made when it is first asked for.
// Where the words of packs do not go together it has those of the program alone,
// and CheckWords refuses the set.
func factsOf(l *law, known *element.Taxonomy) func() *fact.Table {
	return sync.OnceValue(func() *fact.Table {
		words, err := lexicon.Words(l.packs, known, l.list)
		if err != nil {
			return l.facts.Facts()
		}
		return l.facts.Facts().Speaking(words)
	})
}

// FactsWith is the table of facts of the set's packs and one more, in the place of
// that of the same id.
func (s *Set) FactsWith(p *pack.Pack) (*fact.Table, error) { return lexicon.With(s.law.packs, p) }

// withAgreed is the table of facts of the set with what agreements name.
func (s *Set) withAgreed(agreements []Agreement) func() *fact.Table {
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

// CheckWords refuses packs whose words do not go together, and those whose
// conditions compare a fact with a word that it cannot have. A set that NewSet
// made has been checked.
func (s *Set) CheckWords() error {
	return lexicon.CheckAll(s.law.packs, s.elements, s.law.list, s.Facts)
}
