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

// Bands: the confidence from which an element is accepted, or shown to a
// person.
const (
	acceptFrom = 0.85
	reviewFrom = 0.35
)

// score is what one column most likely is.
type score struct {
	ranked   []candidate // likeliest first
	best     *candidate  // nil when no element fits
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

// scoreAll scores every column alone, then once more with the groups of the
// certain columns: next to MMSI and call sign, "heading" is that of a ship.
func scoreAll(columns []*column) []score {
	out := make([]score, len(columns))
	parallel(len(columns), func(i int) { columns[i].count() })
	groups := map[string]bool{}
	short := abbreviated(columns)
	for _, c := range columns {
		c.abbreviated = short
	}
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

// abbreviated reports whether the names of the columns are abbreviations: one
// such name can be a coincidence, several of few are a habit.
func abbreviated(columns []*column) bool {
	n := 0
	for _, c := range columns {
		if slices.ContainsFunc(c.matches, func(m element.HeaderMatch) bool { return m.Short }) {
			n++
		}
	}
	return n >= 2 && n*5 >= len(columns)*2
}

// score combines header and values as independent evidence (naive Bayes).
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

// numbers adds the account number that a header like "employee_id" means, where
// no header word of the taxonomy does.
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
		fit := k.match.Fit
		if k.match.Short && c.abbreviated {
			fit = max(fit, element.Tail)
		}
		w += fitWeight[fit]
	}
	if groups[k.element.Group] && (k.match != nil || k.weight > 0) {
		w++
	}
	return w + c.evidenceOf(k)
}

// evidenceOf is how strongly the values support or contradict the candidate, in
// nats.
func (c *column) evidenceOf(k *candidate) float64 {
	if c.values == 0 {
		return -2 // a header without values
	}
	if k.check < 0 {
		shape := slices.Index(element.Shapes[:], k.element.Detector.Shape)
		if shape >= 0 && c.shapes[shape]*2 < c.looked {
			return -4.5
		}
		return 0
	}
	d := c.known.checks[k.check]
	share := float64(c.passes[k.check]) / float64(c.looked)
	n := math.Min(float64(c.looked), enough)
	v := n * (share*math.Log(d.hit/d.miss) + (1-share)*math.Log((1-d.hit)/(1-d.miss)))
	v = max(-d.floor, min(d.ceil, v))
	return v + c.special(&k.element, v)
}

// special is evidence that does not depend on the share of passes.
func (c *column) special(e *element.Element, v float64) float64 {
	id := e.ID
	few := c.values > 200 && !c.distinct.full && int64(c.distinct.n)*20 < c.values
	switch {
	case id == "person_name_zh" && few && v > 0:
		return -3 // few words that repeat are categories, not people
	case c.distinct.n < 3 && c.values > 20 && e.Has(element.Listed) && !c.headerNames(id) && v > 0:
		return -3 // one code that is in a list by chance
	case id == "surrogate_key" && c.sequential && c.values > 20:
		return 5
	case id == "mobile_cn" && c.sequential, id == "imo_number" && c.sequential, id == "mmsi" && c.sequential:
		return -6
	case id == "precise_location" && c.kinds.count[numberCell]*2 < c.values && c.kinds.count[textCell] == 0:
		return -5 // whole degrees are not precise
	}
	return 0
}

// settle chooses the element and the band. Candidates with the same treatment
// share their probability: for example, it does not matter whether a phone is
// foreign.
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

// misled keeps a personal element if the header is clear but the values do not
// match: a person should check before the column counts as nothing.
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

// freeText has a person check a column of sentences that is no other element:
// free text may name people, and no check can exclude that.
func (c *column) freeText(s *score) {
	e, ok := c.known.taxonomy.Lookup("review_text")
	if s.best != nil || !ok || c.prose*2 < c.looked || c.prose == 0 {
		return
	}
	s.best, s.band = &candidate{element: e, check: -1, p: reviewFrom}, dataspace.BandReview
	s.evidence = append(s.evidence, fmt.Sprintf("values: %d of %d are sentences", c.prose, c.looked))
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
		line := fmt.Sprintf("values: %d of %d pass", c.passes[i], c.looked)
		if proof := c.known.checks[i].proof; proof != "" {
			line += " (" + proof + ")"
		}
		s.evidence = append(s.evidence, line)
	}
	if s.best.element.ID == "surrogate_key" && c.sequential {
		s.evidence = append(s.evidence, "values: count up by one")
	}
}
