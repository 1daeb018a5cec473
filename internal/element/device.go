package element

import (
	"bytes"

	"hutong/internal/telephone"
)

// imeiBodies are the first two digits that GSMA reporting bodies use.
var imeiBodies = func() (t [100]bool) {
	for _, p := range []int{1, 10, 30, 33, 35, 44, 45, 49, 50, 51, 52, 53, 54, 86, 91, 98, 99} {
		t[p] = true
	}
	return t
}()

// validIMEI checks fifteen digits: reporting body and Luhn.
func validIMEI(b []byte) bool {
	return len(b) == 15 && all(b, digit) && imeiBodies[twoDigits(b)] && Luhn(b) && !sameDigit(b[2:])
}

// validICCID checks the number of a SIM card (E.118).
func validICCID(b []byte) bool {
	return (len(b) == 19 || len(b) == 20) && b[0] == '8' && b[1] == '9' && Luhn(b)
}

func isIMSI(b []byte) bool {
	return telephone.Subscriber(b) || validICCID(b)
}

// validMAC checks six octets with ':' or '-', or three groups with dots.
func validMAC(b []byte) bool {
	if len(b) == 14 && b[4] == '.' && b[9] == '.' {
		return isHex(b[:4]) && isHex(b[5:9]) && isHex(b[10:])
	}
	if len(b) != 17 || (b[2] != ':' && b[2] != '-') {
		return false
	}
	for i := 0; i < 17; i += 3 {
		if !isHex(b[i : i+2]) {
			return false
		}
		if i+2 < 17 && b[i+2] != b[2] {
			return false
		}
	}
	return true
}

func isHex(b []byte) bool {
	for _, c := range b {
		if !is(c, digit) && (up(c) < 'A' || up(c) > 'F') {
			return false
		}
	}
	return len(b) > 0
}

// IPKind is 4 or 6 for an address of that version, with or without a prefix
// length, and 0 otherwise.
func IPKind(b []byte) int {
	addr := b
	if i := bytes.IndexByte(b, '/'); i > 0 {
		if n, ok := number(b[i+1:]); !ok || n > 128 {
			return 0
		}
		addr = b[:i]
	}
	switch {
	case isIPv4(addr):
		return 4
	case isIPv6(addr):
		return 6
	}
	return 0
}

func validIP(b []byte) bool { return IPKind(b) != 0 }

func isIPv4(b []byte) bool {
	if len(b) < 7 || len(b) > 15 {
		return false
	}
	octets, n, digits := 0, 0, 0
	for i := 0; i <= len(b); i++ {
		if i == len(b) || b[i] == '.' {
			if digits == 0 || digits > 3 || n > 255 {
				return false
			}
			octets++
			n, digits = 0, 0
			continue
		}
		if !is(b[i], digit) || digits > 0 && n == 0 {
			return false
		}
		n = n*10 + int(b[i]-'0')
		digits++
	}
	return octets == 4
}

func isIPv6(b []byte) bool {
	if len(b) < 3 || len(b) > 45 || bytes.IndexByte(b, ':') < 0 {
		return false
	}
	groups, gap, run := 0, false, 0
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == ':':
			if i+1 < len(b) && b[i+1] == ':' {
				if gap {
					return false
				}
				gap = true
				i++
			} else if run == 0 || i+1 == len(b) {
				return false
			}
			run = 0
		case is(c, digit) || up(c) >= 'A' && up(c) <= 'F':
			if run == 0 {
				groups++
			}
			if run++; run > 4 {
				return mappedIPv4(b, i, groups, gap)
			}
		case c == '.':
			return mappedIPv4(b, i, groups, gap)
		default:
			return false
		}
	}
	return groups == 8 && !gap || groups < 8 && gap
}

func mappedIPv4(b []byte, at, groups int, gap bool) bool {
	start := bytes.LastIndexByte(b[:at], ':') + 1
	return isIPv4(b[start:]) && (gap && groups <= 6 || groups == 7)
}

// isUUID checks the 8-4-4-4-12 form.
func isUUID(b []byte) bool {
	if len(b) != 36 || b[8] != '-' || b[13] != '-' || b[18] != '-' || b[23] != '-' {
		return false
	}
	return isHex(b[:8]) && isHex(b[9:13]) && isHex(b[14:18]) && isHex(b[19:23]) && isHex(b[24:])
}

func isURL(b []byte) bool { return foldPrefix(b, "http://") || foldPrefix(b, "https://") }

// foldPrefix reports whether b begins with the lower-case prefix in any case.
func foldPrefix(b []byte, prefix string) bool {
	if len(b) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if up(b[i]) != up(prefix[i]) {
			return false
		}
	}
	return true
}

func isUserAgent(b []byte) bool {
	return bytes.HasPrefix(b, []byte("Mozilla/")) || bytes.HasPrefix(b, []byte("Opera/")) || bytes.HasPrefix(b, []byte("Dalvik/"))
}

func isToken(b []byte) bool {
	switch {
	case bytes.HasPrefix(b, []byte("eyJ")):
		return bytes.Count(b, []byte(".")) == 2
	case bytes.HasPrefix(b, []byte("AKIA")):
		return len(b) == 20
	}
	return bytes.HasPrefix(b, []byte("-----BEGIN "))
}
