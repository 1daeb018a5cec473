package profile

import (
	"fmt"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/naming"
	"hutong/internal/odds"
)

// The elements of names in texts.
const (
	nameHan   dataspace.ElementID = "person_name_zh"
	nameLatin dataspace.ElementID = "person_name_latin"
)

// namedFrom is the confidence from which a column is said to name people.
const namedFrom = .5

// named says which names of people the texts of the column have. Names prove
// nothing, so each is said with a confidence.
func (c *column) named(s *odds.Score) []dataspace.Contained {
	if !mayName(s) {
		return nil
	}
	all := c.tried.All()
	if !mostlyTexts(all) {
		return nil
	}
	var sum naming.Sum
	texts, size := 0, 0
	for _, t := range all {
		if t.text == nil {
			continue
		}
		if texts, size = texts+1, size+len(t.text); texts > naming.MostTexts || size > naming.MostBytes && texts > 1 {
			break
		}
		if t.names == nil {
			o := naming.Of(t.text)
			t.names = &o
		}
		sum.Add(*t.names, t.rows)
	}
	n := sum.Names()
	if n.P < namedFrom || n.Rows == 0 {
		return nil
	}
	s.Evidence = append(s.Evidence, fmt.Sprintf("values: %d of %d texts name people", n.Rows, n.Looked))
	e, ok := c.known.Taxonomy.Lookup("review_text")
	switch {
	case s.Best == nil && ok:
		s.Best, s.Band = &odds.Candidate{Element: e, Check: -1, P: odds.ReviewFrom}, dataspace.BandReview
	case s.Band == dataspace.BandAccept && n.P < odds.AcceptFrom:
		s.Band = dataspace.BandReview
	}
	var out []dataspace.Contained
	for _, of := range []struct {
		id   dataspace.ElementID
		rows int64
	}{{nameLatin, n.Latin}, {nameHan, n.Chinese}} {
		if _, ok := c.known.Taxonomy.Lookup(of.id); ok && of.rows*10 >= n.Rows {
			out = append(out, dataspace.Contained{Element: of.id, Rows: of.rows, Looked: n.Looked, Confidence: round(n.P)})
		}
	}
	return out
}

// mostlyTexts reports whether a third of the different values are texts.
func mostlyTexts(all []*trial) bool {
	n := 0
	for _, t := range all {
		if t.text != nil {
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
