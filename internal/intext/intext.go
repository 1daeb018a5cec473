// Package intext says for the profile of a column which names of people its texts
// have.
package intext

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync/atomic"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/naming"
	"hutong/internal/odds"
)

// Text is the text of a value, if it has one, with what the tagger said of it.
type Text struct {
	value   []byte
	opinion atomic.Pointer[naming.Opinion]
}

// Keep keeps the beginning of a value that is a text.
func (t *Text) Keep(value []byte) {
	if start := naming.Cut(value); naming.Text(start) {
		t.value = bytes.Clone(start)
	}
}

// Value is one of the different values of a column.
type Value interface {
	// Text is the text of the value, and the number of its rows.
	Text() (*Text, int64)
}

// The elements of names in texts.
const (
	nameHan   dataspace.ElementID = "person_name_zh"
	nameLatin dataspace.ElementID = "person_name_latin"
)

// from is the confidence from which a column is said to name people.
const from = .5

// In adds to what a column contains the names of people that its texts have. The
// values come in an order that does not depend on the rows. Names prove nothing,
// so each kind is said with a confidence; the score gets the evidence.
func In[V Value](known *element.Taxonomy, s *odds.Score, in []dataspace.Contained, all []V) []dataspace.Contained {
	if !mayName(s) || !mostlyTexts(all) {
		return in
	}
	n := ask(all)
	if n.P < from || n.Rows == 0 {
		return in
	}
	s.Evidence = append(s.Evidence, fmt.Sprintf("values: %d of %d texts name people", n.Rows, n.Looked))
	e, ok := known.Lookup("review_text")
	switch {
	case s.Best == nil && ok:
		s.Best, s.Band = &odds.Candidate{Element: e, Check: -1, P: odds.ReviewFrom}, dataspace.BandReview
	case s.Band == dataspace.BandAccept && n.P < odds.AcceptFrom:
		s.Band = dataspace.BandReview
	}
	for _, of := range []struct {
		id   dataspace.ElementID
		rows int64
	}{{nameLatin, n.Latin}, {nameHan, n.Chinese}} {
		if _, ok := known.Lookup(of.id); ok && of.rows*10 >= n.Rows {
			in = append(in, dataspace.Contained{Element: of.id, Rows: of.rows, Looked: n.Looked, Confidence: math.Round(min(n.P, .99)*1000) / 1000})
		}
	}
	slices.SortStableFunc(in, func(a, b dataspace.Contained) int { return cmp.Compare(a.Element, b.Element) })
	return in
}

// ask asks the tagger about some of the texts.
func ask[V Value](all []V) naming.Names {
	var sum naming.Sum
	texts, size := 0, 0
	for _, v := range all {
		t, rows := v.Text()
		if t.value == nil {
			continue
		}
		if texts, size = texts+1, size+len(t.value); texts > naming.MostTexts || size > naming.MostBytes && texts > 1 {
			break
		}
		o := t.opinion.Load() // two columns may ask about one text
		if o == nil {
			of := naming.Of(t.value)
			o = &of
			t.opinion.Store(o)
		}
		sum.Add(*o, rows)
	}
	return sum.Names()
}

// mostlyTexts reports whether a third of the different values are texts.
func mostlyTexts[V Value](all []V) bool {
	n := 0
	for _, v := range all {
		if t, _ := v.Text(); t.value != nil {
			n++
		}
	}
	return n > 0 && n*3 >= len(all)
}

// mayName reports whether the values of a column can be texts that name people
// and are not a name, an address or an organisation themselves.
func mayName(s *odds.Score) bool {
	if s.Best == nil || s.Band != dataspace.BandAccept {
		return true
	}
	e := &s.Best.Element
	return e.FreeText() || e.IDClass != element.Direct && e.Group != "organisation"
}
