package rules

import (
	"slices"
	"sync"

	"hutong/internal/element"
	"hutong/internal/fact"
	"hutong/internal/lexicon"
	"hutong/internal/pack"
	"hutong/internal/vocab"
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
func (s *Set) FactsWith(p *pack.Pack) (*fact.Table, error) {
	all := append(slices.DeleteFunc(slices.Clone(s.law.packs), func(q *pack.Pack) bool { return q.ID() == p.ID() }), p)
	known, err := pack.ElementsOf(all)
	if err != nil {
		return nil, err
	}
	words, err := lexicon.Words(all, known, (*pack.Pack).List)
	if err != nil {
		return nil, err
	}
	t := fact.Standard()
	for _, p := range all {
		if t, err = p.DeclareFacts(t); err != nil {
			return nil, err
		}
	}
	return t.Speaking(words), nil
}

// withAgreed is the table of facts of the set with the places and the kinds of
// instruments that agreements name: the other party has a law that may be in no
// pack here.
func (s *Set) withAgreed(agreements []Agreement) func() *fact.Table {
	base := s.facts
	return sync.OnceValue(func() *fact.Table {
		var more []vocab.Addition
		for _, a := range agreements {
			places, kinds := vocab.Addition{To: vocab.Jurisdictions, From: a.Ref.ID}, vocab.Addition{To: vocab.Instruments, From: a.Ref.ID}
			for _, r := range a.Entries {
				places.Words = append(places.Words, vocab.Word{Key: string(r.Of.Jurisdiction)})
				if r.Of.Kind != "" {
					kinds.Words = append(kinds.Words, vocab.Word{Key: r.Of.Kind})
				}
			}
			more = append(more, places, kinds)
		}
		return base().Speaking(base().Words().Named(more...))
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
