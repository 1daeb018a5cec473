package odds

import (
	"hutong/internal/element"
	"hutong/internal/latin"
	"hutong/internal/outline"
	"hutong/internal/position"
	"hutong/internal/reading"
	"hutong/internal/telephone"
)

// The numbers behind those of shapes that a value can have.
const (
	sentence = iota
	foreign  // it is in another script than Latin
	eights   // it has eight digits
	axis     // a latitude or longitude, by the part of the world
	told     = axis + 2*position.Boxes
)

// Tried is what a value was found to be.
type Tried struct {
	// Passes are the indices of checks that it passes, then of shapes, then
	// numbers for what else it is.
	Passes []int32
	Names  latin.Odds // what it names
}

// Try tries all checks on a value. The buffer is for the value in plain
// characters and is given back for the next call.
func (m *Model) Try(buffer, cell []byte) (Tried, []byte) {
	folded := reading.Plain(buffer, cell)
	if len(folded) > 0 && &folded[0] != &cell[0] {
		buffer = folded
	}
	number, ok := reading.Number(nil, folded)
	kind, names := latin.Builtin().Weigh(folded)
	t := Tried{Names: names}
	for i := range m.Checks {
		c := &m.Checks[i]
		if c.kind == latin.Person {
			if kind == latin.Person {
				t.Passes = append(t.Passes, int32(i))
			}
			continue
		}
		if c.Valid(folded) || ok && c.Valid(number) {
			if c.kind != latin.Unknown && kind != latin.Unknown && kind != latin.Person {
				t.Names = latin.Certain(c.kind) // it is in a list, or ends as such names do
			}
			t.Passes = append(t.Passes, int32(i))
			if c.telling != nil && c.telling(folded) {
				t.Passes = append(t.Passes, int32(len(m.Checks)+len(element.Shapes)+told+i))
			}
		}
	}
	n := int32(len(m.Checks))
	for i, s := range element.Shapes {
		if s.Fits(folded) {
			t.Passes = append(t.Passes, n+int32(i))
		}
	}
	n += int32(len(element.Shapes))
	if outline.Prose(cell) {
		t.Passes = append(t.Passes, n)
	}
	if kind == latin.Unknown && latin.Foreign(folded) {
		t.Passes = append(t.Passes, n+foreign)
	}
	if telephone.Eight(folded) {
		t.Passes = append(t.Passes, n+eights)
	}
	if axes := position.AxesOf(folded); axes != 0 {
		for i := range 2 * position.Boxes {
			if axes>>i&1 != 0 {
				t.Passes = append(t.Passes, n+axis+int32(i))
			}
		}
	}
	return t, buffer
}

// Begin empties what Add counts.
func (m *Model) Begin(c *Column) {
	c.Passes = make([]int64, len(m.Checks))
	c.Shapes, c.Prose, c.Foreign, c.Looked = [len(element.Shapes)]int64{}, 0, 0, 0
	c.Likeness = Likeness{Telling: make([]int64, len(m.Checks))}
	c.Odds, c.Tried = [latin.Kinds]int64{}, 0
}

// Add counts the rows of a value with what Try gave. It is called once for each
// different value.
func (c *Column) Add(t Tried, rows int64) {
	c.Looked += rows
	for k, p := range t.Names {
		c.Odds[k] += int64(p)
	}
	c.Tried++
	for _, i := range t.Passes {
		switch n := int(i) - len(c.Passes); {
		case n < 0:
			c.Passes[i] += rows
		case n < len(c.Shapes):
			c.Shapes[n] += rows
		default:
			c.more(n-len(c.Shapes), rows)
		}
	}
}

// more counts what else a value can be.
func (c *Column) more(n int, rows int64) {
	switch {
	case n == sentence:
		c.Prose += rows
	case n == foreign:
		c.Foreign += rows
	case n == eights:
		c.Eights += rows
	case n < told:
		c.Axes[n-axis] += rows
	default:
		c.Telling[n-told] += rows
	}
}
