package element

import (
	"bytes"

	"hutong/internal/telephone"
)

// mobileSegments has the three-digit prefixes assigned to mobile services on
// the mainland (MIIT numbering plan), 130 to 199.
var mobileSegments = func() (t [100]bool) {
	for third, fourths := range map[int]string{
		3: "0123456789", 4: "01456789", 5: "012356789", 6: "2567",
		7: "012345678", 8: "0123456789", 9: "012356789",
	} {
		for _, f := range fourths {
			t[third*10+int(f-'0')] = true
		}
	}
	return t
}()

// bareMobileCN checks eleven digits against the segments.
func bareMobileCN(b []byte) bool {
	return len(b) == 11 && b[0] == '1' && all(b, digit) && mobileSegments[twoDigits(b[1:])] && !sameDigit(b[3:])
}

// validMobileCN takes a mainland mobile number with or without country code
// and separators.
func validMobileCN(b []byte) bool {
	var store [16]byte
	d, ok := compactInto(store[:], b, " -()+")
	if !ok || len(d) == 11 && bytes.IndexByte(b, '+') >= 0 { // +1 303… is another country
		return false
	}
	return bareMobileCN(trimCountry(d, 11))
}

// trimCountry removes 86, 086 or 0086 when national digits remain.
func trimCountry(d []byte, national int) []byte {
	if cut := len(d) - national; cut >= 2 && cut <= 4 && bytes.HasSuffix(d[:cut], []byte("86")) {
		return d[cut:]
	}
	return d
}

// validPhone checks the form of a telephone number of any country.
func validPhone(b []byte) bool { return telephone.Valid(b) && !IsTimestamp(b) && IPKind(b) == 0 }

// An e-mail address has at most so many signs, and before its @.
const (
	longestEmail = 254
	longestLocal = 64
)

// validEmail checks local part, domain labels and a top-level label of
// letters.
func validEmail(b []byte) bool {
	at := bytes.IndexByte(b, '@')
	return at > 0 && len(b) <= longestEmail && validLocal(b[:at]) && validDomain(b[at+1:])
}

// validLocal checks what stands before the @ of an e-mail address.
func validLocal(b []byte) bool {
	dot := true // before this byte
	for _, c := range b {
		if !is(c, alnum|localPart) || c == '.' && dot {
			return false
		}
		dot = c == '.'
	}
	return !dot && len(b) <= longestLocal
}

// validDomain checks the labels after the @, the last of which has only letters.
func validDomain(d []byte) bool {
	var before byte
	label, letters, dots := 0, 0, 0
	for _, c := range d {
		switch of := classes[c]; {
		case of&letter != 0:
			label++
			letters++
		case of&digit != 0, c == '-' && label > 0:
			label++
		case c == '.' && label > 0 && label < 64 && before != '-':
			label, letters = 0, 0
			dots++
		default:
			return false
		}
		before = c
	}
	return dots > 0 && label >= 2 && label < 25 && letters == label
}

// validIMAccount accepts the forms that only one messenger has.
func validIMAccount(b []byte) bool {
	if after, ok := bytes.CutPrefix(b, []byte("wxid_")); ok {
		return len(after) >= 10 && all(after, digit|lower)
	}
	if len(b) != 28 || b[0] != 'o' {
		return false
	}
	digits := 0
	for _, c := range b {
		if is(c, digit) {
			digits++
		}
		if !is(c, alnum) && c != '_' && c != '-' {
			return false
		}
	}
	return digits > 0
}

// isPostcode accepts the forms of mainland, US and UK codes and six digits as
// in Singapore.
func isPostcode(b []byte) bool {
	switch {
	case len(b) == 6 && all(b, digit), len(b) == 5 && all(b, digit):
		return true
	case len(b) == 10:
		return all(b[:5], digit) && b[5] == '-' && all(b[6:], digit)
	case len(b) >= 5 && len(b) <= 8: // SW1A 1AA, K1A 0B1
		n := len(b)
		return is(b[0], upper) && is(b[n-1], alnum) && hasDigit(b) && bytes.IndexByte(b, ' ') > 1
	}
	return false
}

func hasDigit(b []byte) bool {
	for _, c := range b {
		if is(c, digit) {
			return true
		}
	}
	return false
}
