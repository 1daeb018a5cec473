package fact

import (
	"errors"

	"hutong/internal/dataspace"
)

// personalField is the field of an incident that says whether personal data is
// concerned, and peopleUnit the unit of the numbers that imply it.
const (
	personalField = "personal"
	peopleUnit    = "people"
)

// ofIncident finds a fact of an incident by its field name.
func ofIncident(name string) *Definition {
	list := Incident().list
	for i := range list {
		if list[i].FieldName() == name {
			return &list[i]
		}
	}
	return nil
}

// CheckIncident reports everything that is wrong with the facts of an incident.
// The place of a problem is the field name.
func CheckIncident(v dataspace.Values) error {
	var errs []error
	for name, x := range v.All() {
		d := ofIncident(name)
		switch {
		case d == nil:
			errs = append(errs, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.field", Place: name, Message: "is no field of the facts",
				Hint: "a mistyped one would be taken as unknown"})
		case !x.Known():
			errs = append(errs, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.type", Place: name, Message: "has the wrong type"})
		default:
			if err := d.Check(x); err != nil {
				errs = append(errs, at(name, err))
			}
		}
	}
	return errors.Join(errs...)
}

// Conclude adds to the facts of an incident that personal data is concerned, if
// people are and nothing else is said: these people are the subjects of the data.
func Conclude(v *dataspace.Values) {
	if v.Of(personalField).Known() {
		return
	}
	for name, x := range v.All() {
		if d := ofIncident(name); d != nil && d.Unit == peopleUnit && x.Int() > 0 {
			v.Set(personalField, dataspace.BoolOf(true))
			return
		}
	}
}

// Stated takes over what the owner of a dataset says of the facts that can end
// the use of an instrument, and since when.
func Stated(t *Table, dataset dataspace.Values, facts *dataspace.Values) {
	for i := range t.list {
		d := &t.list[i]
		if d.Ends == nil || !d.StatedBy(Dataset) {
			continue
		}
		said := dataset.Of(d.DatasetName())
		if !said.Known() {
			continue
		}
		facts.Set(d.Name, said)
		if d.Ends.Later == nil {
			continue
		}
		if on, ok := t.Lookup(d.Ends.Later.On); ok {
			facts.Set(on.Name, dataset.Of(on.DatasetName()))
		}
	}
}
