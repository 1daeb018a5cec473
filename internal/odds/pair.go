package odds

import (
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/headword"
	"hutong/internal/position"
)

const located dataspace.ElementID = "precise_location"

// pairs finds two neighbouring columns without a telling name that are a
// latitude and a longitude: fine decimal numbers that lie in one part of the
// world where people live. Measurements can lie there too, so a person is asked.
func (m *Model) pairs(columns []*Column, scores []Score) {
	for i := 0; i+1 < len(columns); i++ {
		if !m.placed(columns[i], &scores[i]) || !m.placed(columns[i+1], &scores[i+1]) || !together(columns[i], columns[i+1]) {
			continue
		}
		for _, at := range []int{i, i + 1} {
			s := &scores[at]
			if s.Best != nil {
				continue
			}
			e, _ := m.Taxonomy.Lookup(located)
			s.Best, s.Band = &Candidate{Element: e, Check: -1, P: pairOdds}, dataspace.BandReview
			s.Evidence = append(s.Evidence, "values: with those of the column beside it they are positions where people live")
		}
		i++
	}
}

// pairOdds is how certain such a pair is.
const pairOdds = .6

// placed reports whether nothing better is known of a column.
func (m *Model) placed(c *Column, s *Score) bool {
	named := slices.ContainsFunc(c.Matches, func(h headword.Match) bool { return h.ID != located && h.Fit >= headword.Tail })
	return c.Looked > 0 && !named && (s.Best == nil || s.Best.Element.ID == located)
}

// fewPlaces is the number of different values that are too few to be told from
// other numbers.
const fewPlaces = 8

// together reports whether one column has latitudes and the other longitudes of
// one part of the world.
func together(a, b *Column) bool {
	if !a.Many && a.Distinct < fewPlaces || !b.Many && b.Distinct < fewPlaces {
		return false
	}
	for k := range position.Boxes {
		all := func(c *Column, at int) bool { return c.Axes[at]*50 >= c.Looked*49 }
		if all(a, k) && all(b, k+position.Boxes) || all(b, k) && all(a, k+position.Boxes) {
			return true
		}
	}
	return false
}
