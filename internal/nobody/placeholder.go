package nobody

import "bytes"

// A local number may be short: only from this length on are its digits too
// regular to be one by chance.
const (
	shortRun   = 7 // digits of a number that has a length of its own, such as a telephone number
	longestOwn = 24
)

// Placeholder reports whether a value stands in an identifier's place and
// identifies nobody: a word for a missing value or such as TEST, one repeated
// character, digits that count up. The value is in upper case and without
// separators, as package spelling writes it.
func Placeholder(value []byte) bool {
	k := builtin()
	if len(value) == 0 || k.any.has(value) {
		return true
	}
	if at := bytes.IndexByte(value, '@'); at >= 0 {
		return k.mailboxes.has(value[:at]) || repeated(value[:at], 4) || bytes.Equal(value[:at], []byte("TEST")) && bytes.HasPrefix(value[at:], []byte("@TEST."))
	}
	if len(value) > longestOwn {
		return false
	}
	if digits(value) {
		return zeros(value) || repeated(value, shortRun) || counting(value) || paddedRun(value) || k.numbers[string(value)]
	}
	return !hasDigit(value) && repeated(value, 1) && !letters(value)
}

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func hasDigit(b []byte) bool { return bytes.ContainsAny(b, "0123456789") }

func letters(b []byte) bool {
	for _, c := range b {
		if c < 'A' || c > 'Z' && c < 0x80 {
			return false
		}
	}
	return true
}

func zeros(b []byte) bool { return len(bytes.TrimLeft(b, "0")) == 0 }

// repeated reports whether a value of at least min bytes is one byte repeated.
func repeated(b []byte, least int) bool {
	if len(b) < least {
		return false
	}
	for _, c := range b {
		if c != b[0] {
			return false
		}
	}
	return true
}

// counting reports whether digits count up or down by one, from 9 to 0 and on.
func counting(b []byte) bool {
	if len(b) < shortRun {
		return false
	}
	up, down := true, true
	for i := 1; i < len(b); i++ {
		up = up && b[i] == (b[i-1]-'0'+1)%10+'0'
		down = down && b[i] == (b[i-1]-'0'+9)%10+'0'
	}
	return up || down
}

// paddedRun is a telephone number whose last eight digits are one digit:
// 13800000000.
func paddedRun(b []byte) bool { return len(b) == 11 && b[0] == '1' && repeated(b[3:], 8) }
