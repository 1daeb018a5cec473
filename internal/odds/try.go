package odds

import (
	"hutong/internal/element"
	"hutong/internal/outline"
	"hutong/internal/position"
	"hutong/internal/reading"
	"hutong/internal/telephone"
)

// The numbers behind those of shapes that Try gives: a sentence is 0.
const (
	eights = 1
	axis   = 2
	told   = axis + 2*position.Boxes
)

// Try tries all checks on a value. It gives the indices of checks that pass,
// then of shapes, then numbers for what else a value can be. The buffer is for the value in
// plain characters and is given back for the next call.
func (m *Model) Try(buffer, cell []byte) (passes []int32, _ []byte) {
	folded := reading.Plain(buffer, cell)
	if len(folded) > 0 && &folded[0] != &cell[0] {
		buffer = folded
	}
	number, ok := reading.Number(nil, folded)
	for i := range m.Checks {
		if valid := m.Checks[i].Valid; valid(folded) || ok && valid(number) {
			passes = append(passes, int32(i))
			if telling := m.Checks[i].telling; telling != nil && telling(folded) {
				passes = append(passes, int32(len(m.Checks)+len(element.Shapes))+told+int32(i))
			}
		}
	}
	n := int32(len(m.Checks))
	for i, s := range element.Shapes {
		if s.Fits(folded) {
			passes = append(passes, n+int32(i))
		}
	}
	n += int32(len(element.Shapes))
	if outline.Prose(cell) {
		passes = append(passes, n)
	}
	if telephone.Eight(folded) {
		passes = append(passes, n+eights)
	}
	if axes := position.AxesOf(folded); axes != 0 {
		for i := range 2 * position.Boxes {
			if axes>>i&1 != 0 {
				passes = append(passes, n+axis+int32(i))
			}
		}
	}
	return passes, buffer
}

// Begin empties what Add counts.
func (m *Model) Begin(c *Column) {
	c.Passes = make([]int64, len(m.Checks))
	c.Telling = make([]int64, len(m.Checks))
	c.Shapes, c.Prose, c.Looked, c.Eights, c.Axes = [len(element.Shapes)]int64{}, 0, 0, 0, [2 * position.Boxes]int64{}
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
			c.more(int32(n-len(c.Shapes)), rows)
		}
	}
}

// more counts what else a value can be.
func (c *Column) more(n int32, rows int64) {
	switch {
	case n == 0:
		c.Prose += rows
	case n == eights:
		c.Eights += rows
	case n < told:
		c.Axes[n-axis] += rows
	default:
		c.Telling[n-told] += rows
	}
}
