// Package calendar reads dates that have the name of a month, or a year of the
// Republic of China's calendar. It does not check that the month has the day.
package calendar

import "bytes"

// Written reads the date at the front of a text: "Mar 5, 1993", "5 March 1993",
// "05-Mar-1993", "民國80年3月5日". rest is the text after it. It allocates
// nothing.
func Written(b []byte) (year, month, day int, rest []byte, ok bool) {
	if len(b) < 8 {
		return 0, 0, 0, nil, false
	}
	switch c := b[0]; {
	case c >= '0' && c <= '9':
		return dayFirst(b)
	case letter(c):
		return monthFirst(b)
	case c < 0x80:
		return 0, 0, 0, nil, false
	}
	return republic(b)
}

// monthFirst reads "Mar 5, 1993" and "March 5th 1993".
func monthFirst(b []byte) (year, month, day int, rest []byte, ok bool) {
	if month, b = name(b); month == 0 {
		return 0, 0, 0, nil, false
	}
	b, spaced := spaces(b)
	if !spaced {
		return 0, 0, 0, nil, false
	}
	day, b = ordinal(b)
	b, comma := bytes.CutPrefix(b, []byte(","))
	b, spaced = spaces(b)
	year, b = digits(b, 4)
	return year, month, day, b, plausible(year, day) && (comma || spaced)
}

// dayFirst reads "5 March 1993", "5th of March, 1993" and "05-Mar-1993".
func dayFirst(b []byte) (year, month, day int, rest []byte, ok bool) {
	day, b = ordinal(b)
	sep := byte(' ')
	if len(b) > 0 && (b[0] == '-' || b[0] == '/' || b[0] == '.') {
		sep, b = b[0], b[1:]
	}
	b, _ = spaces(b)
	b = bytes.TrimPrefix(b, []byte("of "))
	if month, b = name(b); month == 0 || len(b) == 0 {
		return 0, 0, 0, nil, false
	}
	if sep != ' ' && b[0] == sep {
		b = b[1:]
	}
	b = bytes.TrimPrefix(b, []byte(","))
	b, _ = spaces(b)
	year, b = digits(b, 4)
	return year, month, day, b, plausible(year, day)
}

// republican is the year before the first one of the Republic of China.
const republican = 1911

// republic reads a date of the calendar whose year 1 is 1912.
func republic(b []byte) (year, month, day int, rest []byte, ok bool) {
	found := false
	for _, era := range [...]string{"中華民國", "中华民国", "民國", "民国"} {
		if b, found = bytes.CutPrefix(b, []byte(era)); found {
			break
		}
	}
	if !found {
		return 0, 0, 0, nil, false
	}
	b, _ = spaces(b)
	for _, part := range [...]struct {
		to  *int
		end []string
	}{{&year, []string{"年", "/", "-", "."}}, {&month, []string{"月", "/", "-", "."}}, {&day, []string{"日", ""}}} {
		*part.to, b = digits(b, 3)
		done := false
		for _, end := range part.end {
			if b, done = bytes.CutPrefix(b, []byte(end)); done {
				break
			}
		}
		if !done || *part.to == 0 {
			return 0, 0, 0, nil, false
		}
		b, _ = spaces(b)
	}
	year += republican
	return year, month, day, b, plausible(year, day) && month <= 12
}

func plausible(year, day int) bool { return year >= 1800 && year <= 2200 && day >= 1 && day <= 31 }

// digits reads a number of some digits at most.
func digits(b []byte, most int) (n int, rest []byte) {
	i := 0
	for i < len(b) && i < most && b[i] >= '0' && b[i] <= '9' {
		n = n*10 + int(b[i]-'0')
		i++
	}
	if i < len(b) && b[i] >= '0' && b[i] <= '9' {
		return 0, b
	}
	return n, b[i:]
}

// ordinal reads a day, also as "5th".
func ordinal(b []byte) (n int, rest []byte) {
	n, b = digits(b, 2)
	for _, end := range [...]string{"st", "nd", "rd", "th"} {
		if rest, ok := bytes.CutPrefix(b, []byte(end)); ok {
			return n, rest
		}
	}
	return n, b
}

func spaces(b []byte) (rest []byte, any bool) {
	rest = bytes.TrimLeft(b, " ")
	return rest, len(rest) < len(b)
}

// months has the first three letters of each name and the others.
var months = [12][2]string{
	{"jan", "uary"}, {"feb", "ruary"}, {"mar", "ch"}, {"apr", "il"}, {"may", ""}, {"jun", "e"},
	{"jul", "y"}, {"aug", "ust"}, {"sep", "tember"}, {"oct", "ober"}, {"nov", "ember"}, {"dec", "ember"},
}

// name reads the name of a month, in whole or its first three letters, with or
// without a full stop.
func name(b []byte) (month int, rest []byte) {
	n := 0
	for n < len(b) && letter(b[n]) {
		n++
	}
	for i, m := range months {
		if n >= 3 && fold(b[:3], m[0]) && (n == 3 || fold(b[3:n], m[1]) || n == 4 && m[0] == "sep" && b[3]|0x20 == 't') {
			return i + 1, bytes.TrimPrefix(b[n:], []byte("."))
		}
	}
	return 0, nil
}

func fold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i := range b {
		if b[i]|0x20 != lower[i] {
			return false
		}
	}
	return true
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// Short reads a whole value that is a date with a short year: 085/03/12,
// 0850312, 85.3.12. The year is taken for one of the Republic of China's
// calendar, also where it could be one of the twentieth century, so that nobody
// seems older than they are. A value that could begin with a day or a month is
// none.
func Short(b []byte) (year, month, day int, ok bool) {
	const latest = 150 // the last year of that calendar that is read
	if len(b) == 7 && !bytes.ContainsAny(b, "/-.") {
		if year, rest := digits(b[:3], 3); len(rest) == 0 && year > 0 && year <= latest {
			month, rest = digits(b[3:5], 2)
			day, last := digits(b[5:], 2)
			return year + republican, month, day, len(rest) == 0 && len(last) == 0
		}
		return 0, 0, 0, false
	}
	at := bytes.IndexAny(b, "/-.")
	if at != 2 && at != 3 {
		return 0, 0, 0, false
	}
	sep := b[at]
	year, rest := digits(b[:at], 3)
	if len(rest) > 0 || year > latest || year == 0 || at == 2 && year <= 31 {
		return 0, 0, 0, false
	}
	month, rest = digits(b[at+1:], 2)
	if len(rest) < 2 || rest[0] != sep {
		return 0, 0, 0, false
	}
	from := len(rest)
	day, rest = digits(rest[1:], 2)
	return year + republican, month, day, len(rest) == 0 && from > 1 && month > 0 && day > 0
}
