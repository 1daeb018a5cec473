package officer

import (
	"reflect"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/look"
	"hutong/internal/outline"
)

// The differences from the column that a statement is about.
const (
	changedType    = "type"
	changedForms   = "forms"
	changedElement = "element" // no pack in force knows it
)

// Say adds to each column the statement about it, and returns the columns as
// decisions take them.
func Say(known *element.Taxonomy, list []dataspace.Statement, columns []dataspace.ColumnProfile) []dataspace.ColumnProfile {
	used := slices.Clone(columns)
	for i := range columns {
		at := slices.IndexFunc(list, func(s dataspace.Statement) bool { return s.Column == columns[i].Name })
		if at < 0 {
			continue
		}
		said := &dataspace.Said{Statement: list[at], Changed: changed(known, list[at], columns[i]), Found: columns[i].Element}
		if said.Holds() {
			used[i], said.Proved = apply(known, list[at], columns[i])
		}
		columns[i].Said, used[i].Said = said, said
	}
	return used
}

// changed says what differs from the column that the statement is about.
func changed(known *element.Taxonomy, s dataspace.Statement, c dataspace.ColumnProfile) string {
	if s.Element != nil {
		if _, ok := known.Lookup(*s.Element); !ok {
			return changedElement
		}
	}
	switch {
	case c.Type == "null":
		return "" // without values it is like any other
	case c.Type != s.Type:
		return changedType
	case !outline.Same(s.Forms, c.Forms):
		return changedForms
	}
	return ""
}

// apply returns the column as decisions take it under a statement, and what
// proves itself against the statement.
func apply(known *element.Taxonomy, s dataspace.Statement, c dataspace.ColumnProfile) (used dataspace.ColumnProfile, proved []dataspace.Contained) {
	own, inside := against(known, s.Says, s.Element, c)
	if len(own) > 0 {
		return c, append(own, inside...) // the column is what its values prove
	}
	used, proved = c, inside
	used.Alternatives, used.Band, used.Confidence = nil, dataspace.BandAccept, 1
	switch {
	case s.Says != dataspace.SaysNotPersonal:
		used.Element = s.Element
	case aboutPeople(known, c.Element):
		used.Element, used.Band = nil, dataspace.BandNone
	}
	if s.Says == dataspace.SaysNotPersonal {
		used.Contains = slices.DeleteFunc(slices.Clone(c.Contains), func(in dataspace.Contained) bool {
			return !in.Proved() && aboutPeople(known, &in.Element)
		})
	}
	if c.Own != nil && (used.Element == nil || *used.Element != *c.Element) {
		// The values pass these checks by chance; the column is another element now.
		used.Coincidences = slices.Concat(c.Coincidences, c.Own.Coincidences)
	}
	return used, proved
}

// against lists what proves itself against a statement: as the column's own
// element, and inside of it. A column can contain what it is not; it cannot
// contain people's data and be not personal.
func against(known *element.Taxonomy, says dataspace.Saying, target *dataspace.ElementID, c dataspace.ColumnProfile) (own, inside []dataspace.Contained) {
	if c.Own != nil {
		for _, p := range c.Own.Contains {
			if says == dataspace.SaysNotPersonal && aboutPeople(known, &p.Element) || says != dataspace.SaysNotPersonal && (target == nil || !look.Same(*target, p.Element)) {
				own = append(own, p)
			}
		}
	}
	if says == dataspace.SaysNotPersonal {
		for _, p := range c.Contains {
			if p.Proved() && aboutPeople(known, &p.Element) {
				inside = append(inside, p)
			}
		}
	}
	return own, inside
}

func aboutPeople(known *element.Taxonomy, id *dataspace.ElementID) bool {
	if id == nil {
		return false
	}
	e, ok := known.Lookup(*id)
	return !ok || e.Personal != element.PersonalNo
}

// Current reports whether a profile would be used in the same way under the
// given statements and choices.
func Current(known *element.Taxonomy, p dataspace.Profile, kept Kept) bool {
	columns := slices.Clone(p.Columns)
	for i := range columns {
		columns[i].Said, columns[i].Used = nil, nil
	}
	now, before := Say(known, kept.Columns, columns), p.Used().Columns
	for i := range now {
		if !reflect.DeepEqual(now[i].Element, before[i].Element) || now[i].Band != before[i].Band ||
			!slices.Equal(now[i].Contains, before[i].Contains) || !slices.Equal(now[i].Coincidences, before[i].Coincidences) {
			return false
		}
	}
	return sameChoices(p.Choices, kept.Keys)
}

func sameChoices(a, b []dataspace.KeyChoice) bool {
	if len(a) != len(b) {
		return false
	}
	for _, x := range a {
		if !slices.ContainsFunc(b, func(y dataspace.KeyChoice) bool { return x.Role == y.Role && slices.Equal(x.Columns, y.Columns) }) {
			return false
		}
	}
	return true
}
