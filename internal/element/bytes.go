package element

import "bytes"

// class says what an ASCII byte can be part of.
type class uint8

const (
	digit class = 1 << iota
	upper
	lower
	localPart // of an e-mail address, beside letters and digits
	alnum     = digit | upper | lower
	letter    = upper | lower
)

var classes = func() (t [256]class) {
	for c := '0'; c <= '9'; c++ {
		t[c] = digit
	}
	for c := 'A'; c <= 'Z'; c++ {
		t[c], t[c+32] = upper, lower
	}
	for _, c := range "._%+-" {
		t[c] = localPart
	}
	return t
}()

func is(c byte, want class) bool { return classes[c]&want != 0 }

func all(b []byte, want class) bool {
	for _, c := range b {
		if classes[c]&want == 0 {
			return false
		}
	}
	return len(b) > 0
}

func up(c byte) byte {
	if is(c, lower) {
		return c - 32
	}
	return c
}

// number reads up to 18 ASCII digits.
func number(b []byte) (n int, ok bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	for _, c := range b {
		if !is(c, digit) {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

func twoDigits(b []byte) int { return int(b[0]-'0')*10 + int(b[1]-'0') }

// compactInto copies b without the separators people write inside numbers
// into buf; ok is false when it does not fit.
func compactInto(buf, b []byte, separators string) (out []byte, ok bool) {
	out = buf[:0]
next:
	for _, c := range b {
		for i := range len(separators) {
			if c == separators[i] {
				continue next
			}
		}
		if len(out) == cap(buf) {
			return nil, false
		}
		out = append(out, c)
	}
	return out, true
}

// sameDigit reports whether all bytes are equal, as in made-up numbers.
func sameDigit(b []byte) bool {
	for _, c := range b {
		if c != b[0] {
			return false
		}
	}
	return true
}

// Luhn reports whether the digits pass ISO/IEC 7812-1 annex B.
func Luhn(b []byte) bool {
	sum, double := 0, false
	for i := len(b) - 1; i >= 0; i-- {
		if !is(b[i], digit) {
			return false
		}
		d := int(b[i] - '0')
		if double {
			d *= 2
			if d > 9 {
				d -= 9
			}
		}
		sum += d
		double = !double
	}
	return len(b) > 1 && sum%10 == 0
}

// Fold writes the half-width form of full-width letters, digits and signs of
// text into buf, as Chinese input methods produce them. It returns text
// itself when there is nothing to fold.
func Fold(buf, text []byte) []byte {
	if !hasFullWidth(text) {
		return text
	}
	out := buf[:0]
	for i := 0; i < len(text); {
		c, n := foldAt(text, i)
		if n == 3 {
			out = append(out, c)
			i += 3
			continue
		}
		out = append(out, text[i])
		i++
	}
	return out
}

func hasFullWidth(b []byte) bool {
	if bytes.IndexByte(b, 0xEF) < 0 && bytes.IndexByte(b, 0xE3) < 0 {
		return false
	}
	for i := 0; i+2 < len(b); i++ {
		if _, n := foldAt(b, i); n == 3 {
			return true
		}
	}
	return false
}

// foldAt gives the ASCII byte for a full-width character (U+FF01 to U+FF5E)
// or an ideographic space at i, with its length in bytes; else n is 1.
func foldAt(b []byte, i int) (c byte, n int) {
	if i+2 >= len(b) {
		return 0, 1
	}
	switch {
	case b[i] == 0xEF && b[i+1] == 0xBC && b[i+2] >= 0x81 && b[i+2] <= 0xBF:
		return b[i+2] - 0x81 + '!', 3
	case b[i] == 0xEF && b[i+1] == 0xBD && b[i+2] >= 0x80 && b[i+2] <= 0x9E:
		return b[i+2] - 0x80 + '`', 3
	case b[i] == 0xE3 && b[i+1] == 0x80 && b[i+2] == 0x80:
		return ' ', 3
	}
	return 0, 1
}
