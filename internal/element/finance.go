package element

import (
	"bytes"

	"hutong/internal/wallet"
)

// validCard checks a payment card number: issuer prefix with its lengths, and
// Luhn. Spaces and dashes between groups are allowed.
func validCard(b []byte) bool {
	var store [24]byte
	d, ok := compactInto(store[:], b, " -")
	return ok && bareCard(d)
}

func bareCard(d []byte) bool {
	return len(d) >= 13 && len(d) <= 19 && cardIssuer(d) && Luhn(d) && !sameDigit(d)
}

// cardIssuer matches the ranges of ISO/IEC 7812 that the large schemes use.
func cardIssuer(d []byte) bool {
	head, ok := number(d[:4])
	if !ok {
		return false
	}
	two, n := head/100, len(d)
	switch {
	case two == 62 || two == 81: // UnionPay
		return n >= 16
	case head/1000 == 4: // Visa
		return n == 13 || n == 16 || n == 19
	case two >= 51 && two <= 55, head >= 2221 && head <= 2720: // Mastercard
		return n == 16
	case two == 34 || two == 37: // American Express
		return n == 15
	case head >= 3528 && head <= 3589: // JCB
		return n >= 16
	case two == 36 || two == 38 || two == 39 || head/10 >= 300 && head/10 <= 305: // Diners
		return n == 14 || n == 16
	case head == 6011 || two == 65 || head/10 >= 644 && head/10 <= 649: // Discover
		return n == 16 || n == 19
	case two == 50 || two >= 56 && two <= 58 || two == 63 || two == 67: // Maestro
		return n == 16 || n == 18 || n == 19
	case two == 60 || two == 68 || two == 69 || two == 94 || two == 95 || two == 98: // domestic debit cards
		return n == 16 || n == 18 || n == 19
	}
	return false
}

// ibanLengths has the whole length by country.
var ibanLengths = func() map[[2]byte]int {
	t := map[[2]byte]int{}
	for _, s := range []struct {
		n         int
		countries string
	}{
		{15, "NO"}, {16, "BE"}, {18, "DKFIFOGLNLFK"}, {19, "MKSI"},
		{20, "ATBABHEEKZLTLUXKMNIQ"}, {21, "CHCRHRLILVSS"}, {22, "BGBHDEGBGEIEMERSVA"},
		{23, "AEGIILTLIQOM"}, {24, "ADCZESMDPKROSASESKTNVG"}, {25, "LYPTST"}, {26, "ISTR"},
		{27, "FRGRITMCMRSMBI"}, {28, "ALAZBYCYDOGTHUNIPLSVLB"}, {29, "BRPSQAUA"},
		{30, "JOKWMU"}, {31, "MTSC"}, {32, "LC"}, {33, "RU"},
	} {
		for i := 0; i+1 < len(s.countries); i += 2 {
			t[[2]byte{s.countries[i], s.countries[i+1]}] = s.n
		}
	}
	for c, n := range map[string]int{
		"BA": 20, "IQ": 23, "BH": 22, "NI": 28, "LB": 28, "JO": 30, "MN": 20, "DJ": 27, "SD": 18, "SO": 23, "EG": 29, "YE": 30,
	} {
		t[[2]byte{c[0], c[1]}] = n
	}
	return t
}()

// validIBAN checks country length and ISO 7064 mod 97-10; groups of four may
// be separated by spaces.
func validIBAN(b []byte) bool {
	var store [44]byte
	d, ok := compactInto(store[:], b, " ")
	return ok && bareIBAN(d)
}

func bareIBAN(d []byte) bool {
	if len(d) < 15 || len(d) > 34 || !all(d[:2], letter) || !all(d[2:4], digit) {
		return false
	}
	if ibanLengths[[2]byte{up(d[0]), up(d[1])}] != len(d) {
		return false
	}
	r := mod97(d[4:])
	if r < 0 {
		return false
	}
	for _, c := range d[:2] {
		r = (r*100 + int(up(c)-'A') + 10) % 97
	}
	r = (r*100 + twoDigits(d[2:])) % 97
	return r == 1
}

// isBIC checks shape and, by the IBAN table and the largest others, country.
func isBIC(b []byte) bool {
	if len(b) != 8 && len(b) != 11 || !all(b[:6], upper) || !all(b[6:], digit|upper) {
		return false
	}
	return places.countryCodes.has(b[4:6])
}

// isAccountNumber checks the form of an account number: digits, some with
// separators.
func isAccountNumber(b []byte) bool {
	digits := 0
	for _, c := range b {
		switch {
		case is(c, digit):
			digits++
		case c == ' ' || c == '-' || c == '*':
		default:
			return validIBAN(b)
		}
	}
	return digits >= 6 && digits <= 30
}

// isSecretHash accepts the forms of stored passwords.
func isSecretHash(b []byte) bool {
	for _, p := range []string{"$2a$", "$2b$", "$2y$", "$argon2", "{SSHA}", "$6$", "$5$", "$1$", "pbkdf2", "scrypt"} {
		if bytes.HasPrefix(b, []byte(p)) {
			return len(b) > len(p)+10
		}
	}
	return false
}

// isWallet accepts the forms of addresses that no other identifier has.
func isWallet(b []byte) bool {
	switch {
	case len(b) == 42 && b[0] == '0' && b[1] == 'x':
		return isHex(b[2:])
	case bytes.HasPrefix(b, []byte("bc1")):
		return len(b) >= 42 && len(b) <= 62 && all(b, digit|lower)
	}
	return wallet.Base58Check(b)
}
