// Package lexicon joins the words that rule packs name to the vocabularies of the
// program. It refuses a pack whose conditions name a word that no vocabulary has:
// such a rule would never apply.
package lexicon

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"hutong/internal/compared"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/fact"
	"hutong/internal/pack"
	"hutong/internal/vocab"
)

// File is the file of a pack's folder with words of its own.
type File struct {
	Vocabularies []struct {
		Vocabulary vocab.Name   `yaml:"vocabulary"`
		Words      []vocab.Word `yaml:"words"`
	} `yaml:"vocabularies"`
}

// maxItems is how many items of lists join the vocabulary of items. With more it
// stays open, and an item that no list has counts as unknown in a decision.
const maxItems = 20_000

// Words are the vocabularies of the program and the words of packs: those that a
// pack brings in words.yaml, its jurisdictions, its kinds of instruments, and the
// sectors, scenarios and items of its list. The list is asked for, since another
// may stand in the place of the pack's own; nil is none.
func Words(packs []*pack.Pack, known *element.Taxonomy, list func(*pack.Pack) *pack.ItemList) (*vocab.Words, error) {
	words := vocab.Standard()
	more := []vocab.Addition{elements(known)}
	items := 0
	for _, p := range packs {
		own, err := declared(p)
		if err != nil {
			return nil, err
		}
		more = append(append(more, own...), described(p)...)
		if l := list(p); l != nil {
			items += len(l.Items)
		}
	}
	words, err := words.With(more...)
	if err != nil {
		return nil, err
	}
	for _, p := range packs {
		if l := list(p); l != nil {
			words = words.Named(named(p, l, items <= maxItems)...)
		}
	}
	return words, nil
}

func elements(known *element.Taxonomy) vocab.Addition {
	a := vocab.Addition{To: vocab.Elements, From: "elements"}
	for _, e := range known.All() {
		a.Words = append(a.Words, vocab.Word{Key: string(e.ID), EN: e.Name.EN, ZH: e.Name.ZH})
	}
	return a
}

// declared are the words of the file that a pack brings.
func declared(p *pack.Pack) ([]vocab.Addition, error) {
	data := p.Words()
	if data == nil {
		return nil, nil
	}
	var f File
	place := path.Join(string(p.ID()), pack.WordsFile)
	if err := pack.DecodeStrict(place, data, &f); err != nil {
		return nil, err
	}
	var out []vocab.Addition
	for _, l := range f.Vocabularies {
		for _, w := range l.Words {
			if w.EN == "" || w.ZH == "" {
				return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "words.key", Place: place, Message: fmt.Sprintf("the word %q needs a name in both languages", w.Key)}
			}
		}
		out = append(out, vocab.Addition{To: l.Vocabulary, From: place, Words: l.Words})
	}
	return out, nil
}

// described are the words that a pack names in pack.yaml.
func described(p *pack.Pack) []vocab.Addition {
	from := string(p.ID())
	places := vocab.Addition{To: vocab.Jurisdictions, From: from, Words: []vocab.Word{{Key: string(p.Jurisdiction())}}}
	for _, j := range p.Covers() {
		places.Words = append(places.Words, vocab.Word{Key: string(j)})
	}
	kinds := vocab.Addition{To: vocab.Instruments, From: from}
	for kind, in := range p.Document().Instruments {
		kinds.Words = append(kinds.Words, vocab.Word{Key: kind, EN: in.Name.EN, ZH: in.Name.ZH})
	}
	return []vocab.Addition{places, kinds}
}

// named are the words of a list.
func named(p *pack.Pack, l *pack.ItemList, withItems bool) []vocab.Addition {
	from := string(p.ID())
	sectors, scenarios, items := vocab.Addition{To: vocab.Sectors, From: from}, vocab.Addition{To: vocab.Scenarios, From: from}, vocab.Addition{To: vocab.Items, From: from}
	seen := map[[2]string]bool{}
	add := func(to *vocab.Addition, w vocab.Word) {
		if key := [2]string{string(to.To), w.Key}; w.Key != "" && !seen[key] {
			seen[key] = true
			to.Words = append(to.Words, w)
		}
	}
	for i := range l.Items {
		it := &l.Items[i]
		add(&sectors, vocab.Word{Key: it.Sector})
		add(&scenarios, vocab.Word{Key: it.Scenario})
		if withItems {
			add(&items, vocab.Word{Key: it.ID, EN: it.Name.EN, ZH: it.Name.ZH})
		}
	}
	return []vocab.Addition{sectors, scenarios, items}
}

// Check refuses packs that compare a fact with a word that is not one of its
// vocabulary. Each is named with the rule, definition or side in which it stands.
func Check(packs []*pack.Pack, facts *fact.Table) error {
	var errs []error
	for _, p := range packs {
		c := checker{pack: p, facts: facts}
		p.EachCondition(c.condition)
		errs = append(errs, c.errs...)
	}
	return errors.Join(errs...)
}

type checker struct {
	pack  *pack.Pack
	facts *fact.Table
	errs  []error
}

// condition checks one condition of a rule, or of what stands for all of the pack
// if the rule is empty.
func (c *checker) condition(rule dataspace.RuleID, part string, pairs []compared.Pair) {
	for _, p := range pairs {
		d, ok := c.facts.Lookup(p.Name)
		if !ok {
			continue
		}
		list := []string{p.Text}
		if p.Group != "" {
			list = c.pack.Document().Groups[p.Group]
		}
		for _, w := range list {
			if err := c.word(d, w, p.Prefix); err != nil {
				c.errs = append(c.errs, c.problem(rule, part, d, w, err))
			}
		}
	}
}

// word reports what is wrong with a word that a fact is compared with. A region
// may be compared with the beginning of its code.
func (c *checker) word(d *fact.Definition, w string, prefix bool) error {
	n := d.Vocabulary()
	switch {
	case n == "" || w == "" || !c.facts.Words().Known(n) || c.facts.Words().Open(n):
		return nil
	case prefix && n != vocab.Regions:
		return nil
	case prefix:
		w = strings.TrimSuffix(w, "-")
	}
	key, err := c.facts.Words().Read(n, "", w)
	if err == nil && key != w {
		err = &dataspace.Problem{Kind: dataspace.ErrInvalid, Message: fmt.Sprintf("%q is no key of the %s", w, c.facts.Words().Title(n).EN), Hint: "rules write " + key}
	}
	return err
}

func (c *checker) problem(rule dataspace.RuleID, part string, d *fact.Definition, w string, err error) error {
	place := string(rule)
	if place == "" {
		place = string(c.pack.ID())
	} else {
		part = "of pack " + string(c.pack.ID())
	}
	var p *dataspace.Problem
	if !errors.As(err, &p) {
		return err
	}
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "set.word", Place: place,
		Message: fmt.Sprintf("%s compares %s with %q: %s", part, d.Name, w, p.Message), Hint: p.Hint}
}
