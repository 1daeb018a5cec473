// Package about says whether the rows of a table are about people, or about
// things that people only handle: a product with the name of whoever entered it.
// The name of that person is personal in both. The number, the text or the
// picture of the row is linked to a person only in the first.
package about

import (
	"slices"

	"hutong/internal/columnname"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/headword"
	"hutong/internal/role"
)

// Column is a column of a table, and what it holds; nil for nothing that is known.
type Column struct {
	Name    string
	Element *element.Element
}

// coded is the element of people who are known by a code only.
const coded dataspace.ElementID = "trial_subject_id"

// fewQuasi is the number of different quasi identifiers that describe a person
// without a name.
const fewQuasi = 3

// Handled reports whether people only handle the rows of a table: everybody whom
// its columns identify is of those who do so, and no name of a column speaks of
// anybody else. A telephone or an address is that of the thing, if the name of the
// table says that its rows are things.
func Handled(table string, columns []Column) bool {
	person, known := columnname.Subject(table)
	if known && person || len(role.Builtin().Of(table).Roles) > 0 {
		return false
	}
	handled := false
	var quasi []dataspace.ElementID
	for _, c := range columns {
		e := c.Element
		if e == nil || e.Personal != element.PersonalYes {
			continue
		}
		if e.ID == coded {
			return false
		}
		switch says := role.Builtin().Of(c.Name); {
		case staffed(&says), office(c.Name), known && ofThing(e):
			handled = handled || e.IDClass == element.Direct
		case e.IDClass == element.Direct:
			return false
		case e.IDClass == element.Quasi && !slices.Contains(quasi, e.ID):
			quasi = append(quasi, e.ID)
		}
	}
	return handled && len(quasi) < fewQuasi && !slices.ContainsFunc(columns, ofAnother)
}

// ofAnother reports whether a column is of somebody who is not staff: "customer_type"
// is of the customer whom the row is about.
func ofAnother(c Column) bool {
	says := role.Builtin().Of(c.Name)
	return speaks(&says) && !office(c.Name) && !headword.Flag(c.Name) && (c.Element == nil || c.Element.Group != "organisation")
}

// speaks reports whether the name of a column has a word for people who are not
// staff. A "manager_staff_id" is of staff.
func speaks(says *role.Reading) bool {
	return slices.ContainsFunc(says.Roles, func(f role.Found) bool {
		return f.Role.Kind != role.Staff && !f.Weak && !(staffed(says) && f.Role.ID == "employee")
	})
}

// staffed reports whether the name of a column has a word for staff.
func staffed(says *role.Reading) bool {
	return slices.ContainsFunc(says.Roles, func(f role.Found) bool { return f.Role.Kind == role.Staff })
}

// office reports whether the name of a column says who handled the row.
func office(name string) bool {
	_, office := headword.Someone(name)
	return office
}

// ofThing reports whether a thing has the element as often as a person has.
func ofThing(e *element.Element) bool { return e.Group == "contact" }

// OfRow reports whether a value of the element belongs to the row as a whole, and
// so to nobody where people only handle the rows: its key, its text, what was
// bought. The place where somebody was belongs to them.
func OfRow(e *element.Element) bool {
	return e.ID == "purchase_history" || e.Personal == element.PersonalContext && e.ID != "precise_location" && e.Group != "insurance"
}
