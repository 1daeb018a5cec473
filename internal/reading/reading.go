// Package reading gives the texts that a cell can be taken for.
//
// A number does not stop to be a number because a program wrote it as
// 13880836544.0, put a space of zero width into it, or escaped the text around
// it. A search for identifiers looks at the readings of a cell, and the cell is
// delivered as it was.
package reading

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// Reader makes readings. It keeps scratch memory: use one Reader per goroutine.
// The zero value works.
type Reader struct {
	clean, decoded, number, binary []byte
}

// maxDepth is how many times a text is decoded: JSON in JSON in a URL.
const maxDepth = 8

// Each calls see for each reading of a cell: first the cell with plain digits,
// spaces and letters, then the text after each layer of escapes, then what it
// stands for in Base64, then the number if the cell is one in another notation. A text is valid until see
// returns. A plain cell has one reading, the cell itself.
func (r *Reader) Each(cell []byte, see func(text []byte)) {
	marks := survey(cell)
	text := cell
	if marks&wide != 0 {
		r.clean = Clean(r.clean[:0], cell)
		text = r.clean
		marks = survey(text)
	}
	see(text)
	for depth := 0; depth < maxDepth && marks&escapes != 0; depth++ {
		next, changed := decode(r.decoded[:0], text)
		if !changed {
			break
		}
		r.decoded = next
		r.clean = Clean(r.clean[:0], next)
		text = r.clean
		marks = survey(text)
		see(text)
	}
	r.others(text, marks, see)
}

// Others is Each without its first reading, for a cell of printable signs of ASCII
// without escapes.
func (r *Reader) Others(cell []byte, see func(text []byte)) { r.others(cell, survey(cell), see) }

// others calls see for what a text stands for in Base64, and for the number that
// it is in another notation.
func (r *Reader) others(text []byte, marks uint8, see func(text []byte)) {
	if marks&wide == 0 {
		if d, ok := fromBase64(r.decoded[:0], text); ok {
			r.decoded = d
			see(Clean(r.bytes(len(d)), d))
		}
	}
	if marks == digit && (len(text) == 0 || text[0] != '0') && isDigits(text) {
		return // plain already
	}
	if marks&(digit|word|wide) == digit && len(text) <= maxNumber {
		if r.number == nil {
			r.number = make([]byte, 0, maxNumber+maxDigits)
		}
		if n, ok := plainNumber(r.number[:0], text); ok {
			see(n)
		}
	}
}

// Number returns the digits of a cell that is a number in another notation.
func Number(buf, cell []byte) ([]byte, bool) {
	if marks := survey(cell); marks&(digit|word|wide) != digit || len(cell) > maxNumber {
		return nil, false
	}
	return plainNumber(buf[:0], cell)
}

// bytes is scratch memory for n bytes.
func (r *Reader) bytes(n int) []byte {
	r.binary = slices.Grow(r.binary[:0], n)
	return r.binary
}

// Plain returns the first reading of a cell, in buf if it is not the cell.
func Plain(buf, cell []byte) []byte {
	if survey(cell)&wide == 0 {
		return cell
	}
	return Clean(buf[:0], cell)
}

// The properties of a text.
const (
	digit   = 1 << iota
	escapes // a sign that begins an escape
	wide    // a byte that is not ASCII, or a control sign
	word    // a sign that no notation of numbers has
)

var properties = func() (t [256]uint8) {
	for c := range t {
		t[c] = word
		if c >= 0x80 || c < ' ' || c == 0x7F {
			t[c] = wide
		}
	}
	for _, c := range " .,_-/eE+'`\"=Xx" {
		t[c] = 0
	}
	for c := '0'; c <= '9'; c++ {
		t[c] = digit
	}
	t['\\'], t['%'], t['&'] = escapes|word, escapes|word, escapes|word
	return t
}()

func isDigits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func survey(b []byte) (marks uint8) {
	for _, c := range b {
		marks |= properties[c]
	}
	return marks
}

// Clean appends text with ASCII digits for those of all scripts, ASCII letters
// and signs for full-width ones, one kind of space and of dash, and without
// signs that nobody sees. Bytes that are no UTF-8 stay.
func Clean(dst, text []byte) []byte {
	for i := 0; i < len(text); {
		c := text[i]
		if c < 0x80 {
			i++
			switch {
			case c >= ' ' && c != 0x7F:
				dst = append(dst, c)
			case c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f':
				dst = append(dst, ' ')
			}
			continue
		}
		if c >= 0xE4 && c <= 0xE9 && i+2 < len(text) && text[i+1]>>6 == 2 && text[i+2]>>6 == 2 {
			dst = append(dst, text[i:i+3]...) // U+4000 to U+9FFF, nearly all Chinese text
			i += 3
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			dst = append(dst, c)
			i++
			continue
		}
		dst = plain(dst, text[i:i+n], r)
		i += n
	}
	return dst
}

// plain appends one character, whose encoding is raw.
func plain(dst, raw []byte, r rune) []byte {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E:
		return append(dst, byte(r-0xFF01+'!'))
	case invisible(r):
		return dst
	case unicode.Is(unicode.Zs, r):
		return append(dst, ' ')
	case unicode.Is(unicode.Nd, r):
		return append(dst, '0'+digitOf(r))
	case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0xFE58, r == 0xFE63:
		return append(dst, '-')
	case r == 0x2018, r == 0x2019, r == 0x02BC:
		return append(dst, '\'')
	case r == 0x00B7, r == 0x2022, r == 0x2024, r == 0x30FB:
		return append(dst, '.')
	}
	return append(dst, raw...)
}

// invisible reports whether nobody sees a character: marks of zero width and of
// direction, soft hyphens, selectors of variants, controls.
func invisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r) || r >= 0xFE00 && r <= 0xFE0F ||
		r == 0x034F || r == 0x115F || r == 0x1160 || r == 0x3164 || r == 0xFFA0 || r == 0x2028 || r == 0x2029
}

// digitOf is the value of a decimal digit of any script. The digits of a script
// are ten characters in a row, and a range of the table holds one or more
// tens.
func digitOf(r rune) byte {
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % 10)
		}
	}
	for _, t := range unicode.Nd.R32 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % 10)
		}
	}
	return 0
}
