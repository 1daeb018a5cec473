package profile

import (
	"fmt"
	"math"
	"reflect"
	"slices"

	"hutong/internal/about"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/intext"
	"hutong/internal/odds"
	"hutong/internal/parallel"
)

// The derived findings of a table.
const (
	PersonalTable   = "personal_table"
	TrajectoryTable = "trajectory_table"
	Aggregation     = "aggregation"
)

// youngRows is the finding that there are people below an age limit.
const youngRows = "under%d_rows"

// Young is the age limit of such a finding; false for another finding.
func Young(derived string) (age int, ok bool) {
	n, err := fmt.Sscanf(derived, youngRows, &age)
	return age, err == nil && n == 1
}

// findings are the columns of a table, judged together.
type findings struct {
	columns []dataspace.ColumnProfile
	scores  []odds.Score
	people  bool // some column is about people
	derived []string
	view    element.View
	health  bool // some column is about health
	handled bool // people only handle the rows
	known   *knowledge
}

// judge sets the flags that depend on the whole table.
func judge(known *knowledge, columns []*column, scores []odds.Score, view element.View) *findings {
	f := &findings{scores: scores, view: view, known: known}
	f.columns = make([]dataspace.ColumnProfile, len(columns))
	parallel.Run(len(columns), func(i int) { f.columns[i] = columns[i].profile(&scores[i], len(columns)*testsPerColumn) })
	f.together()
	return f
}

// together judges the columns as one table.
func (f *findings) together() {
	direct, quasi, reveals := f.identifiers()
	coded := f.has(func(e element.Element) bool { return e.ID == "trial_subject_id" }) // people known by a code are people
	personal := direct > 0 || quasi >= 3 || coded
	f.people = personal || reveals
	f.handled = about.Handled(f.known.table, f.about())
	for i := range f.columns {
		f.columns[i].Personal = f.isPersonal(i, personal)
	}
	f.health = f.has(func(e element.Element) bool { return e.Group == "health" || e.Group == "clinical" })
	sensitive := false
	for i := range f.columns {
		f.columns[i].Sensitive = f.columns[i].Personal && f.isSensitive(i, f.view)
		sensitive = sensitive || f.columns[i].Sensitive && !f.is(i, element.Direct)
	}
	f.people = slices.ContainsFunc(f.columns, func(c dataspace.ColumnProfile) bool { return c.Personal })
	if personal {
		f.derived = append(f.derived, PersonalTable)
	}
	if direct >= 2 || direct == 1 && sensitive {
		f.derived = append(f.derived, Aggregation)
	}
}

// under is the findings as decisions take them, with what people say of the
// columns. It notes in f what is said, and what that changes.
func (f *findings) under(say func([]dataspace.ColumnProfile) []dataspace.ColumnProfile) *findings {
	if say == nil {
		return f
	}
	out := &findings{scores: f.scores, view: f.view, known: f.known, columns: say(f.columns)}
	out.together()
	for i, u := range out.columns {
		used := dataspace.UsedColumn{Element: u.Element, Band: u.Band, Personal: u.Personal, Sensitive: u.Sensitive, Contains: u.Contains, Coincidences: u.Coincidences, Alternatives: u.Alternatives}
		c := f.columns[i]
		if !reflect.DeepEqual(used, dataspace.UsedColumn{Element: c.Element, Band: c.Band, Personal: c.Personal, Sensitive: c.Sensitive, Contains: c.Contains, Coincidences: c.Coincidences, Alternatives: c.Alternatives}) {
			f.columns[i].Used = &used
		}
	}
	return out
}

// profile is the profile of the column alone. tests is the number of tests of
// the table.
func (c *column) profile(s *odds.Score, tests int) dataspace.ColumnProfile {
	c.doubt(s, tests)
	c.settle(s, tests)
	var own *dataspace.ElementID
	if s.Best != nil {
		own = &s.Best.Element.ID
	}
	in := c.prove(own, tests)
	for _, w := range c.whole {
		if !slices.ContainsFunc(in.Contains, func(k dataspace.Contained) bool { return k.Element == w.Element }) {
			in.Contains = append(in.Contains, w.Contained)
			s.Evidence = append(s.Evidence, fmt.Sprintf("values: %d rows have %s in %d columns together", w.Rows, w.Element, len(w.parts)))
		}
	}
	if in.why != "" && (s.Best == nil || s.Best.Match == nil && s.Best.Element.ID == "review_text") {
		s.Best, s.Band = &odds.Candidate{Element: in.doubt, Check: -1, P: odds.ReviewFrom}, dataspace.BandReview
		s.Evidence = append(s.Evidence, in.why)
	}
	in.Contains = intext.In(c.known.Taxonomy, s, in.Contains, c.tried.All())
	p := dataspace.ColumnProfile{
		Name: c.field.Name, Type: c.kinds.Name(), Band: s.Band, Nulls: c.nulls,
		Confidence: round(s.None), Evidence: s.Evidence,
		Contains: in.Contains, Coincidences: in.Coincidences, Forms: c.forms(),
	}
	if len(in.own.Contains)+len(in.own.Coincidences) > 0 {
		p.Own = &in.own
	}
	if s.Best != nil {
		id := s.Best.Element.ID
		p.Element, p.Confidence = &id, round(s.Best.P)
		p.Masked = c.masked(&s.Best.Element)
	}
	for i := range s.Ranked {
		k := &s.Ranked[i]
		if k == s.Best || k.P < .05 || len(p.Alternatives) == 3 {
			continue
		}
		p.Alternatives = append(p.Alternatives, dataspace.Alternative{Element: k.Element.ID, Confidence: round(min(k.P, 1))})
	}
	if !c.distinct.Full() {
		n := int64(c.distinct.Count())
		p.Distinct = &n
	}
	return p
}

func round(p float64) float64 { return math.Round(min(p, .99)*1000) / 1000 }

func (f *findings) element(i int) (element.Element, bool) {
	id := f.columns[i].Element
	if id == nil {
		return element.Element{}, false
	}
	return f.known.Taxonomy.Lookup(*id)
}

// about is what the columns are.
func (f *findings) about() []about.Column {
	out := make([]about.Column, len(f.columns))
	for i := range out {
		out[i].Name = f.columns[i].Name
		if e, ok := f.element(i); ok {
			out[i].Element = &e
		}
	}
	return out
}

func (f *findings) is(i int, class element.IDClass) bool {
	e, ok := f.element(i)
	return ok && e.IDClass == class
}

func (f *findings) has(test func(element.Element) bool) bool {
	for i := range f.columns {
		if e, ok := f.element(i); ok && test(e) {
			return true
		}
	}
	return false
}

// identifiers counts the different personal identifiers of the table, in
// columns and inside texts.
func (f *findings) identifiers() (direct, quasi int, reveals bool) {
	seen := map[dataspace.ElementID]bool{}
	count := func(e element.Element) {
		if seen[e.ID] || e.Personal != element.PersonalYes {
			return
		}
		seen[e.ID] = true
		switch e.IDClass {
		case element.Direct:
			direct++
		case element.Quasi:
			quasi++
		}
		reveals = reveals || e.Has(element.Reveals)
	}
	for i := range f.columns {
		if e, ok := f.element(i); ok {
			count(e)
		}
		for _, c := range f.columns[i].Contains {
			if e, ok := f.known.Taxonomy.Lookup(c.Element); ok && c.Proved() { // a name in a text says nothing of the other columns
				count(e)
			}
		}
	}
	return direct, quasi, reveals
}

// isPersonal judges one column. A value that is linked to a person only by its
// table (a product, a position) is personal in a table about people.
func (f *findings) isPersonal(i int, personal bool) bool {
	for _, c := range f.columns[i].Contains {
		if e, ok := f.known.Taxonomy.Lookup(c.Element); ok && e.Personal == element.PersonalYes {
			return true
		}
	}
	e, ok := f.element(i)
	switch {
	case !ok || e.Personal == element.PersonalNo:
		return false
	case f.handled && about.OfRow(&e):
		return false
	case e.Personal == element.PersonalContext:
		return personal
	case e.IDClass == element.Direct:
		return true
	}
	return f.people
}

// isSensitive judges a personal column.
func (f *findings) isSensitive(i int, view element.View) bool {
	for _, c := range f.columns[i].Contains {
		if e, ok := f.known.Taxonomy.Lookup(c.Element); ok && view.Always(&e) {
			return true
		}
	}
	e, ok := f.element(i)
	switch {
	case !ok:
		return false
	case view.Always(&e):
		return true
	case !view.InContext(&e):
		return false
	}
	return e.Has(element.Discriminates) || f.health && e.Group == "health"
}

func (f *findings) derive(name string) { f.derived = append(f.derived, name) }
