package label

// The number of digits of a card (ISO/IEC 7812).
const (
	fewest = 12
	most   = 19
)

// CardSpan is the end of a number that is written from i on with as many digits
// as a card has, together or in groups with one kind of separator, of which the
// last is right by Luhn; 0 where there is none. The issuer may be any.
func CardSpan(b []byte, i int) int {
	var d [most]byte
	n, sep, at, one := 0, byte(0), i, true
	for ; at < len(b); at++ {
		c := b[at]
		if c >= '0' && c <= '9' {
			if n == most {
				return 0
			}
			d[n] = c - '0'
			one = one && d[n] == d[0]
			n++
			continue
		}
		if letter(c) {
			return 0
		}
		if c != ' ' && c != '-' || sep != 0 && sep != c || at+1 == len(b) || b[at+1] < '0' || b[at+1] > '9' {
			break
		}
		sep = c
	}
	if n < fewest || one || !luhn(d[:n]) {
		return 0
	}
	return at
}

func luhn(d []byte) bool {
	sum := 0
	for i, v := range d {
		n := int(v)
		if (len(d)-i)%2 == 0 {
			n *= 2
		}
		sum += n/10 + n%10
	}
	return sum%10 == 0
}
