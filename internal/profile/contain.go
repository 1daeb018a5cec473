package profile

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"hutong/internal/chance"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/headword"
	"hutong/internal/look"
	"hutong/internal/odds"
)

// inside is what the values of a column prove, besides what the column is.
type inside struct {
	dataspace.Hits
	own dataspace.Hits // of the column's own element
	// doubt is an element of people that hits point to without a proof; why says
	// how many.
	doubt element.Element
	why   string
}

// testsPerColumn is how many tests a column has at most in practice; a table
// has so many times its columns.
const testsPerColumn = 16

// enoughPrefixes is how many prefixes numbers without a check digit must have.
// Those of people have many, a block of order numbers has one or two.
const enoughPrefixes = 4

// prove tells hits from coincidences.
func (c *column) prove(own *dataspace.ElementID, tests int) inside {
	proved := map[dataspace.ElementID][]int32{}
	out := inside{}
	isOwn := func(id dataspace.ElementID) bool { return own != nil && look.Same(*own, id) }
	for _, i := range c.ordered() {
		h := c.hits[i]
		e, ok := c.known.Taxonomy.Lookup(h.Element)
		if !ok {
			continue
		}
		r := c.test(h, e, tests)
		if r.Proved {
			proved[h.Element] = append(proved[h.Element], int32(i))
			continue
		}
		rows := c.outcomes.RowsWith([]int32{int32(i)}) + h.extra
		to := &out.Hits
		if isOwn(h.Element) {
			to = &out.own
		}
		to.Coincidences = append(to.Coincidences, dataspace.Coincidence{Element: h.Element, Shape: h.ShapeName(), Whole: h.Whole, Rows: rows, Expected: rounded(r.Expected)})
		if to == &out.Hits && r.Doubtful && e.Personal == element.PersonalYes && e.IDClass == element.Direct && out.why == "" {
			out.doubt, out.why = e, fmt.Sprintf("values: %d rows have %s; chance would give some %.3g, and only more, or more prefixes, would be a proof", rows, h.ShapeName(), r.Expected)
		}
	}
	for id, list := range proved {
		rows := c.outcomes.RowsWith(list)
		for _, i := range list {
			rows += c.hits[i].extra
		}
		to := &out.Hits
		if isOwn(id) {
			to = &out.own
		}
		to.Contains = append(to.Contains, dataspace.Contained{Element: id, Rows: rows})
	}
	for _, to := range []*dataspace.Hits{&out.Hits, &out.own} {
		slices.SortFunc(to.Contains, func(a, b dataspace.Contained) int { return cmp.Compare(a.Element, b.Element) })
		slices.SortFunc(to.Coincidences, func(a, b dataspace.Coincidence) int {
			return cmp.Or(cmp.Compare(a.Element, b.Element), cmp.Compare(a.Shape, b.Shape), cmp.Compare(a.Rows, b.Rows))
		})
	}
	return out
}

// ordered are the numbers of the kinds of hits, in an order that does not depend
// on which came first.
func (c *column) ordered() []int {
	out := make([]int, len(c.hits))
	for i := range out {
		out[i] = i
	}
	slices.SortFunc(out, func(i, j int) int {
		a, b := c.hits[i], c.hits[j]
		if n := cmp.Or(cmp.Compare(a.Element, b.Element), cmp.Compare(a.ShapeName(), b.ShapeName())); n != 0 || a.Whole == b.Whole {
			return n
		}
		if a.Whole {
			return -1
		}
		return 1
	})
	return out
}

// test says whether hits prove that the element is in the column. It keeps the
// result while no value is added.
func (c *column) test(h *hits, e element.Element, tests int) chance.Result {
	if h.tested != c.values {
		h.tested, h.result = c.values, c.weighHits(h, e, tests)
	}
	return h.result
}

// weighHits does the test. A value with a form of its own proves the element,
// and so does any hit under a header that names it, or the same under another
// name.
func (c *column) weighHits(h *hits, e element.Element, tests int) chance.Result {
	sure := chance.Result{Hits: h.values.Distinct(), Proved: true}
	named := func(m headword.Match) bool { return !m.Made && look.Same(m.ID, h.Element) }
	if h.Shape == (chance.Shape{}) || slices.ContainsFunc(c.sum.Matches, named) {
		return sure
	}
	spread := e.Detector.Proves == element.Spread
	if spread && !h.Whole {
		return sure
	}
	if spread && c.sum.Sequential {
		return chance.Result{Hits: h.values.Distinct(), Expected: h.values.Distinct()}
	}
	passes := func(run []byte) bool { return c.looker.Proves(h.Element, run) }
	test := chance.Test{Shape: h.Shape, Values: c.runs[h.Shape], Hits: h.values, Passes: passes, Tests: tests, Prefix: spread}
	r := test.Run()
	if spread && r.Proved && len(h.prefix) < enoughPrefixes {
		r.Proved, r.Doubtful = false, true
	}
	return r
}

// doubt takes back, or lowers to a question, an element that only values point
// to, if these are no more than chance gives.
func (c *column) doubt(s *odds.Score, tests int) {
	if s.Best == nil || s.Best.Match != nil || s.Best.Check < 0 {
		return
	}
	chanced, doubtful := int64(0), false
	for i, h := range c.hits {
		if h.Element != s.Best.Element.ID || !h.Whole || h.Shape == (chance.Shape{}) {
			continue
		}
		r := c.test(h, s.Best.Element, tests)
		if r.Proved {
			return
		}
		doubtful = doubtful || r.Doubtful
		chanced += c.outcomes.RowsWith([]int32{int32(i)}) + h.extra
	}
	switch {
	case chanced*2 < c.values*c.sum.Passes[s.Best.Check]/max(c.sum.Looked, 1):
		return // most values have a form of their own
	case doubtful:
		s.Band = dataspace.BandReview
		s.Best.P = min(s.Best.P, odds.AcceptFrom-.01)
	default:
		s.Best, s.Band, s.Evidence = nil, dataspace.BandNone, nil
	}
}

// nearlyAll is the share of values that make a column what they prove, in
// hundredths.
const nearlyAll = 75

// settle accepts the element that nearly all values of a column prove, each as a
// whole, unless the column is something else by its name or its values.
func (c *column) settle(s *odds.Score, tests int) {
	if s.Band == dataspace.BandAccept || s.Best != nil && s.Best.Match != nil {
		return
	}
	proved := map[dataspace.ElementID][]int32{}
	for i, h := range c.hits {
		e, ok := c.known.Taxonomy.Lookup(h.Element)
		free := s.Best == nil || s.Best.Check < 0 || s.Best.Element.ID == h.Element && e.Detector.Proof != ""
		if ok && free && h.Whole && h.extra == 0 && c.test(h, e, tests).Proved {
			proved[h.Element] = append(proved[h.Element], int32(i))
		}
	}
	for id, list := range proved {
		if rows := c.outcomes.RowsWith(list); rows*100 >= c.values*nearlyAll {
			e, _ := c.known.Taxonomy.Lookup(id)
			s.Best, s.Band = &odds.Candidate{Element: e, Check: -1, P: .95}, dataspace.BandAccept
			s.Evidence = append(s.Evidence, fmt.Sprintf("values: %d of %d prove it", rows, c.values))
		}
	}
}

// rounded keeps three digits.
func rounded(x float64) float64 {
	out, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 3, 64), 64) // it was written just before
	return out
}
