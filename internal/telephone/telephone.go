package telephone

import "bytes"

// most is the number of digits that a number with its country code can have.
const most = 15

// number is a value in its parts.
type number struct {
	digits  [most]byte
	n       int
	groups  [8]int // the number of digits of each
	count   int
	dots    int
	plus    bool
	bracket int // the digits in brackets at the beginning, 0 without
}

// Valid reports whether a value has the form of a telephone number. A bare
// number is one only with a leading zero, or as in Hong Kong and Singapore.
func Valid(b []byte) bool {
	if at := extension(b); at > 0 {
		b = b[:at]
	}
	var p number
	if !p.parse(b) {
		return false
	}
	d := p.digits[:p.n]
	switch {
	case p.plus:
		return p.n >= 8 && Country(d)
	case p.n > 9 && bytes.HasPrefix(d, []byte("00")):
		return (p.count > 1 || p.n > 11) && Country(d[2:])
	case p.n > 10 && p.count > 1 && bytes.HasPrefix(d, []byte("011")): // abroad, dialled in North America
		return Country(d[3:])
	case p.count == 1 && p.bracket == 0:
		return d[0] == '0' && d[1] != '0' && p.n >= 10 && p.n <= 12 || p.n == 8 && eight(d)
	}
	return p.national(d)
}

// national reports whether digits in groups are as in a national plan.
func (p *number) national(d []byte) bool {
	if p.dots == 1 || p.dots > 0 && p.dots != p.count-1 {
		return false // a decimal number, or several kinds of signs
	}
	switch {
	case d[0] == '0': // the prefix of a call inside the country
		return d[1] != '0' && p.n >= 9 && p.n <= 12 && (p.bracket == 0 || p.bracket >= 2)
	case p.n == 10 && p.groups[0] == 3 && (p.groups[1] == 3 || p.count == 2):
		return northAmerican(d)
	case p.n == 11 && d[0] == '1' && p.groups[0] == 1:
		return northAmerican(d[1:])
	case p.dots > 0:
		return false
	case p.bracket > 0: // an area, then a number
		return p.bracket <= 3 && p.n >= 8 && p.n <= 11
	case p.n == 8 && p.count == 2 && p.groups[0] == 4:
		years := (d[0] == '1' && d[1] == '9' || d[0] == '2' && d[1] == '0') && d[4] <= '2'
		return d[0] >= '2' && d[0] != '7' && !years
	case p.n == 8 && p.count == 4: // in pairs
		return d[0] >= '2'
	case p.n == 9 && p.count == 3 && p.groups[0] == 3 && p.groups[1] == 3:
		return d[0] >= '5'
	case p.n == 9 && p.count == 4 && p.groups[0] == 3: // 612 34 56 78
		return d[0] >= '6'
	}
	return false
}

// eight reports whether eight digits are a mobile number of Hong Kong or
// Singapore.
func eight(d []byte) bool {
	for _, c := range d {
		if c != d[0] {
			return d[0] >= '4' && d[0] <= '9'
		}
	}
	return false
}

// Eight reports whether a value is eight digits as in a plan without area codes,
// such as that of Hong Kong. So many other numbers are that something else must
// say what it is.
func Eight(b []byte) bool {
	if len(b) != 8 || b[0] < '2' {
		return false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// parse splits a value. It accepts one plus at the beginning, one pair of
// brackets around the first digits or a zero that is left out from abroad, and
// single signs between groups.
func (p *number) parse(b []byte) bool {
	open, group := -1, 0
	last := byte(0)
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9':
			if p.n == most {
				return false
			}
			p.digits[p.n] = c
			p.n++
			group++
			last = c
			continue
		case c == '+' && i == 0:
			p.plus = true
		case c == '(':
			if open >= 0 || p.n > 3 || !p.plus && p.n > 1 {
				return false
			}
			open = p.n
		case c == ')':
			if open < 0 || p.n == open || p.n-open > 5 || p.bracket > 0 {
				return false
			}
			p.bracket = p.n - open
			if p.bracket == 1 && p.digits[open] == '0' && p.plus { // +41 (0)44
				p.n, group = open, 0
			}
		case c == ' ' || c == '-' || c == '.' || c == '/':
			if c == last && c != ' ' || p.n == 0 {
				return false
			}
			if c == '.' {
				p.dots++
			}
		default:
			return false
		}
		if group > 0 {
			if !p.end(group) {
				return false
			}
			group = 0
		}
		last = c
	}
	if group == 0 || open >= 0 && p.bracket == 0 || !p.end(group) {
		return false
	}
	return p.n >= 7
}

func (p *number) end(group int) bool {
	if p.count == len(p.groups) {
		return false
	}
	p.groups[p.count] = group
	p.count++
	return true
}

// extension is where an extension begins: "x4587", "ext. 12", "转12"; 0 without.
func extension(b []byte) int {
	end := len(b)
	for end > 0 && b[end-1] >= '0' && b[end-1] <= '9' {
		end--
	}
	if len(b)-end < 1 || len(b)-end > 6 {
		return 0
	}
	head := bytes.TrimRight(b[:end], " ")
	for _, mark := range [...]string{"ext.", "ext", "x", "转", "#"} {
		if bytes.HasSuffix(head, []byte(mark)) {
			return len(bytes.TrimRight(head[:len(head)-len(mark)], " "))
		}
	}
	return 0
}
