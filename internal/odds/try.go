package odds

import (
	"math/bits"
	"slices"

	"hutong/internal/element"
	"hutong/internal/gate"
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

// Scratch is the memory of Try from one value to the next. The zero value works.
type Scratch struct {
	plain, number []byte
	can           gate.Set
	passes, last  []int32
}

// shortestProse is the length of the shortest sentence: five words of one letter.
const shortestProse = 9

// Try says what a value is: which checks it passes, and what else. Checks that no
// value of its length and signs can pass are left out.
func (m *Model) Try(s *Scratch, cell []byte) (t Tried) {
	folded := reading.Plain(s.plain, cell)
	plain := len(folded) > 0 && &folded[0] == &cell[0]
	if !plain {
		s.plain = folded
	}
	signs := gate.Of(folded)
	clear(s.can)
	s.can = m.gate.Add(s.can, len(folded), signs)
	var number []byte
	if signs&gate.Digit != 0 {
		if s.number == nil {
			s.number = make([]byte, 0, longestNumber)
		}
		var ok bool
		if number, ok = reading.Number(s.number, folded); ok {
			s.can = m.gate.Add(s.can, len(number), gate.Of(number))
		} else {
			number = nil
		}
	}
	kind := latin.Unknown
	text := signs&(gate.Letter|gate.Wide) != 0
	if text {
		kind, t.Names = latin.Builtin().Weigh(folded)
	}
	s.passes = s.passes[:0]
	for w, can := range s.can {
		for ; can != 0; can &= can - 1 {
			m.try(w*64+bits.TrailingZeros64(can), folded, number, kind, s, &t)
		}
	}
	n := int32(len(m.Checks) + len(element.Shapes))
	if (text || !plain) && len(cell) >= shortestProse && outline.Prose(cell) {
		s.passes = append(s.passes, n)
	}
	if kind == latin.Unknown && signs&gate.Wide != 0 && latin.Foreign(folded) {
		s.passes = append(s.passes, n+foreign)
	}
	if telephone.Eight(folded) {
		s.passes = append(s.passes, n+eights)
	}
	if signs&gate.Dot != 0 {
		if axes := position.AxesOf(folded); axes != 0 {
			for i := range 2 * position.Boxes {
				if axes>>i&1 != 0 {
					s.passes = append(s.passes, n+axis+int32(i))
				}
			}
		}
	}
	if !slices.Equal(s.passes, s.last) { // most values of a column pass the same
		s.last = slices.Clone(s.passes)
	}
	t.Passes = s.last
	return t
}

// longestNumber is room for the number of a cell in another notation.
const longestNumber = 128

// try tries one check, or one shape, on a value and on the number that it is.
func (m *Model) try(i int, folded, number []byte, kind latin.Kind, s *Scratch, t *Tried) {
	if i >= len(m.Checks) {
		if element.Shapes[i-len(m.Checks)].Fits(folded) {
			s.passes = append(s.passes, int32(i))
		}
		return
	}
	c := &m.Checks[i]
	if c.kind == latin.Person {
		if kind == latin.Person {
			s.passes = append(s.passes, int32(i))
		}
		return
	}
	if !c.Valid(folded) && (number == nil || !c.Valid(number)) {
		return
	}
	if c.kind != latin.Unknown && kind != latin.Unknown && kind != latin.Person {
		t.Names = latin.Certain(c.kind) // it is in a list, or ends as such names do
	}
	s.passes = append(s.passes, int32(i))
	if c.telling != nil && c.telling(folded) {
		s.passes = append(s.passes, int32(len(m.Checks)+len(element.Shapes)+told+i))
	}
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
