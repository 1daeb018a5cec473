// Package spelling writes an identifier in the one spelling by which it is
// compared: spellings of one number become equal, and two numbers never do.
package spelling

import (
	"bytes"
	"strconv"

	"hutong/internal/element"
	"hutong/internal/reading"
)

// Form says how an identifier may be spelled: what differs between two
// spellings of one number, and what differs between two numbers.
type Form uint8

// The forms.
const (
	Number   Form = iota // spaces, dashes and brackets do not matter
	Phone                // only digits matter
	Mobile               // a mobile number of the mainland, or a number with another country's code
	Address              // all characters matter, capital or not
	Resident             // fifteen digits of before 1999 are the number of eighteen of the same person
)

// Speller writes the values of one key in the spelling that is hashed.
type Speller struct {
	Form Form
	fold []byte
	text []byte
}

// Spell appends the one spelling of a value: half-width, upper case, without
// what its form ignores. ok is false for a value that lost digits on its way
// into the table, such as 1.38E+10: several people have it.
func (s *Speller) Spell(dst, cell []byte) (_ []byte, ok bool) {
	cell = s.visible(cell)
	cell, ok = s.whole(unquote(cell))
	if !ok {
		return dst, false
	}
	from := len(dst)
	switch s.Form {
	case Address:
		dst = append(dst, cell...)
		to := from
		for _, c := range dst[from:] {
			dst[to] = upper(c)
			if c != ' ' {
				to++
			}
		}
		dst = dst[:to]
	case Phone, Mobile:
		dst = s.phone(dst, cell)
	default:
		for _, c := range cell {
			if c != ' ' && c != '-' && c != '(' && c != ')' {
				dst = append(dst, upper(c))
			}
		}
		if n := len(dst) - from; s.Form == Resident && n == 15 && element.LegacyResidentID(dst[from:]) {
			dst = modern(dst, from)
		}
	}
	return dst, true
}

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 32
	}
	return c
}

// visible folds full-width characters and removes those that nobody sees.
func (s *Speller) visible(cell []byte) []byte {
	plain := reading.Plain(s.fold, cell)
	if len(plain) != len(cell) {
		s.fold = plain
	}
	return bytes.TrimSpace(plain)
}

// unquote removes what spreadsheets write before a number to keep it a text:
// an apostrophe, or ="…".
func unquote(cell []byte) []byte {
	if len(cell) > 3 && cell[0] == '=' && cell[1] == '"' && cell[len(cell)-1] == '"' {
		cell = cell[2 : len(cell)-1]
	}
	if len(cell) == 0 || cell[0] != '\'' && cell[0] != '`' && cell[0] != 0xE2 {
		return cell
	}
	for _, mark := range []string{"'", "`", "‘", "’"} {
		if rest, ok := bytes.CutPrefix(cell, []byte(mark)); ok && len(rest) > 0 {
			return rest
		}
	}
	return cell
}

// whole gives the whole number that a program wrote as 13880836544.0 or
// 1.3880836544E+10; false if its digits are not all there. Any other value is
// returned as it is.
func (s *Speller) whole(cell []byte) ([]byte, bool) {
	if s.Form == Address || len(cell) < 3 || cell[0] < '0' || cell[0] > '9' {
		return cell, true
	}
	dot, exp := -1, -1
	for i, c := range cell {
		switch {
		case c >= '0' && c <= '9', (c == '+' || c == '-') && exp == i-1 && exp >= 0:
		case c == '.' && dot < 0 && exp < 0:
			dot = i
		case (c == 'e' || c == 'E') && exp < 0:
			exp = i
		default:
			return cell, true
		}
	}
	if exp >= 0 {
		return s.scientific(cell, dot, exp)
	}
	if dot > 0 && dot+1 < len(cell) && len(bytes.TrimRight(cell[dot+1:], "0")) == 0 {
		return cell[:dot], true
	}
	return cell, true
}

// scientific writes out a number such as 1.3880836544E+10. "12E5" without a
// dot may be a number of its own.
func (s *Speller) scientific(cell []byte, dot, exp int) ([]byte, bool) {
	power, err := strconv.Atoi(string(bytes.TrimPrefix(cell[exp+1:], []byte("+"))))
	if dot != 1 || err != nil || power < 0 || power > 30 {
		return cell, true
	}
	digits := cell[dot+1 : exp]
	if len(digits) < power {
		return nil, false
	}
	if len(bytes.TrimRight(digits[power:], "0")) > 0 {
		return cell, true
	}
	s.fold = append(append(s.fold[:0], cell[0]), digits[:power]...)
	return s.fold, true
}

// phone writes the digits of a telephone number, without the country code 86.
// Among mobile numbers of the mainland a number of another country keeps its
// plus: +1 303 555 0100 is not 13035550100.
func (s *Speller) phone(dst, cell []byte) []byte {
	from := len(dst)
	for _, c := range cell {
		if c >= '0' && c <= '9' {
			dst = append(dst, c)
		}
	}
	n := len(dst) - from
	if n >= 13 && n <= 15 && string(dst[len(dst)-13:len(dst)-11]) == "86" {
		dst = append(dst[:from], dst[len(dst)-11:]...)
		return s.mainland(dst, from)
	}
	if n == 11 && len(cell) == 11 {
		return s.mainland(dst, from)
	}
	abroad := len(cell) > 0 && cell[0] == '+' || bytes.HasPrefix(cell, []byte("00")) || bytes.HasPrefix(cell, []byte("(+"))
	if s.Form == Mobile && abroad {
		digits := bytes.TrimLeft(dst[from:], "0")
		s.text = append(append(s.text[:0], '+'), digits...)
		return append(dst[:from], s.text...)
	}
	return dst
}

// mainland sets a mobile number of the mainland apart from the digits of other
// countries' numbers, in a column that holds both.
func (s *Speller) mainland(dst []byte, from int) []byte {
	if s.Form == Phone && dst[from] == '1' && dst[from+1] >= '3' {
		s.text = append(s.text[:0], dst[from:]...)
		dst = append(append(dst[:from], "86"...), s.text...)
	}
	return dst
}

// modern turns fifteen digits of a resident number at the end of dst into the
// eighteen that the same person has today.
func modern(dst []byte, from int) []byte {
	var n [18]byte
	copy(n[:], dst[from:from+6])
	n[6], n[7] = '1', '9'
	copy(n[8:], dst[from+6:from+15])
	sum := 0
	for i := range 17 {
		sum += int(n[i]-'0') * (1 << (17 - i) % 11)
	}
	n[17] = "10X98765432"[sum%11]
	return append(dst[:from], n[:]...)
}
