package lexicon

import (
	"slices"

	"hutong/internal/element"
	"hutong/internal/fact"
	"hutong/internal/pack"
	"hutong/internal/vocab"
)

// With is the table of the facts of packs and of one more, in the place of that of
// the same id, with the words of all of them.
func With(packs []*pack.Pack, p *pack.Pack) (*fact.Table, error) {
	all := append(slices.DeleteFunc(slices.Clone(packs), func(q *pack.Pack) bool { return q.ID() == p.ID() }), p)
	known, err := pack.ElementsOf(all)
	if err != nil {
		return nil, err
	}
	words, err := Words(all, known, (*pack.Pack).List)
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

// Named is a place and a kind of instrument that an agreement names: the other
// party has a law that may be in no pack here. An empty kind is none.
type Named struct{ From, Place, Kind string }

// WithNamed is a table with the words that agreements name.
func WithNamed(t *fact.Table, named []Named) *fact.Table {
	var more []vocab.Addition
	for _, n := range named {
		more = append(more, vocab.Addition{To: vocab.Jurisdictions, From: n.From, Words: []vocab.Word{{Key: n.Place}}})
		if n.Kind != "" {
			more = append(more, vocab.Addition{To: vocab.Instruments, From: n.From, Words: []vocab.Word{{Key: n.Kind}}})
		}
	}
	return t.Speaking(t.Words().Named(more...))
}

// CheckAll refuses packs whose words do not go together, and then does as Check.
func CheckAll(packs []*pack.Pack, known *element.Taxonomy, list func(*pack.Pack) *pack.ItemList, facts func() *fact.Table) error {
	if _, err := Words(packs, known, list); err != nil {
		return err
	}
	return Check(packs, facts())
}
