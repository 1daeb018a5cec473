package look

import (
	"bytes"

	"hutong/internal/element"
	"hutong/internal/signs"
)

// shortestBase64 is the length of the shortest text that is read as Base64.
const shortestBase64 = 12

// proveNothing reports whether a cell with such signs is too plain to prove
// anything: it has no other reading, and too few digits or the form of a date or
// of a fraction. Most cells of most tables are.
func proveNothing(cell []byte, n signs.Counts) bool {
	if n.Telling() || n.Addressed() || n.Packed() && len(cell) >= shortestBase64 {
		return false
	}
	digits, dots, letters := n.Digits(), n.Dots(), n.Letters()
	switch {
	case digits == 0:
		return true
	case digits < element.FewestDigits && dots < 2:
		return letters == 0 || !n.Chinese() && (letters > 1 && (len(cell) < element.FewDigits || short(cell)) || letters == 1 && len(cell) < element.FewDigits && !exponent(cell))
	case n.Chinese():
		return false
	case dots == 1:
		return fraction(cell, digits)
	}
	return digits == 8 && len(cell) == 10 && cell[4] == '-' && cell[7] == '-' // a date
}

// Quiet says which cells of a form (signs.Form) are too plain to prove anything.
type Quiet uint8

// The values.
const (
	Loud     Quiet = iota // it must be asked for each cell
	Silent                // all are
	Fraction              // those are that do not end with 0, which could be whole numbers
)

// Of reports whether a cell of the form is known to be too plain.
func (q Quiet) Of(cell []byte) bool {
	return q == Silent || q == Fraction && cell[len(cell)-1] != '0'
}

// Quiet says which cells of the form of a cell, with such signs, prove nothing.
func (l *Looker) Quiet(cell []byte, n signs.Counts) Quiet {
	switch {
	case !l.quiet || !proveNothing(cell, n):
		return Loud
	case n.Dots() == 1 && n.Digits() >= element.FewestDigits: // the value of a digit was looked at
		return Fraction
	}
	return Silent
}

// fraction reports whether a cell with one dot and some digits is a number with
// a point and not whole. No part of it is read as a number of its own.
func fraction(cell []byte, digits int) bool {
	if cell[0] == '-' {
		cell = cell[1:]
	}
	n := len(cell)
	if digits != n-1 || cell[0] == '.' {
		return false
	}
	for cell[n-1] == '0' {
		n--
	}
	return cell[n-1] != '.'
}

// exponent reports whether a text with one letter can be a number with an exponent,
// such as 20E10, which has more digits than are written.
func exponent(cell []byte) bool {
	at := bytes.IndexAny(cell, "eE")
	return at > 0 && at+1 < len(cell) && cell[at-1] <= '9' && cell[at+1] <= '9'
}

// shortestRun is the length of the shortest run of letters and digits that proves
// something alone.
const shortestRun = 8

// short reports whether no run of letters and digits in a text with few digits can
// be a value, or the first group of one: each with a digit is short, and none is
// like those of "aa-bb-cc-dd-ee-f1" or "MT84 MALT 0110".
func short(cell []byte) bool {
	run, digits := 0, 0
	for i, c := range cell {
		switch of := runs[c]; {
		case of != 0:
			run, digits = run+1, digits+int(of>>1)
			continue
		case run == 2 && c == '-', run == 4 && digits == 2 && cell[i-1] <= '9' && cell[i-2] <= '9', digits > 0 && run >= shortestRun:
			return false
		}
		run, digits = 0, 0
	}
	return digits == 0 || run < shortestRun
}

// runs has 1 for a letter and 3 for a digit.
var runs = func() (t [256]uint8) {
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-32] = 1, 1
	}
	for c := '0'; c <= '9'; c++ {
		t[c] = 3
	}
	return t
}()
