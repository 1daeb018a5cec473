package element

// class says which values an ASCII byte can occur in.
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

func down(c byte) byte {
	if is(c, upper) {
		return c + 32
	}
	return c
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
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

// compactInto copies b into buf without the separators that people write inside
// numbers; ok is false when it does not fit.
func compactInto(buf, b []byte, separators string) (out []byte, ok bool) {
	out = buf[:0]
next:
	for _, c := range b {
		for i := 0; i < len(separators) && !is(c, alnum); i++ {
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

// sameDigit reports whether all bytes are equal, as in invented numbers.
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

// verhoeff checks the last digit by Verhoeff's scheme over the dihedral group
// of ten elements.
func verhoeff(b []byte) bool {
	c := byte(0)
	for i := range b {
		d := b[len(b)-1-i]
		if !is(d, digit) {
			return false
		}
		c = dihedral[c][permuted[i%8][d-'0']-'0'] - '0'
	}
	return len(b) > 1 && c == 0
}

var dihedral = [10]string{
	"0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
	"5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
}

var permuted = [8]string{
	"0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
}

// damm checks the last digit by Damm's quasigroup of order ten.
func damm(b []byte) bool {
	c := byte(0)
	for _, d := range b {
		if !is(d, digit) {
			return false
		}
		c = quasigroup[c][d-'0'] - '0'
	}
	return len(b) > 1 && c == 0
}

var quasigroup = [10]string{
	"0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
	"3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
}

// iso112 checks the last character by ISO 7064 mod 11-2.
func iso112(b []byte) bool {
	sum, last := 0, len(b)-1
	if last < 1 || !all(b[:last], digit) {
		return false
	}
	for _, c := range b[:last] {
		sum = (sum + int(c-'0')) * 2 % 11
	}
	return up(b[last]) == "10X98765432"[sum]
}

// iso1110 checks the last digit by ISO 7064 mod 11-10.
func iso1110(b []byte) bool {
	if len(b) < 2 || !all(b, digit) {
		return false
	}
	p := 10
	for _, c := range b[:len(b)-1] {
		s := (p + int(c-'0')) % 10
		if s == 0 {
			s = 10
		}
		p = s * 2 % 11
	}
	return (p+int(b[len(b)-1]-'0'))%10 == 1
}

// iso9710 checks the last two digits by ISO 7064 mod 97-10.
func iso9710(b []byte) bool { return len(b) > 2 && mod97(b) == 1 }
