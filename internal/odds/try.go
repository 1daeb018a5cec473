package odds

import (
	"hutong/internal/element"
	"hutong/internal/latin"
	"hutong/internal/outline"
	"hutong/internal/reading"
)

// Tried is what a value was found to be.
type Tried struct {
	// Passes are the indices of checks that it passes, then of shapes, then
	// whether it is a sentence, then whether it is in another script than Latin.
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
		t.Passes = append(t.Passes, n+1)
	}
	return t, buffer
}

// Begin empties what Add counts.
func (m *Model) Begin(c *Column) {
	c.Passes = make([]int64, len(m.Checks))
	c.Shapes, c.Prose, c.Foreign, c.Looked = [len(element.Shapes)]int64{}, 0, 0, 0
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
		case n == len(c.Shapes):
			c.Prose += rows
		default:
			c.Foreign += rows
		}
	}
}
