package element

import "slices"

// Shape is a coarse test of what a value of an element can look like at all.
// It never shows that a value is one; it shows that a header misleads.
type Shape string

// The shapes.
const (
	AnyShape    Shape = ""
	NumberShape Shape = "number" // an amount
	CodeShape   Shape = "code"   // one word with a digit in it
	WordShape   Shape = "word"   // one word
	TextShape   Shape = "text"   // letters of some script
	NameShape   Shape = "name"   // words of letters
)

// Shapes lists those that leave something out.
var Shapes = [...]Shape{NumberShape, CodeShape, WordShape, TextShape, NameShape}

func (s Shape) known() bool { return s == AnyShape || slices.Contains(Shapes[:], s) }

// Fits reports whether a trimmed value has the shape.
func (s Shape) Fits(b []byte) bool {
	switch s {
	case NumberShape:
		return isNumber(b)
	case CodeShape:
		return isCode(b)
	case WordShape:
		return isWord(b)
	case TextShape:
		return hasText(b)
	case NameShape:
		return looksLatinName(b)
	}
	return true
}
