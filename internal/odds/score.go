package odds

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"hutong/internal/columnname"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/headword"
	"hutong/internal/latin"
	"hutong/internal/namemodel"
)

// Bands: the confidence from which an element is accepted, or shown to a
// person.
const (
	AcceptFrom = 0.85
	ReviewFrom = 0.35
)

// WeakCeil is the support up to which a check is only one of a form.
const WeakCeil = 2.5

// Score is what one column most likely is.
type Score struct {
	Ranked   []Candidate // likeliest first
	Best     *Candidate  // nil when no element fits
	Band     dataspace.Band
	None     float64 // probability of being no element
	nothing  float64 // the same, before it is calibrated
	Evidence []string
}

// Candidate is an element a column could be.
type Candidate struct {
	Element element.Element
	Match   *headword.Match     // nil when only values speak for it
	Learnt  *namemodel.Evidence // what the name model says, nil for nothing
	Check   int                 // index of its check, -1 without
	P       float64
	weight  float64 // log-odds against being nothing
}

// score combines header and values as independent evidence (naive Bayes).
func (m *Model) score(c *Column, near context) Score {
	list := m.candidates(c, &near)
	total := 1.0
	named := slices.ContainsFunc(list, func(k Candidate) bool { return k.Match != nil && k.Match.Fit >= headword.Tail })
	for i := range list {
		k := &list[i]
		if named {
			k.Learnt = nil // a header word says more
		}
		k.weight = m.weigh(c, k, near)
		switch {
		case !named || k.Match != nil:
		case k.Element.Group == "generic":
			k.weight -= 2 // any date is a time: the header says which
		case m.likened(k):
			k.weight -= 4 // names look alike
		}
		k.P = math.Exp(k.weight)
		total += k.P
	}
	for i := range list {
		list[i].P /= total
	}
	slices.SortStableFunc(list, func(a, b Candidate) int { return cmp.Compare(b.P, a.P) })
	s := Score{Ranked: list, Band: dataspace.BandNone, None: m.numbers.Calibration.None.of(1 / total), nothing: 1 / total}
	m.settle(c, &s)
	return s
}

// candidates are the elements that the name or some value speaks for.
func (m *Model) candidates(c *Column, near *context) []Candidate {
	var list []Candidate
	for i := range c.Matches {
		if e, ok := m.Taxonomy.Lookup(c.Matches[i].ID); ok {
			h := near.match(c.Matches[i], &e)
			list = append(list, Candidate{Element: e, Match: &h, Learnt: c.learnt(h.ID), Check: m.check(h.ID)})
		}
	}
	list = m.numbered(c, list)
	for i := range m.Checks {
		if id := m.Checks[i].ID; (c.Passes[i] > 0 || c.names(m.Checks[i].kind) > 0) && !c.Names(id) {
			e, _ := m.Taxonomy.Lookup(id)
			list = append(list, Candidate{Element: e, Learnt: c.learnt(id), Check: i})
		}
	}
	for i := range c.Learnt {
		l := &c.Learnt[i]
		if l.Odds < m.numbers.Learnt.Least || slices.ContainsFunc(list, func(k Candidate) bool { return k.Element.ID == l.ID }) {
			continue
		}
		if e, ok := m.Taxonomy.Lookup(l.ID); ok {
			list = append(list, Candidate{Element: e, Learnt: l, Check: m.check(l.ID)})
		}
	}
	return list
}

// numbered adds the account number that a header like "employee_id" means,
// where no header word of the taxonomy does.
func (m *Model) numbered(c *Column, list []Candidate) []Candidate {
	if c.Number == "" {
		return list
	}
	list = slices.DeleteFunc(list, func(k Candidate) bool { return k.Element.ID == "category_code" }) // a code of people tells them apart
	if c.Names(account) || c.Names("membership") || c.Names("medical_record_no") || c.Names("trial_subject_id") {
		return list
	}
	e, _ := m.Taxonomy.Lookup(account)
	return append(list, Candidate{Element: e, Check: -1, Match: &headword.Match{ID: account, Fit: c.NumberFit, Word: c.Number}})
}

func (m *Model) weigh(c *Column, k *Candidate, near context) float64 {
	w := m.numbers.CommonPrior + m.numbers.Priors[k.Element.ID]
	w += m.name(c, k, near)
	if near.groups[k.Element.Group] && k.Match != nil {
		w++
	}
	if c.Values == 0 && near.empty {
		return w
	}
	return w + m.values(c, k)
}

// name is how strongly the name of the column speaks for the candidate.
func (m *Model) name(c *Column, k *Candidate, near context) float64 {
	if k.Match != nil {
		fit := k.Match.Fit
		switch {
		case near.named && fit == headword.Part && k.Element.Has(element.PersonName) && columnname.General[strings.ToLower(k.Match.Word)]:
			fit = max(fit, headword.Tail) // "nom" beside "prénom"
		case k.Match.Short && near.short && k.Match.Made:
			fit = max(fit, headword.Part)
		case k.Match.Short && near.short:
			fit = max(fit, headword.Tail)
		}
		return m.numbers.Fits.of(fit)
	}
	n := &m.numbers.Learnt
	if k.Learnt == nil || k.Learnt.Odds < n.Least {
		return 0
	}
	w := n.Share * min(n.Most, k.Learnt.Odds)
	if k.Check < 0 || c.Initials && !near.short {
		return min(w, m.numbers.Fits.Hint) // values must say the rest
	}
	return w
}

// values is how strongly the values support or contradict the candidate, in
// nats.
func (m *Model) values(c *Column, k *Candidate) float64 {
	if c.Values == 0 {
		return -2 // a header without values
	}
	if k.Check < 0 {
		shape := slices.Index(element.Shapes[:], k.Element.Detector.Shape)
		if shape >= 0 && c.Shapes[shape]*2 < c.Looked {
			return -4.5
		}
		return 0
	}
	d := m.Checks[k.Check]
	share := float64(c.Passes[k.Check]) / float64(c.Looked)
	n := math.Min(float64(c.Looked), m.numbers.Enough)
	v := n * (share*math.Log(d.Hit/d.Miss) + (1-share)*math.Log((1-d.Hit)/(1-d.Miss)))
	switch of := c.names(d.kind); {
	case d.kind == latin.Person && c.Foreign*2 > c.Looked:
		return -min(d.Floor, 2) // no name in another script can pass
	case d.kind == latin.Person:
		v = of
	case d.kind != latin.Unknown:
		v = max(v, of)
	}
	v = max(-d.Floor, min(d.Ceil, v))
	if c.Telling[k.Check] > 0 {
		v += tellingValues
	}
	return v + special(c, &k.Element, share, v)
}

// enoughNames is the number of different values beyond which more names of one
// kind add nothing: the values of a column are alike.
const enoughNames = 12

// names is how much more likely the values name one kind than the likeliest
// other. A value that repeats counts once.
func (c *Column) names(kind latin.Kind) float64 {
	if kind == latin.Unknown || c.Tried == 0 {
		return 0
	}
	own, other := int64(0), int64(math.MinInt64)
	for k, sum := range c.Odds {
		if latin.Thing+latin.Kind(k) == kind {
			own = sum
		} else {
			other = max(other, sum)
		}
	}
	return float64(own-other) / latin.Part * min(1, enoughNames/float64(c.Tried))
}

// likened reports whether the values of a candidate are known by what they look
// like.
func (m *Model) likened(k *Candidate) bool {
	return k.Check >= 0 && m.Checks[k.Check].kind != latin.Unknown
}

// tellingValues is what values add that hardly any other column has.
const tellingValues = 2.5

// fewCodes is the number of different codes that are too few to show a list.
const fewCodes = 12

// special is evidence that does not depend on the share of passes.
func special(c *Column, e *element.Element, share, v float64) float64 {
	id := e.ID
	few := c.Values > 200 && !c.Many && int64(c.Distinct)*20 < c.Values
	switch {
	case id == "person_name_zh" && few && v > 0:
		return -3 // few words that repeat are categories, not people
	case id == "person_name_latin" && c.repeats() && !c.Names(id) && v > 0:
		return -5
	case id == "sex_gender" && c.repeats() && share < .95 && !c.Names(id):
		return -max(0, v) - 2 // a list of letters that has other ones too
	case c.Distinct < 3 && c.Values > 20 && e.Has(element.Listed) && !c.Names(id) && v > 0:
		return -5 // one code that is in a list by chance
	case id == "surrogate_key" && c.Sequential && c.Values > 20:
		return 5
	case id == "mobile_cn" && c.Sequential, id == "imo_number" && c.Sequential, id == "mmsi" && c.Sequential:
		return -6
	case id == "phone_intl" && c.Names(id) && c.Eights*10 >= c.Looked*9:
		return -v // the name says which plan it is
	case id == "phone_intl" && c.Texts == 0 && (v <= 0 || share < .9 && !c.Names(id)):
		return -5 // bare numbers that no plan has
	case id == "precise_location" && c.Texts*2 > c.Values && v > 0:
		return 5 // pairs
	case id == "diagnosis" && !c.Many && c.Distinct < fewCodes && !c.Names(id) && v > 0:
		return -2 // so few codes can be others that exist by chance
	case id == "precise_location" && c.Decimals*2 < c.Values && c.Texts == 0:
		return -5 // whole degrees are not precise
	}
	return 0
}

// repeats reports whether a column has very few different values.
func (c *Column) repeats() bool {
	return c.Values > 20 && !c.Many && c.Distinct <= 6 && int64(c.Distinct)*5 <= c.Values
}

// settle chooses the element and the band. Candidates with the same treatment
// share their probability: for example, it does not matter whether a phone is
// foreign.
func (m *Model) settle(c *Column, s *Score) {
	if len(s.Ranked) == 0 {
		m.freeText(c, s)
		return
	}
	best := &s.Ranked[0]
	sure := best.P
	for _, o := range s.Ranked[1:] {
		if o.P > ReviewFrom/2 && alike(&o.Element, &best.Element) {
			sure += o.P
		}
	}
	if sure >= ReviewFrom && best.Element.Group == "generic" && best.Element.Personal == element.PersonalNo {
		sure = min(1, sure+s.nothing) // a time or an amount is treated as nothing is: nobody need be asked
	}
	best.P = min(m.calibrated(c, best, sure), .99)
	switch {
	case best.P >= AcceptFrom && c.Values > 0:
		s.Band, s.Best = dataspace.BandAccept, best
	case max(best.P, sure) >= ReviewFrom: // sure: also of two elements between which the name leaves a choice
		s.Band, s.Best = dataspace.BandReview, best
	default:
		s.misled()
		m.freeText(c, s)
	}
	m.explain(c, s)
}

// Speaks reports what speaks for a candidate: the name of the column, its
// values. A form that many values have does not.
func (m *Model) Speaks(c *Column, k *Candidate) (name, values bool) {
	name = k.Match != nil || k.Learnt != nil && k.Learnt.Odds >= m.numbers.Learnt.Least
	return name, k.Check >= 0 && (c.Passes[k.Check] > 0 || c.names(m.Checks[k.Check].kind) > 0) && m.Checks[k.Check].Ceil > WeakCeil
}

// calibrated is the probability of a candidate as it should be said.
func (m *Model) calibrated(c *Column, k *Candidate, p float64) float64 {
	name, values := m.Speaks(c, k)
	lines := &m.numbers.Calibration
	switch {
	case name && values:
		return lines.Both.of(p)
	case values:
		return lines.Values.of(p)
	}
	return lines.Header.of(p)
}

func alike(a, b *element.Element) bool {
	return a.Personal == b.Personal && a.IDClass == b.IDClass && maps.Equal(a.Sensitive, b.Sensitive)
}

// misled keeps a personal element if the header is clear but the values do not
// match: a person should check before the column counts as nothing.
func (s *Score) misled() {
	for i := range s.Ranked {
		k := &s.Ranked[i]
		plain := k.Match != nil && k.Match.Fit == headword.Whole
		if plain && k.Element.Personal == element.PersonalYes && k.Element.IDClass == element.Direct {
			k.P = max(k.P, ReviewFrom)
			s.Best, s.Band = k, dataspace.BandReview
			return
		}
	}
}

// freeTextP is how often a column of sentences is said to be free text and is.
const freeTextP = .75

// freeText has a person check a column of sentences that is no other element:
// free text may name people, and no check can exclude that.
func (m *Model) freeText(c *Column, s *Score) {
	e, ok := m.Taxonomy.Lookup("review_text")
	if s.Best != nil || !ok || c.Prose*2 < c.Looked || c.Prose == 0 {
		return
	}
	s.Best, s.Band = &Candidate{Element: e, Check: -1, P: freeTextP}, dataspace.BandReview
	s.Evidence = append(s.Evidence, fmt.Sprintf("values: %d of %d are sentences", c.Prose, c.Looked))
}

// explain writes the evidence, without any value.
func (m *Model) explain(c *Column, s *Score) {
	if s.Best == nil {
		return
	}
	if h := s.Best.Match; h != nil {
		s.Evidence = append(s.Evidence, "header: "+h.Word)
	} else if l := s.Best.Learnt; l != nil && l.Odds >= m.numbers.Learnt.Least {
		s.Evidence = append(s.Evidence, "header: "+l.Part+", as in other names of such columns")
	}
	misled := s.Best.Match != nil && s.Band == dataspace.BandReview
	if i := s.Best.Check; i >= 0 && c.Values > 0 && (c.Passes[i] > 0 || misled) {
		line := fmt.Sprintf("values: %d of %d pass", c.Passes[i], c.Looked)
		if proof := m.Checks[i].proof; proof != "" {
			line += " (" + proof + ")"
		}
		s.Evidence = append(s.Evidence, line)
	}
	if i := s.Best.Check; i >= 0 && c.names(m.Checks[i].kind) > 0 {
		s.Evidence = append(s.Evidence, fmt.Sprintf("values: words and letters as in names of a %s", m.Checks[i].kind))
	}
	if s.Best.Element.ID == "surrogate_key" && c.Sequential {
		s.Evidence = append(s.Evidence, "values: count up by one")
	}
}
