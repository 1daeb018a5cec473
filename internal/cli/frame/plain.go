package frame

import (
	"io"
	"strings"
	"unicode"
)

// plain keeps characters off the terminal that move its cursor, change its
// colours or turn its text around. Somebody else wrote much of what is printed:
// the operator of another gateway, or the person who named a column.
type plain struct{ w io.Writer }

// Plain wraps w so that what is written through it cannot move the terminal.
func Plain(w io.Writer) io.Writer { return plain{w} }

// Write implements io.Writer. Text must not be cut inside a character.
func (p plain) Write(b []byte) (int, error) {
	if _, err := io.WriteString(p.w, Harmless(string(b))); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Harmless replaces the characters that move a terminal.
func Harmless(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), r == 0x061c, r == 0x200e, r == 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// Inert keeps a spreadsheet from computing a cell of a CSV file that is for
// people to read.
func Inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
