package profile

import (
	"context"
	"slices"

	"hutong/internal/alike"
	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// Sex, day of birth and postcode name nobody, and together they single out most
// people. A run counts how many rows have the same values in all such columns.

// fewestQuasi is from how many columns on they are looked at together.
const fewestQuasi = 2

// describes are the columns of a table about people that describe them without
// naming them; nil where there are too few.
func describes(r *run, f *findings) (out []int) {
	if !f.people {
		return nil
	}
	for i, c := range f.columns {
		e, ok := f.element(i)
		if ok && c.Personal && c.Confidence >= .5 && r.columns[i].values > 0 && quasi(e) {
			out = append(out, i)
		}
	}
	if len(out) < fewestQuasi {
		return nil
	}
	return out
}

// quasi reports whether values of the element describe people and are not a
// number, a name or a text of theirs.
func quasi(e element.Element) bool {
	if e.IDClass != element.Quasi || e.Has(element.PersonName) || e.FreeText() || keyRank(e, "") > 0 {
		return false
	}
	return slices.Contains([]string{"identity", "location", "contact", "health"}, e.Group)
}

// newDescribing counts the rows that are alike in some columns; nil for none.
func newDescribing(r *run, columns []int) *alike.Rows {
	return alike.NewRows(columns, r.seed, r.opt.Dir, r.opt.Memory/4)
}

// described is how far the columns that describe people single them out; nil
// where there are none. It reads the source again if the first rows pointed to
// other columns.
func described(ctx context.Context, r *run, f *findings) (*dataspace.QuasiIdentifiers, error) {
	columns := describes(r, f)
	if len(columns) == 0 || r.rows == 0 {
		return nil, nil
	}
	if !slices.Equal(r.describing.Columns(), columns) {
		r.describing.Close()
		r.describing = newDescribing(r, columns)
		r.only = slices.Clone(columns)
		r.tally = r.describing.Add
		err := r.pass(ctx, false)
		r.tally = nil
		if err != nil {
			return nil, err
		}
	}
	n, err := r.describing.Sum()
	if err != nil {
		return nil, err
	}
	direct, _, _ := f.identifiers()
	out := &dataspace.QuasiIdentifiers{Groups: n.Groups, Smallest: n.Smallest, Alone: n.Alone, Direct: direct > 0}
	for _, i := range columns {
		out.Columns = append(out.Columns, f.columns[i].Name)
	}
	return out, nil
}
