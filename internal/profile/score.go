package profile

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// Bands: from what confidence an element is taken, or shown to a person.
const (
	acceptFrom = 0.85
	reviewFrom = 0.35
)

// score is what one column most likely is.
type score struct {
	ranked   []candidate // likeliest first
	best     *candidate  // nil when none of the taxonomy
	band     dataspace.Band
	none     float64 // probability of being no element
	evidence []string
}

// candidate is an element a column could be.
type candidate struct {
	element element.Element
	match   *element.HeaderMatch // nil when only values speak for it
	check   int                  // index of its check, -1 without
	weight  float64              // log-odds against being nothing
	p       float64
}

// scoreAll scores every column on its own, then once more with the groups
// that the sure ones belong to: beside MMSI and call sign, "heading" is a
// ship's.
func scoreAll(columns []*column) []score {
	out := make([]score, len(columns))
	groups := map[string]bool{}
	for i, c := range columns {
		out[i] = c.score(nil)
		if b := out[i].best; b != nil && out[i].band == dataspace.BandAccept && b.element.Group != "generic" {
			groups[b.element.Group] = true
		}
	}
	for i, c := range columns {
		out[i] = c.score(groups)
	}
	return out
}

// score weighs header and values as independent witnesses (naive Bayes).
func (c *column) score(groups map[string]bool) score {
	var list []candidate
	for i := range c.matches {
		m := &c.matches[i]
		if e, ok := c.known.taxonomy.Lookup(m.ID); ok {
			list = append(list, candidate{element: e, match: m, check: c.known.check(m.ID)})
		}
	}
	list = c.numbers(list)
	for i := range c.known.checks {
		if id := c.known.checks[i].id; c.passes[i] > 0 && !c.headerNames(id) {
			e, _ := c.known.taxonomy.Lookup(id)
			list = append(list, candidate{element: e, check: i})
		}
	}
	total := 1.0
	named := slices.ContainsFunc(list, func(k candidate) bool { return k.match != nil && k.match.Fit >= element.Tail })
	for i := range list {
		list[i].weight = c.weigh(&list[i], groups)
		if named && list[i].match == nil && list[i].element.Group == "generic" {
			list[i].weight -= 2 // any date is a time: the header says which
		}
		list[i].p = math.Exp(list[i].weight)
		total += list[i].p
	}
	for i := range list {
		list[i].p /= total
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(b.p, a.p) })
	s := score{ranked: list, band: dataspace.BandNone, none: 1 / total}
	c.settle(&s)
	return s
}

// numbers adds the account number that a header like "employee_id" speaks
// of where the taxonomy's own words do not.
func (c *column) numbers(list []candidate) []candidate {
	const id = "username_account"
	if c.number == "" || c.headerNames(id) || c.headerNames("membership") ||
		c.headerNames("medical_record_no") || c.headerNames("trial_subject_id") {
		return list
	}
	e, _ := c.known.taxonomy.Lookup(id)
	return append(list, candidate{element: e, check: -1, match: &element.HeaderMatch{ID: id, Fit: element.Tail, Word: c.number}})
}

var fitWeight = [...]float64{0, 2, 3.8, 6.2, 7.5}

func (c *column) weigh(k *candidate, groups map[string]bool) float64 {
	w := commonPrior + priors[k.element.ID]
	if k.match != nil {
		w += fitWeight[k.match.Fit]
	}
	if groups[k.element.Group] && (k.match != nil || k.weight > 0) {
		w++
	}
	return w + c.testimony(k)
}

// testimony is what the values say for or against the candidate, in nats.
func (c *column) testimony(k *candidate) float64 {
	if c.values == 0 {
		return -2 // a header over nothing
	}
	if k.check < 0 {
		shape := slices.Index(element.Shapes[:], k.element.Detector.Shape)
		if shape >= 0 && c.shapes[shape]*2 < c.probed {
			return -4.5
		}
		return 0
	}
	d := c.known.checks[k.check]
	share := float64(c.passes[k.check]) / float64(c.values)
	n := math.Min(float64(c.values), enough)
	v := n * (share*math.Log(d.hit/d.miss) + (1-share)*math.Log((1-d.hit)/(1-d.miss)))
	v = max(-d.floor, min(d.ceil, v))
	return v + c.special(&k.element, v)
}

// special is evidence that no share of passes shows.
func (c *column) special(e *element.Element, v float64) float64 {
	id := e.ID
	few := c.values > 200 && !c.distinct.full && int64(c.distinct.n)*20 < c.values
	switch {
	case id == "person_name_zh" && few && v > 0:
		return -3 // the same few words again and again are kinds, not people
	case c.distinct.n < 3 && c.values > 20 && e.Has(element.Listed) && !c.headerNames(id) && v > 0:
		return -3 // one code that happens to be in a list
	case id == "surrogate_key" && c.sequential && c.values > 20:
		return 5
	case id == "mobile_cn" && c.sequential, id == "imo_number" && c.sequential, id == "mmsi" && c.sequential:
		return -6
	case id == "precise_location" && c.kinds.count[numberCell]*2 < c.values && c.kinds.count[textCell] == 0:
		return -5 // whole degrees are not precise
	}
	return 0
}

// settle picks the element and the band. Candidates that would be treated
// alike share their probability: whether a phone is foreign does not matter
// for whether it is one.
func (c *column) settle(s *score) {
	if len(s.ranked) == 0 {
		c.freeText(s)
		return
	}
	best := &s.ranked[0]
	sure := best.p
	for _, o := range s.ranked[1:] {
		if o.p > reviewFrom/2 && alike(o.element, best.element) {
			sure += o.p
		}
	}
	best.p = min(sure, .99)
	switch {
	case best.p >= acceptFrom && c.values > 0:
		s.band, s.best = dataspace.BandAccept, best
	case best.p >= reviewFrom:
		s.band, s.best = dataspace.BandReview, best
	default:
		c.misled(s)
		c.freeText(s)
	}
	c.explain(s)
}

func alike(a, b element.Element) bool {
	return a.Personal == b.Personal && a.IDClass == b.IDClass && maps.Equal(a.Sensitive, b.Sensitive)
}

// misled keeps a personal element whose header is plain but whose values do
// not fit: a person should look before it is taken for nothing.
func (c *column) misled(s *score) {
	for i := range s.ranked {
		k := &s.ranked[i]
		plain := k.match != nil && k.match.Fit == element.Whole
		if plain && k.element.Personal == element.PersonalYes && k.element.IDClass == element.Direct {
			k.p = max(k.p, reviewFrom)
			s.best, s.band = k, dataspace.BandReview
			return
		}
	}
}

// freeText has a person look at a column of sentences that is nothing else:
// what people write may name people, and no check finds that out.
func (c *column) freeText(s *score) {
	e, ok := c.known.taxonomy.Lookup("review_text")
	if s.best != nil || !ok || c.prose*2 < c.probed || c.prose == 0 {
		return
	}
	s.best, s.band = &candidate{element: e, check: -1, p: reviewFrom}, dataspace.BandReview
	s.evidence = append(s.evidence, fmt.Sprintf("values: %d of the first %d are sentences", c.prose, c.probed))
}

// explain writes the evidence, without any value.
func (c *column) explain(s *score) {
	if s.best == nil {
		return
	}
	if m := s.best.match; m != nil {
		s.evidence = append(s.evidence, "header: "+m.Word)
	}
	misled := s.best.match != nil && s.band == dataspace.BandReview
	if i := s.best.check; i >= 0 && c.values > 0 && (c.passes[i] > 0 || misled) {
		line := fmt.Sprintf("values: %d of %d pass", c.passes[i], c.values)
		if proof := c.known.checks[i].proof; proof != "" {
			line += " (" + proof + ")"
		}
		s.evidence = append(s.evidence, line)
	}
	if s.best.element.ID == "surrogate_key" && c.sequential {
		s.evidence = append(s.evidence, "values: count up by one")
	}
}
