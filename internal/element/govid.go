package element

import "hutong/internal/nationalid"

// provinces has the first two digits of GB/T 2260 codes that a resident of
// the mainland or of Taiwan can have.
var provinces = func() (t [100]bool) {
	for _, p := range []int{
		11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37,
		41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71,
	} {
		t[p] = true
	}
	return t
}()

var mod112Weights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// mod112 checks the last of 18 characters by ISO 7064 mod 11-2.
func mod112(b []byte) bool {
	sum := 0
	for i, w := range mod112Weights {
		if !is(b[i], digit) {
			return false
		}
		sum += int(b[i]-'0') * w
	}
	return up(b[17]) == "10X98765432"[sum%11]
}

// ValidResidentID checks an 18-character resident identity number of GB 11643:
// division prefix, calendar date, check character.
func ValidResidentID(b []byte) bool {
	if len(b) != 18 || !is(b[0], digit) || !is(b[1], digit) || !provinces[twoDigits(b)] {
		return false
	}
	return mod112(b) && plausibleBirth(b[6:14])
}

// LegacyResidentID checks the form of the 15-digit number that was issued until
// 1999: it has no check digit.
func LegacyResidentID(b []byte) bool {
	if len(b) != 15 || !all(b, digit) || !provinces[twoDigits(b)] {
		return false
	}
	_, ok := dateOf(1900+twoDigits(b[6:]), twoDigits(b[8:]), twoDigits(b[10:]))
	return ok
}

func validResidencePermit(b []byte) bool {
	return len(b) == 18 && b[0] == '8' && b[1] >= '1' && b[1] <= '3' && string(b[2:6]) == "0000" &&
		mod112(b) && plausibleBirth(b[6:14])
}

func validPRCard(b []byte) bool {
	if len(b) == 18 {
		return b[0] == '9' && mod112(b) && plausibleBirth(b[6:14])
	}
	return len(b) == 15 && all(b[:3], upper) && all(b[3:], digit)
}

// ResidentIDBirth gives the birth date inside a valid resident identity
// number (or residence permit) as year, month, day.
func ResidentIDBirth(b []byte) (Date, bool) {
	switch {
	case len(b) == 18 && (ValidResidentID(b) || validResidencePermit(b) || validPRCard(b)):
		return compactDate(b[6:14])
	case LegacyResidentID(b):
		return dateOf(1900+twoDigits(b[6:]), twoDigits(b[8:]), twoDigits(b[10:]))
	}
	return Date{}, false
}

func plausibleBirth(b []byte) bool {
	d, ok := compactDate(b)
	return ok && d.Year >= 1880 && d.Year < 2100
}

// validHKID checks "A123456(3)", with or without brackets and a space before
// them.
func validHKID(b []byte) bool {
	n := len(b)
	if n < 8 {
		return false
	}
	check := b[n-1]
	body := b[:n-1]
	if check == ')' {
		if b[n-3] != '(' {
			return false
		}
		check, body = b[n-2], b[:n-3]
		if body[len(body)-1] == ' ' {
			body = body[:len(body)-1]
		}
	}
	letters := len(body) - 6
	if letters < 1 || letters > 2 || !all(body[:letters], letter) || !all(body[letters:], digit) {
		return false
	}
	sum := 36 * 9 // a missing first letter counts as a space
	if letters == 2 {
		sum = (int(up(body[0])-'A') + 10) * 9
	}
	sum += (int(up(body[letters-1])-'A') + 10) * 8
	for i, c := range body[letters:] {
		sum += int(c-'0') * (7 - i)
	}
	switch {
	case is(check, digit):
		sum += int(check - '0')
	case up(check) == 'A':
		sum += 10
	default:
		return false
	}
	return sum%11 == 0
}

// validNRIC checks a Singapore NRIC or FIN of the series S, T, F, G and M.
func validNRIC(b []byte) bool {
	if len(b) != 9 || !is(b[0], letter) || !all(b[1:8], digit) {
		return false
	}
	sum := 0
	for i, w := range [7]int{2, 7, 6, 5, 4, 3, 2} {
		sum += int(b[1+i]-'0') * w
	}
	var table string
	switch up(b[0]) {
	case 'S':
		table = "JZIHGFEDCBA"
	case 'T':
		sum, table = sum+4, "JZIHGFEDCBA"
	case 'F':
		table = "XWUTRQPNMLK"
	case 'G':
		sum, table = sum+4, "XWUTRQPNMLK"
	case 'M':
		sum, table = sum+3, "XWUTRQPNJLK"
	default:
		return false
	}
	return up(b[8]) == table[sum%11]
}

// taiwanLetters has the two-digit value of each first letter.
var taiwanLetters = [26]int{
	10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21,
	22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33,
}

func validTaiwanID(b []byte) bool {
	if len(b) != 10 || !is(b[0], upper) || !all(b[2:], digit) {
		return false
	}
	second := 0
	switch {
	case b[1] == '1' || b[1] == '2' || b[1] == '8' || b[1] == '9':
		second = int(b[1] - '0')
	case b[1] >= 'A' && b[1] <= 'D':
		second = taiwanLetters[b[1]-'A'] % 10
	default:
		return false
	}
	v := taiwanLetters[b[0]-'A']
	sum := v/10 + v%10*9 + second*8
	for i, c := range b[2:9] {
		sum += int(c-'0') * (7 - i)
	}
	return (sum+int(b[9]-'0'))%10 == 0
}

// validPassportCN checks the form: there is no check digit.
func validPassportCN(b []byte) bool {
	if len(b) != 9 {
		return false
	}
	switch up(b[0]) {
	case 'E':
		if up(b[1]) != 'I' && up(b[1]) != 'O' && is(b[1], letter) {
			return all(b[2:], digit)
		}
		return all(b[1:], digit)
	case 'G', 'D', 'S', 'P', 'H':
		return all(b[1:], digit)
	case '1':
		return (b[1] == '4' || b[1] == '5') && all(b[2:], digit)
	}
	return false
}

// passportShape checks the form of passport numbers of any country: 6 to 9
// letters and digits, mostly digits. It proves nothing without a header.
func passportShape(b []byte) bool {
	if len(b) < 6 || len(b) > 9 {
		return nationalid.PassportZone(b)
	}
	digits := 0
	for _, c := range b {
		if !is(c, digit|upper) {
			return false
		}
		if is(c, digit) {
			digits++
		}
	}
	return digits >= 5
}

// validSSN checks NNN-NN-NNNN without the ranges that are never issued.
func validSSN(b []byte) bool {
	if len(b) != 11 || b[3] != '-' || b[6] != '-' || !all(b[:3], digit) || !all(b[4:6], digit) || !all(b[7:], digit) {
		return false
	}
	area, _ := number(b[:3])
	return area != 0 && area != 666 && area < 900 && string(b[4:6]) != "00" && string(b[7:]) != "0000"
}

func isKoreanOrJapanese(b []byte) bool { return nationalid.Korean(b) || nationalid.Japanese(b) }
