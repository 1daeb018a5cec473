package telephone

// Span is the end of a number that is written from i on, with seven to fifteen
// digits in groups or together; 0 where there is none. It accepts more than
// Valid: something else must say that it is a telephone number.
func Span(b []byte, i int) int {
	digits, groups, end, at := 0, 0, 0, i
	if at < len(b) && b[at] == '+' {
		at++
	}
	for at < len(b) && groups < 8 {
		from := at
		for at < len(b) && b[at] >= '0' && b[at] <= '9' {
			at++
		}
		if at > from {
			digits, groups, end = digits+at-from, groups+1, at
		}
		signs := at
		for at < len(b) && at-signs < 2 && sign(b[at]) {
			at++
		}
		if at == signs && groups > 0 || at >= len(b) || at == from {
			break
		}
	}
	if digits < 7 || digits > most {
		return 0
	}
	if end < len(b) && (b[end] == ')' || b[end] == ':' || b[end] == '/' || b[end] == '%') {
		return 0
	}
	return pastExtension(b, end)
}

func sign(c byte) bool { return c == ' ' || c == '-' || c == '.' || c == '/' || c == '(' || c == ')' }

// pastExtension is the end behind "x4587"; 0 if the number is joined to other
// letters.
func pastExtension(b []byte, end int) int {
	at := end
	if at < len(b) && b[at]|0x20 == 'x' {
		at++
		for at < len(b) && at-end <= 6 && b[at] >= '0' && b[at] <= '9' {
			at++
		}
		if at-end < 2 {
			return 0
		}
	}
	if at < len(b) && (b[at]|0x20 >= 'a' && b[at]|0x20 <= 'z' || b[at] >= '0' && b[at] <= '9') {
		return 0
	}
	return at
}
