package annex

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/item"
)

// Candidate is an item that a dataset may be about. Only a person can confirm
// it.
type Candidate struct {
	Item  item.Item `json:"item"`
	Score float64   `json:"score"` // over 0, at most 1
	Why   []string  `json:"why"`
}

// The weight of each sign. Several signs are combined as if independent.
const (
	byElement     = 0.6  // an element that the item names
	byHeader      = 0.5  // a word of the item in a column's header
	byName        = 0.5  // the header, or the element's name, in the item's name
	byDescription = 0.35 // or in its description
)

// Match proposes items for the columns of a profile, best first. The scenario
// limits them; empty: all. An empty result does not prove that no item matches:
// the descriptions are written for people.
func Match(elements *element.Taxonomy, items []item.Item, scenario string, p dataspace.Profile) []Candidate {
	signs := signsOf(elements, p)
	var out []Candidate
	for _, it := range items {
		if scenario != "" && it.Scenario != "" && it.Scenario != scenario {
			continue
		}
		doubt, why := 1.0, []string(nil)
		for _, s := range signs {
			if weight, because := s.points(&it); weight > 0 {
				doubt *= 1 - weight
				why = append(why, because)
			}
		}
		if len(why) > 0 {
			out = append(out, Candidate{Item: it, Score: math.Round((1-doubt)*100) / 100, Why: why})
		}
	}
	slices.SortStableFunc(out, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Item.ID, b.Item.ID))
	})
	return out
}

// sign is one known property of a column.
type sign struct {
	column  string
	element dataspace.ElementID // empty: only the header is known
	words   []string            // words for it that a text may contain
}

func signsOf(elements *element.Taxonomy, p dataspace.Profile) []sign {
	var out []sign
	add := func(s sign) {
		// Two columns of one element count as one sign.
		if s.element == "" || !slices.ContainsFunc(out, func(o sign) bool { return o.element == s.element }) {
			out = append(out, s)
		}
	}
	for _, c := range p.Columns {
		found := []dataspace.ElementID{}
		if c.Element != nil {
			found = append(found, *c.Element)
		}
		for _, inside := range c.Contains {
			found = append(found, inside.Element)
		}
		for _, id := range found {
			s := sign{column: c.Name, element: id}
			if e, ok := elements.Lookup(id); ok {
				s.words = telling(append([]string{e.Name.ZH, e.Name.EN}, e.Headers.ZH...))
			}
			add(s)
		}
		add(sign{column: c.Name, words: telling([]string{c.Name})})
	}
	return out
}

// telling removes words that are too short to identify anything.
func telling(list []string) []string {
	var out []string
	for _, w := range list {
		w = strings.ToLower(strings.TrimSpace(w))
		short := utf8.RuneCountInString(w) < 4
		if w == "" || short && len(w) < 6 { // «邮箱» is two characters and six bytes
			continue
		}
		out = append(out, w)
	}
	return out
}

// points is how strongly the sign supports an item, and why.
func (s sign) points(it *item.Item) (float64, string) {
	if s.element != "" && slices.Contains(it.Elements, s.element) {
		return byElement, fmt.Sprintf("column %s is %s, which the item is about", s.column, s.element)
	}
	what := s.column
	if s.element != "" {
		what = fmt.Sprintf("%s (%s)", s.column, s.element)
	} else {
		for _, w := range it.Headers {
			if strings.Contains(strings.ToLower(s.column), strings.ToLower(w)) {
				return byHeader, fmt.Sprintf("the header %s has the word %s", s.column, w)
			}
		}
	}
	name, text := strings.ToLower(it.Name.ZH+" "+it.Name.EN), strings.ToLower(it.Description)
	for _, w := range s.words {
		if strings.Contains(name, w) {
			return byName, fmt.Sprintf("%s: the item is called by %s", what, w)
		}
	}
	for _, w := range s.words {
		if strings.Contains(text, w) {
			return byDescription, fmt.Sprintf("%s: the item is described by %s", what, w)
		}
	}
	return 0, ""
}
