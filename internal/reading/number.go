package reading

import (
	"bytes"
	"slices"
)

// maxNumber is the length of the longest cell that is read as a number in
// another notation, and maxDigits how many digits such a number has.
const (
	maxNumber = 64
	maxDigits = 32
)

// plainNumber appends the digits of a cell that is a number in a notation of
// programs or people: '138…, ="138…", 138….0, 1.38…E+10, 138,808,…, 138.8083…,
// 138_8083_…, 000138…. ok is false if it is none, or if its digits are the cell
// itself.
func plainNumber(dst, text []byte) (out []byte, ok bool) {
	b := bytes.TrimSpace(text)
	if len(b) > 0 && b[0] == '+' {
		return dst, false // an international number says what it is
	}
	b = unquoted(bytes.TrimSuffix(bytes.TrimPrefix(b, []byte("=")), []byte(" ")))
	if len(b) > 0 && b[0] == '+' {
		return dst, false
	}
	d, decimal, ok := scientific(dst, b)
	if ok {
		return trimZeros(d), true
	}
	if decimal {
		return dst, false
	}
	if d, ok := grouped(dst, b); ok {
		d = trimZeros(d)
		return d, !bytes.Equal(d, text)
	}
	return dst, false
}

// unquoted is a text without the quotes around it.
func unquoted(b []byte) []byte {
	quote := func(c byte) bool { return c == '\'' || c == '"' || c == '`' }
	for len(b) > 0 && quote(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && quote(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// trimZeros removes zeros at the beginning, such as those of a fixed width.
func trimZeros(d []byte) []byte {
	for len(d) > 1 && d[0] == '0' {
		d = d[1:]
	}
	return d
}

// scientific reads a number with a fraction of zeros or with an exponent, if
// it is whole. decimal reports whether it is at least a number with a point or
// an exponent.
func scientific(dst, b []byte) (digits []byte, decimal, whole bool) {
	fraction, exponent := -1, 0
	digits = dst
read:
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9':
			digits = append(digits, c)
		case c == '.' && fraction < 0:
			fraction, decimal = len(digits), true
		case (c == 'e' || c == 'E') && len(digits) > 0:
			if exponent, decimal = small(b[i+1:]); !decimal {
				return dst, false, false
			}
			break read
		default:
			return dst, false, false
		}
	}
	if !decimal {
		return dst, false, false
	}
	if fraction < 0 {
		fraction = len(digits)
	}
	point := fraction + exponent - len(dst)
	if n := len(digits) - len(dst); n == 0 || point < 1 || point > maxDigits {
		return dst, n > 0, false
	}
	for len(digits)-len(dst) < point {
		digits = append(digits, '0')
	}
	integer := digits[:len(dst)+point]
	return integer, true, len(bytes.Trim(digits[len(integer):], "0")) == 0
}

// small reads an exponent.
func small(b []byte) (n int, ok bool) {
	minus := len(b) > 0 && b[0] == '-'
	if len(b) > 0 && (b[0] == '+' || minus) {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 3 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	if minus {
		n = -n
	}
	return n, true
}

// grouped reads digits, perhaps in groups with one kind of sign between them,
// and a letter X at their end.
func grouped(dst, b []byte) ([]byte, bool) {
	var lengths [maxGroups]int
	separator, n := byte(0), 0
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9', (c == 'X' || c == 'x') && i == len(b)-1 && i > 0:
			dst = append(dst, c)
			lengths[n]++
		case c == ',' || c == '.' || c == '_' || c == ' ' || c == '-' || c == '/':
			if separator != 0 && c != separator || lengths[n] == 0 || n == maxGroups-1 {
				return dst, false
			}
			separator = c
			n++
		default:
			return dst, false
		}
	}
	return dst, len(dst) >= shortest && lengths[n] > 0 && usual(separator, lengths[:n+1])
}

// shortest is how many digits an identifier has at least, maxGroups how many
// groups it has at most.
const (
	shortest  = 7
	maxGroups = 12
)

// groups are the lengths in which people write mobile numbers, resident numbers
// and cards. Other groups are telephone numbers of other countries, dates,
// ranges, addresses of machines.
var groups = [][]int{{3, 4, 4}, {6, 8, 4}, {4, 4, 4, 4}, {4, 4, 4, 4, 3}, {4, 6, 5}}

func usual(separator byte, lengths []int) bool {
	switch separator {
	case 0, '_':
		return true
	case ',': // thousands
		return lengths[0] <= 3 && !slices.ContainsFunc(lengths[1:], func(n int) bool { return n != 3 })
	}
	return slices.ContainsFunc(groups, func(g []int) bool { return slices.Equal(g, lengths) })
}
