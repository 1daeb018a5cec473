package dataspace

// ValidDay reports whether a text is a day of the form 2006-01-02.
func ValidDay(s string) bool {
	if len(s) != len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return false
	}
	n := [3]int{}
	for part, digits := range [3]string{s[:4], s[5:7], s[8:]} {
		for i := range len(digits) {
			c := digits[i]
			if c < '0' || c > '9' {
				return false
			}
			n[part] = 10*n[part] + int(c-'0')
		}
	}
	year, month, day := n[0], n[1], n[2]
	return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
}

// daysIn is how many days a month has.
func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}
