package nationalid

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// same reports whether a number is one digit repeated.
func same(b []byte) bool {
	for _, c := range b {
		if c != b[0] {
			return false
		}
	}
	return true
}

// sum is that of digits, each times its weight.
func sum(b []byte, weights ...int) (total int) {
	for i, w := range weights {
		total += int(b[i]-'0') * w
	}
	return total
}

// two is the number of the first two digits.
func two(b []byte) int { return int(b[0]-'0')*10 + int(b[1]-'0') }

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 32
	}
	return c
}

// dayOf reports whether a month has a day, in some year.
func dayOf(month, day int) bool {
	return month >= 1 && month <= 12 && day >= 1 && day <= [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
}

// luhn checks the last digit by ISO/IEC 7812.
func luhn(b []byte) bool {
	total := 0
	for i, c := range b {
		d := int(c - '0')
		if (len(b)-i)%2 == 0 {
			d *= 2
		}
		total += d/10 + d%10
	}
	return total%10 == 0
}
