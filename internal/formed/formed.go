// Package formed remembers what all cells of one form have in common. Most columns
// of many different values have one form or a few, so most of their cells need no
// other look than for it.
package formed

import (
	"hutong/internal/cellkind"
	"hutong/internal/look"
	"hutong/internal/signs"
)

// Form is what the cells of a form have in common, with how many there were.
type Form struct {
	form  signs.Form
	Signs signs.Counts
	Quiet look.Quiet
	Kind  cellkind.Kind
	Dated bool     // the kind depends on the digits too
	one   [16]byte // a cell of it
	// Texts and Literals are how many cells are not yet counted. In Silent of them
	// nothing was found.
	Texts, Literals, Silent int64
}

// Cell is one of the cells of the form.
func (f *Form) Cell() []byte { return f.one[:f.form.Length()] }

// places is how many forms are known at a time.
const places = 8

// Table has forms that cells of a column had not long ago. The zero value is empty.
type Table [places]Form

// Known is the form of a cell, nil if it is not known. A cell is trimmed if another one
// of its form is.
func (t *Table) Known(cell []byte) *Form {
	form, ok := signs.FormOf(cell)
	if f := &t[form.Length()%places]; ok && f.form == form {
		return f
	}
	return nil
}

// Of is the form of a trimmed cell, nil if it has none that is worth remembering: a
// form without a digit is that of one cell only. It calls count for a form of which
// cells are not yet counted, and that makes room.
func (t *Table) Of(cell []byte, by *look.Looker, count func(*Form)) *Form {
	form, ok := signs.FormOf(cell)
	if !ok {
		return nil
	}
	f := &t[form.Length()%places]
	if f.form == form {
		return f
	}
	n, _ := signs.Of(cell) // it is short enough
	if n.Digits() == 0 {
		return nil
	}
	f.count(count)
	*f = Form{form: form, Signs: n, Quiet: by.Quiet(cell, n), Kind: cellkind.Of(cell, n), Dated: cellkind.MayBeDate(cell, n)}
	copy(f.one[:], cell)
	return f
}

// Count calls count for each form of which cells are not yet counted.
func (t *Table) Count(count func(*Form)) {
	for i := range t {
		t[i].count(count)
	}
}

func (f *Form) count(count func(*Form)) {
	if f.Texts+f.Literals > 0 {
		count(f)
		f.Texts, f.Literals, f.Silent = 0, 0, 0
	}
}
