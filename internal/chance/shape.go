package chance

import "fmt"

// Shape is the shape of a run of letters and digits: its length and its form.
// The zero value is no shape.
type Shape struct {
	length uint8
	form   form
	dash   uint8 // the place of the only dash, 0 without
}

// form says where a run has letters.
type form uint8

const (
	noForm       form = iota
	digits            // 330106199708155202
	digitsLetter      // 33010619970815520X
	letterDigits      // A123456789
	lettersEnds       // S1234567D
	twoLetters        // AB1234567
	mixed
	forms
)

var formNames = [forms]string{"", "9{%d}", "9{%d}A", "A9{%d}", "A9{%d}A", "AA9{%d}", "*{%d}"}

// letters is how many letters the name of a form shows.
var letters = [forms]int{digitsLetter: 1, letterDigits: 1, lettersEnds: 2, twoLetters: 2}

// The lengths of runs that can prove something.
const (
	shortest = 5
	longest  = 64
)

// String writes the shape as a pattern: 9 is a digit, A a letter, * either.
func (s Shape) String() string {
	if s.form == noForm {
		return ""
	}
	if s.dash > 0 {
		return fmt.Sprintf("9{%d}-9{%d}", s.dash, s.length-s.dash-1)
	}
	return fmt.Sprintf(formNames[s.form], int(s.length)-letters[s.form])
}

// ShapeOf returns the shape of a run of letters and digits, or of two groups of
// digits with a dash; ok is false for one
// without a digit, or of a length that no identifier has.
func ShapeOf(run []byte) (s Shape, ok bool) {
	n := len(run)
	if n < shortest || n > longest {
		return s, false
	}
	plain := 0
	for plain < n && run[plain]-'0' <= 9 {
		plain++
	}
	if plain == n {
		return Shape{length: uint8(n), form: digits}, true
	}
	if run[plain] == '-' {
		return dashed(run, plain)
	}
	count, first, last := 0, 0, n
	for i, c := range run {
		if c < '0' || c > '9' {
			count++
			if i == first {
				first++
			}
			last = i
		}
	}
	s = Shape{length: uint8(n), form: mixed}
	switch {
	case count == n:
		return Shape{}, false
	case count == 1 && last == n-1:
		s.form = digitsLetter
	case count == 1 && first == 1:
		s.form = letterDigits
	case count == 2 && first == 2:
		s.form = twoLetters
	case count == 2 && first == 1 && last == n-1:
		s.form = lettersEnds
	}
	return s, true
}

// dashed is the shape of two groups of digits, with a dash at a place.
func dashed(run []byte, at int) (Shape, bool) {
	rest := run[at+1:]
	if at == 0 || len(rest) == 0 {
		return Shape{}, false
	}
	for _, c := range rest {
		if c < '0' || c > '9' {
			return Shape{}, false
		}
	}
	return Shape{length: uint8(len(run)), form: digits, dash: uint8(at)}, true
}
