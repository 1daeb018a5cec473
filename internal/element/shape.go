package element

import (
	"slices"

	"hutong/internal/gate"
)

// Shape is a rough test of the possible form of an element's values. It cannot
// show that a value is one; it shows that a header is misleading.
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

// Shapes lists those that exclude something.
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

// Form is what all values of the shape have.
func (s Shape) Form() gate.Form {
	switch s {
	case NumberShape:
		return gate.Form{Needs: gate.Digit}
	case CodeShape:
		return gate.Form{Most: 64, Only: gate.Alnum | gate.Dot | gate.Dash | gate.Slash | gate.Hiding | gate.Other, Needs: gate.Digit}
	case WordShape:
		return gate.Form{Most: 64, Only: gate.Any &^ (gate.Space | gate.Comma)}
	case TextShape:
		return gate.Form{Either: gate.Letter | gate.Wide}
	case NameShape:
		return gate.Form{Least: 2, Most: 60, Only: gate.Any &^ (gate.Digit | gate.At | gate.Slash | gate.Colon | gate.Plus | gate.Hiding), Either: gate.Letter | gate.Wide}
	}
	return gate.Form{}
}
