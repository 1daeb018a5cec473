package rules

import (
	"sync"

	"hutong/internal/element"
	"hutong/internal/fact"
	"hutong/internal/lexicon"
)

// factsOf is the table of facts for a law, made when it is first asked for.
// Where the words of packs do not go together it has those of the program alone,
// and CheckWords refuses the set.
func factsOf(l *law, known *element.Taxonomy) func() *fact.Table {
	return sync.OnceValue(func() *fact.Table {
		words, err := lexicon.Words(l.packs, known, l.list)
		if err != nil {
			return fact.Standard()
		}
		return fact.Standard().Speaking(words)
	})
}

// CheckWords refuses packs whose words do not go together, and those whose
// conditions compare a fact with a word that it cannot have. A set that NewSet
// made has been checked.
func (s *Set) CheckWords() error {
	if _, err := lexicon.Words(s.law.packs, s.elements, s.law.list); err != nil {
		return err
	}
	return lexicon.Check(s.law.packs, s.Facts())
}
