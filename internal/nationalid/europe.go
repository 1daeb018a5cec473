package nationalid

// European reports whether a value is a national number of one of the countries
// whose formats are known here.
func European(b []byte) bool {
	switch len(b) {
	case 9:
		return dutch(b) || spanish(b)
	case 10:
		return healthService(b) || swedish(b)
	case 11:
		return swedish(b) || polish(b) || german(b)
	case 12:
		return healthService(b) || swedish(b)
	case 13:
		return swedish(b)
	case 15:
		return french(b)
	case 16:
		return italian(b)
	}
	return false
}

// Proven reports whether a value is one of those European numbers that can prove
// themselves outside a column of their kind. It must be written together, or
// with a dash in the Swedish way. One that begins with a date must be of somebody
// born before 2015 (without a century: not in a year from 15 to 39), because the
// numbers of orders begin with such days. The Dutch number is too short for it, and that of the health service has the check
// digit of a book (ISBN-10).
func Proven(b []byte) bool {
	switch len(b) {
	case 9:
		return spanish(b)
	case 10:
		return !ordered(b) && swedish(b)
	case 12, 13:
		return string(b[:4]) < ordersFrom && swedish(b)
	case 11:
		return !ordered(b) && (swedish(b) || polish(b)) || german(b)
	case 15:
		return french(b)
	case 16:
		return italian(b)
	}
	return false
}

const ordersFrom = "2015"

// ordered reports whether a number begins with a day of which the numbers of
// orders are.
func ordered(b []byte) bool { return string(b[:2]) >= ordersFrom[2:] && b[0] <= '3' }

// dutch is a BSN: the eleven-proof, in which the last digit counts minus one.
func dutch(b []byte) bool {
	if len(b) != 9 || !digits(b) || same(b) {
		return false
	}
	return (sum(b[:8], 9, 8, 7, 6, 5, 4, 3, 2)-int(b[8]-'0'))%11 == 0
}

// spanish is a DNI, or a NIE with X, Y or Z for its first digit.
func spanish(b []byte) bool {
	if len(b) != 9 || b[8] < 'A' || !digits(b[1:8]) {
		return false
	}
	n := 0
	switch first := upper(b[0]); {
	case first >= '0' && first <= '9':
		n = int(first - '0')
	case first >= 'X' && first <= 'Z':
		n = int(first - 'X')
	default:
		return false
	}
	for _, c := range b[1:8] {
		n = n*10 + int(c-'0')
	}
	return upper(b[8]) == "TRWAGMYFPDXBNJZSQVHLCKE"[n%23]
}

// polish is a PESEL. The month says the century.
func polish(b []byte) bool {
	if len(b) != 11 || !digits(b) {
		return false
	}
	month := two(b[2:])
	return month%20 >= 1 && month%20 <= 12 && dayOf(month%20, two(b[4:])) &&
		(sum(b[:10], 1, 3, 7, 9, 1, 3, 7, 9, 1, 3)+int(b[10]-'0'))%10 == 0
}

// healthService is an NHS number, ten digits or in groups of 3, 3 and 4.
func healthService(b []byte) bool {
	var store [10]byte
	d := b
	if len(b) == 12 {
		if b[3] != b[7] || b[3] != ' ' && b[3] != '-' {
			return false
		}
		d = append(append(append(store[:0], b[:3]...), b[4:7]...), b[8:]...)
	}
	if len(d) != 10 || !digits(d) || same(d) {
		return false
	}
	check := 11 - sum(d[:9], 10, 9, 8, 7, 6, 5, 4, 3, 2)%11
	return check != 10 && check%11 == int(d[9]-'0')
}

// swedish is a personnummer, with a century or without, and with a dash (or a
// plus for people over a hundred) or without. A number of an organisation has a
// month above 20.
func swedish(b []byte) bool {
	var store [12]byte
	if n := len(b); n < 10 || n > 13 {
		return false
	}
	d := b
	if at := len(b) - 5; b[at] == '-' || b[at] == '+' {
		d = append(append(store[:0], b[:at]...), b[at+1:]...)
	}
	if len(d) == 12 {
		if d[0] != '1' && d[0] != '2' {
			return false
		}
		d = d[2:]
	}
	if len(d) != 10 || !digits(d) {
		return false
	}
	day := two(d[4:])
	if day > 60 {
		day -= 60 // of a coordination number
	}
	return dayOf(two(d[2:]), day) && luhn(d)
}

// german is the tax number of a person: of its first ten digits one or two come
// several times and the others once at most, and the last is that of ISO 7064
// MOD 11,10.
func german(b []byte) bool {
	if len(b) != 11 || !digits(b) || b[0] == '0' {
		return false
	}
	var times [10]int
	product := 10
	for _, c := range b[:10] {
		times[c-'0']++
		s := (int(c-'0') + product) % 10
		if s == 0 {
			s = 10
		}
		product = s * 2 % 11
	}
	repeated := 0
	for _, n := range times {
		if n > 3 {
			return false
		}
		if n > 1 {
			repeated++
		}
	}
	return repeated == 1 && (11-product)%10 == int(b[10]-'0')
}

// french is a NIR: sex, year and month of birth, place, and a pair of check
// digits. Corsica's places have a letter.
func french(b []byte) bool {
	if len(b) != 15 || b[0] != '1' && b[0] != '2' || !digits(b[:5]) || !digits(b[7:]) || b[5] < '0' || b[5] > '9' {
		return false
	}
	month := two(b[3:])
	if month < 1 || month > 12 && month < 20 || month > 42 && month < 50 {
		return false
	}
	n, minus := uint64(0), uint64(0)
	for i, c := range b[:13] {
		if i == 6 && (c == 'A' || c == 'B') {
			minus = corsica[c-'A']
			c = '0'
		}
		if c < '0' || c > '9' {
			return false
		}
		n = n*10 + uint64(c-'0')
	}
	return 97-(n-minus)%97 == uint64(two(b[13:]))
}

// corsica is what the letters of 2A and 2B take off, after they are read as 0.
var corsica = [2]uint64{1_000_000, 2_000_000}

// italian is a codice fiscale of a person. Digits may be replaced by letters
// where two people would have the same code.
func italian(b []byte) bool {
	if len(b) != 16 {
		return false
	}
	total := 0
	for i, c := range b[:15] {
		c = upper(c)
		letter := c >= 'A' && c <= 'Z'
		switch i {
		case 6, 7, 9, 10, 12, 13, 14: // a digit
			if letter && !replaces(c) {
				return false
			}
		default:
			if !letter {
				return false
			}
		}
		v := 0
		switch {
		case letter:
			v = int(c - 'A')
		case c >= '0' && c <= '9':
			v = int(c - '0')
		default:
			return false
		}
		if i%2 == 0 {
			v = italianOdd[v]
		}
		total += v
	}
	return month(upper(b[8])) && int(upper(b[15])) == 'A'+total%26
}

var italianOdd = [26]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}

// replaces says which letters stand for a digit.
func replaces(c byte) bool {
	switch c {
	case 'L', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'U', 'V':
		return true
	}
	return false
}

// month says which letters stand for a month.
func month(c byte) bool {
	switch c {
	case 'A', 'B', 'C', 'D', 'E', 'H', 'L', 'M', 'P', 'R', 'S', 'T':
		return true
	}
	return false
}
