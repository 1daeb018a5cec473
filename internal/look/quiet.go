package look

import "hutong/internal/element"

// counts are how many signs of some kinds a cell has, eight bits for each kind.
type counts uint64

const (
	digit counts = 1 << (8 * iota)
	dot
	letter  // of ASCII
	han     // a byte of a Chinese character, or of most signs beside it
	apart   // it is in no text in Base64
	telling // it begins an escape, or a form that needs few digits
)

const (
	eight      = 0xFF
	maxCounted = 0xFF
	// shortestBase64 is the length of the shortest text that is read as Base64.
	shortestBase64 = 12
)

var kinds = func() (t [256]counts) {
	for c := range t {
		switch {
		case c >= '0' && c <= '9':
			t[c] = digit
		case c|0x20 >= 'a' && c|0x20 <= 'z' && c < 0x80:
			t[c] = letter
		case c == '+', c == '/', c == '=':
		case c == '.':
			t[c] = dot | apart
		case c >= 0xE3 && c <= 0xE9, c >= 0x80 && c < 0xC0:
			t[c] = han | apart // U+3000 to U+9FFF, where there is no digit
		case c < ' ', c >= 0x7F, c == '\\', c == '%', c == '&', c == '@', c == ':':
			t[c] = telling | apart
		default:
			t[c] = apart
		}
	}
	return t
}()

// proveNothing reports whether a cell is too plain to prove anything: it has no
// other reading, and too few digits or the form of a date or of a fraction. Most
// cells of most tables are, so it is worth one quick pass.
func proveNothing(cell []byte) bool {
	if len(cell) > maxCounted {
		return false
	}
	var n counts
	for _, c := range cell {
		n += kinds[c]
	}
	if n/telling&eight != 0 || n/apart&eight == 0 && len(cell) >= shortestBase64 {
		return false
	}
	digits, dots := n&eight, n/dot&eight
	switch {
	case digits == 0:
		return true
	case digits < element.FewestDigits && dots < 2:
		return n/letter&eight == 0 || n/han&eight == 0 && len(cell) < element.FewDigits
	case n/han&eight != 0:
		return false
	case dots == 1:
		return fraction(cell, int(digits))
	}
	return digits == 8 && len(cell) == 10 && cell[4] == '-' && cell[7] == '-' // a date
}

// fraction reports whether a cell with one dot and some digits is a number with
// a point and not whole. No part of it is read as a number of its own.
func fraction(cell []byte, digits int) bool {
	if cell[0] == '-' {
		cell = cell[1:]
	}
	return digits == len(cell)-1 && cell[0] != '.' && cell[len(cell)-1] > '0'
}
