package frame

import (
	"io"
	"strings"
	"unicode"
)

// plain replaces characters that move the cursor of a terminal, change its
// colours or reverse its text. Much of the output comes from others: from the
// operator of another gateway, or from the person who named a column.
type plain struct{ w io.Writer }

// Plain wraps w so that text written through it cannot control the terminal.
func Plain(w io.Writer) io.Writer { return plain{w} }

// Write implements io.Writer. Text must not be cut inside a character.
func (p plain) Write(b []byte) (int, error) {
	if _, err := io.WriteString(p.w, Harmless(string(b))); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Harmless replaces the characters that control a terminal.
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

// Inert prevents a spreadsheet from evaluating a cell of a CSV file as a
// formula.
func Inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
