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
// anybody else. A telephone, an address or the
// number of a device is that of the thing, if the name of the table says that its
// rows are things.
func Handled(table string, columns []Column) bool {
	person, known := columnname.Subject(table)
	if known && person || len(role.Builtin().Of(table).Roles) > 0 {
		return false
	}
	handled := false
	var quasi []dataspace.ElementID
	for _, c := range columns {
		e, says := c.Element, role.Builtin().Of(c.Name)
		if speaks(&says) && !headword.Flag(c.Name) && (e == nil || e.Group != "organisation") {
			return false // "customer_type" is of the customer whom the row is about
		}
		if e == nil || e.Personal != element.PersonalYes {
			continue
		}
		if e.ID == coded {
			return false
		}
		switch {
		case says.Staff(), len(says.Roles) == 0 && (office(c.Name) || known && ofThing(e)):
			handled = handled || e.IDClass == element.Direct
		case e.IDClass == element.Direct:
			return false
		case e.IDClass == element.Quasi && !slices.Contains(quasi, e.ID):
			quasi = append(quasi, e.ID)
		}
	}
	return handled && len(quasi) < fewQuasi
}

// speaks reports whether the name of a column has a word for people who are not
// staff.
func speaks(says *role.Reading) bool {
	return slices.ContainsFunc(says.Roles, func(f role.Found) bool { return f.Role.Kind != role.Staff && !f.Weak })
}

// office reports whether the name of a column says who handled the row.
func office(name string) bool {
	_, office := headword.Someone(name)
	return office
}

// ofThing reports whether a thing can have the element as a person has.
func ofThing(e *element.Element) bool {
	return e.Group == "contact" || e.Group == "device" || e.ID == "ip_address" || e.ID == "mac_address"
}

// OfRow reports whether a value of the element belongs to the row as a whole, and
// so to nobody where people only handle the rows: its key, its text, what was
// bought. The place where somebody was belongs to them.
func OfRow(e *element.Element) bool {
	return e.ID == "purchase_history" || e.Personal == element.PersonalContext && e.ID != "precise_location" && e.Group != "insurance"
}
