package nationalid

// Japanese reports whether a value is an individual number (My Number): twelve
// digits, the last of which is a check digit.
func Japanese(b []byte) bool {
	if len(b) != 12 || !digits(b) || same(b) {
		return false
	}
	r := sum(b[:11], 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2) % 11
	check := 0
	if r > 1 {
		check = 11 - r
	}
	return check == int(b[11]-'0')
}

// Korean reports whether a value is a resident registration number of Korea with
// its dash: the date of birth, a digit for sex, century and nationality, and a
// check digit. Numbers that were given out from October 2020 on have random
// digits instead of a place and a check digit. So one without a right check digit
// is accepted only for somebody born since.
func Korean(b []byte) bool {
	if len(b) != 14 || b[6] != '-' || !digits(b[:6]) || !digits(b[7:]) || b[7] < '1' || b[7] > '8' {
		return false
	}
	year, month, day := two(b), two(b[2:]), two(b[4:])
	if !dayOf(month, day) || month == 2 && day == 29 && year%4 != 0 {
		return false
	}
	if kind := (b[7] - '1') % 4; kind >= 2 {
		if year > lastYear {
			return false
		}
		if year*100+month >= random {
			return true
		}
	}
	total := sum(b[:6], 2, 3, 4, 5, 6, 7) + sum(b[7:13], 8, 9, 2, 3, 4, 5)
	check := 11
	if b[7] >= '5' { // a foreigner
		check = 13
	}
	return (check-total%11)%10 == int(b[13]-'0')
}

const (
	random   = 2010 // the year and month after 2000 from which digits are random
	lastYear = 39   // the last year of birth after 2000 that is accepted
)

// EightBracketed reports whether a value has the form of a number of Macau's resident
// identity card, with the last digit in brackets as on the card, or behind a
// slash. How it is computed is not published.
func EightBracketed(b []byte) bool {
	if len(b) == 11 && b[7] == ' ' {
		return bracketed(b[:7], b[8:])
	}
	if len(b) == 9 && b[7] == '/' {
		return bracketed(b[:7], []byte{'(', b[8], ')'})
	}
	return len(b) == 10 && bracketed(b[:7], b[7:])
}

func bracketed(number, check []byte) bool {
	return digits(number) && check[0] == '(' && digits(check[1:2]) && check[2] == ')' &&
		(number[0] == '1' || number[0] == '5' || number[0] == '7')
}
