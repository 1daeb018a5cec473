package profile

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"hutong/internal/alike"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/look"
	"hutong/internal/table"
)

// Sex, day of birth and postcode name nobody, and together they single out most
// people. A run counts how many rows have the same values in all such columns.

// fewestQuasi is from how many columns on they are looked at together.
const fewestQuasi = 2

// describing counts rows that are alike in some columns.
type describing struct {
	columns []int
	groups  *alike.Groups
	seed    uint64
	text    []byte
}

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

func newDescribing(r *run, columns []int) *describing {
	if len(columns) == 0 {
		return nil
	}
	return &describing{columns: columns, groups: alike.New(r.opt.Dir, r.opt.Memory/4), seed: r.seed}
}

func (d *describing) add(b *table.Batch) error {
	if d == nil {
		return nil
	}
	for row := range b.Rows {
		d.text = d.text[:0]
		for _, i := range d.columns {
			col := &b.Columns[i]
			from := len(d.text)
			d.text = append(d.text, 0, 0, 0, 0)
			if row < len(col.Start) && !col.IsNull(row) {
				d.text = append(d.text, bytes.TrimSpace(col.Cell(row))...)
			}
			binary.BigEndian.PutUint32(d.text[from:], uint32(len(d.text)-from))
		}
		if err := d.groups.Add(look.Hash(d.text, d.seed)); err != nil {
			return fmt.Errorf("count rows that are alike: %w", err)
		}
	}
	return nil
}

func (d *describing) close() {
	if d != nil {
		d.groups.Close()
	}
}

// described is how far the columns that describe people single them out; nil
// where there are none. It reads the source again if the first rows pointed to
// other columns.
func described(ctx context.Context, r *run, f *findings) (*dataspace.QuasiIdentifiers, error) {
	columns := describes(r, f)
	if len(columns) == 0 || r.rows == 0 {
		return nil, nil
	}
	if r.describing == nil || !slices.Equal(r.describing.columns, columns) {
		r.describing.close()
		r.describing = newDescribing(r, columns)
		r.only = slices.Clone(columns)
		r.tally = func(b *table.Batch) error { return r.describing.add(b) }
		err := r.pass(ctx, false)
		r.tally = nil
		if err != nil {
			return nil, err
		}
	}
	n, err := r.describing.groups.Sum()
	if err != nil {
		return nil, fmt.Errorf("count rows that are alike: %w", err)
	}
	direct, _, _ := f.identifiers()
	out := &dataspace.QuasiIdentifiers{Groups: n.Groups, Smallest: n.Smallest, Alone: n.Alone, Direct: direct > 0}
	for _, i := range columns {
		out.Columns = append(out.Columns, f.columns[i].Name)
	}
	return out, nil
}
