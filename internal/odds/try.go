package odds

import (
	"hutong/internal/element"
	"hutong/internal/outline"
	"hutong/internal/reading"
)

// Try tries all checks on a value. It gives the indices of checks that pass,
// then of shapes, then whether it is a sentence. The buffer is for the value in
// plain characters and is given back for the next call.
func (m *Model) Try(buffer, cell []byte) (passes []int32, _ []byte) {
	folded := reading.Plain(buffer, cell)
	if len(folded) > 0 && &folded[0] != &cell[0] {
		buffer = folded
	}
	number, ok := reading.Number(nil, folded)
	var store [usualPasses]int32
	found := store[:0]
	for i := range m.Checks {
		if valid := m.Checks[i].Valid; valid(folded) || ok && valid(number) {
			found = append(found, int32(i))
		}
	}
	n := int32(len(m.Checks))
	for i, s := range element.Shapes {
		if s.Fits(folded) {
			found = append(found, n+int32(i))
		}
	}
	if outline.Prose(cell) {
		found = append(found, n+int32(len(element.Shapes)))
	}
	return append(passes, found...), buffer
}

// usualPasses is how many checks a value passes at most, apart from a few values.
const usualPasses = 24

// Begin empties what Add counts.
func (m *Model) Begin(c *Column) {
	c.Passes = make([]int64, len(m.Checks))
	c.Shapes, c.Prose, c.Looked = [len(element.Shapes)]int64{}, 0, 0
}

// Add counts rows of a value with what Try gave.
func (c *Column) Add(passes []int32, rows int64) {
	c.Looked += rows
	for _, i := range passes {
		switch n := int(i) - len(c.Passes); {
		case n < 0:
			c.Passes[i] += rows
		case n < len(c.Shapes):
			c.Shapes[n] += rows
		default:
			c.Prose += rows
		}
	}
}
