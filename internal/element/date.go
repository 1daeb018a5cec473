package element

import (
	"bytes"

	"hutong/internal/calendar"
)

// Date is a calendar date without a time zone.
type Date struct{ Year, Month, Day int }

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool {
	if d.Year != e.Year {
		return d.Year < e.Year
	}
	if d.Month != e.Month {
		return d.Month < e.Month
	}
	return d.Day < e.Day
}

// AgeOn is the number of birthdays between birth date d and day on.
func (d Date) AgeOn(on Date) int {
	age := on.Year - d.Year
	if on.Month < d.Month || on.Month == d.Month && on.Day < d.Day {
		age--
	}
	return age
}

var monthDays = [13]int{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func dateOf(y, m, d int) (Date, bool) {
	if m < 1 || m > 12 || d < 1 || d > monthDays[m] {
		return Date{}, false
	}
	if m == 2 && d == 29 && (y%4 != 0 || y%100 == 0 && y%400 != 0) {
		return Date{}, false
	}
	return Date{y, m, d}, true
}

// compactDate reads YYYYMMDD.
func compactDate(b []byte) (Date, bool) {
	if len(b) != 8 || !all(b, digit) {
		return Date{}, false
	}
	y, _ := number(b[:4])
	return dateOf(y, twoDigits(b[4:]), twoDigits(b[6:]))
}

// ParseDate reads the date at the front of a cell: 2006-01-02, 2006/1/2,
// 2006.01.02, 20060102, 2006年1月2日, a form with day or month first, and what
// calendar.Written reads. If day
// and month could both come first, it reads the month first. rest is the text
// after the date (a time, or nothing).
func ParseDate(b []byte) (d Date, rest []byte, ok bool) {
	n := 0
	for n < len(b) && is(b[n], digit) {
		n++
	}
	switch {
	case n == 8 && (len(b) == 8 || b[8] == ' ' || b[8] == 'T'):
		d, ok = compactDate(b[:8])
		return d, b[8:], ok && d.Year >= 1800 && d.Year < 2200
	case n == 4:
		return yearFirst(b)
	case n == 1 || n == 2:
		if d, rest, ok = yearLast(b, n); ok {
			return d, rest, ok
		}
	}
	y, m, day, rest, ok := calendar.Written(b)
	if ok {
		d, ok = dateOf(y, m, day)
	}
	return d, rest, ok
}

func yearFirst(b []byte) (Date, []byte, bool) {
	y, _ := number(b[:4])
	m, rest, sep := dateField(b[4:])
	if sep == 0 || y < 1800 || y > 2200 {
		return Date{}, nil, false
	}
	day, rest, sep2 := dateField(rest)
	if sep2 != sep {
		return Date{}, nil, false
	}
	if sep == 'y' {
		rest, _ = bytes.CutPrefix(rest, []byte("日"))
	}
	d, ok := dateOf(y, m, day)
	return d, rest, ok
}

// dateField reads a separator and one or two digits. The Chinese separators for
// year and month give the same kind, 'y'; 0 is none.
func dateField(b []byte) (n int, rest []byte, sep byte) {
	switch {
	case len(b) > 1 && (b[0] == '-' || b[0] == '/' || b[0] == '.'):
		sep, b = b[0], b[1:]
	case bytes.HasPrefix(b, []byte("年")), bytes.HasPrefix(b, []byte("月")):
		sep, b = 'y', b[3:]
	default:
		return 0, nil, 0
	}
	i := 0
	for i < len(b) && i < 2 && is(b[i], digit) {
		n = n*10 + int(b[i]-'0')
		i++
	}
	if i == 0 {
		return 0, nil, 0
	}
	return n, b[i:], sep
}

func yearLast(b []byte, n int) (Date, []byte, bool) {
	first, _ := number(b[:n])
	second, rest, sep := dateField(b[n:])
	if sep == 0 || sep == 'y' || len(rest) < 5 || rest[0] != sep || !all(rest[1:5], digit) {
		return Date{}, nil, false
	}
	y, _ := number(rest[1:5])
	if y < 1800 || y > 2200 {
		return Date{}, nil, false
	}
	if d, ok := dateOf(y, first, second); ok {
		return d, rest[5:], true
	}
	d, ok := dateOf(y, second, first)
	return d, rest[5:], ok
}

// IsTimestamp reports whether the cell is a date, with or without a time.
func IsTimestamp(b []byte) bool {
	_, rest, ok := ParseDate(b)
	return ok && (len(rest) == 0 || isTime(rest))
}

// isTime checks the text after a date: separator, hour, minute, then optional
// seconds, fraction and zone.
func isTime(b []byte) bool {
	if len(b) < 5 || (b[0] != ' ' && b[0] != 'T' && b[0] != 't') {
		return false
	}
	b = b[1:]
	if len(b) > 1 && b[1] == ':' { // 9:05
		return is(b[0], digit) && len(b) >= 4 && all(b[2:4], digit)
	}
	if len(b) < 5 || !all(b[:2], digit) || twoDigits(b) > 24 || b[2] != ':' || !all(b[3:5], digit) || twoDigits(b[3:]) > 59 {
		return false
	}
	for _, c := range b[5:] {
		if !is(c, digit) && c != ':' && c != '.' && c != '+' && c != '-' && c != ' ' && c != 'Z' && c != 'z' && !is(c, letter) {
			return false
		}
	}
	return true
}

// isBirthDate accepts a date or year that can be the birth of a living person.
// Only the caller knows the present day: a future date is accepted here.
func isBirthDate(b []byte) bool {
	d, rest, ok := ParseDate(b)
	if !ok {
		d, ok = shortBirth(b)
	}
	return ok && d.Year >= 1900 && d.Year < 2100 && (len(rest) == 0 || midnight(rest))
}

// shortDate reads a date with a short year, as in Taiwan.
func shortDate(b []byte) (Date, bool) {
	y, m, d, ok := calendar.Short(b)
	if !ok {
		return Date{}, false
	}
	return dateOf(y, m, d)
}

func midnight(b []byte) bool {
	for _, c := range b {
		if is(c, digit) && c != '0' {
			return false
		}
	}
	return isTime(b)
}

// ParseBirth reads a birth date for an age: a date, a year, or a year and
// month. It takes the last day of the period, so that nobody seems older than
// they are.
func ParseBirth(b []byte) (Date, bool) {
	if d, _, ok := ParseDate(b); ok {
		return d, true
	}
	return shortBirth(b)
}

// shortBirth reads a birth date that ParseDate does not: with a short year, a year,
// or a year and month.
func shortBirth(b []byte) (Date, bool) {
	if d, ok := shortDate(b); ok {
		return d, true
	}
	y, ok := number(b[:min(4, len(b))])
	if !ok || len(b) < 4 || y < 1900 || y > 2100 {
		return Date{}, false
	}
	if len(b) == 4 {
		return Date{y, 12, 31}, true
	}
	m, rest, sep := dateField(b[4:])
	if all(b, digit) && len(b) == 6 && y < 2000 { // 198503; 200503 can be a day of 2020
		m, ok = number(b[4:])
	} else {
		ok = sep != 0 && (len(rest) == 0 || string(rest) == "月" || string(rest) == "月份")
	}
	if !ok || m < 1 || m > 12 {
		return Date{}, false
	}
	d := monthDays[m]
	if m == 2 {
		d = 28
	}
	return Date{y, m, d}, true
}
