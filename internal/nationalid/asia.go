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

// EightBracketed reports whether a value has the form of a number of Macau's resident
// identity card, with the last digit in brackets as on the card. How it is
// computed is not published.
func EightBracketed(b []byte) bool {
	if len(b) == 11 && b[7] == ' ' {
		return bracketed(b[:7], b[8:])
	}
	return len(b) == 10 && bracketed(b[:7], b[7:])
}

func bracketed(number, check []byte) bool {
	return digits(number) && check[0] == '(' && digits(check[1:2]) && check[2] == ')' &&
		(number[0] == '1' || number[0] == '5' || number[0] == '7')
}
