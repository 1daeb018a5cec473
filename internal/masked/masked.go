// Package masked recognises values of which a part was replaced by signs, such
// as 138****1234, 张*三 or j***@example.com.
//
// Values come trimmed, in half-width characters. No function allocates or keeps
// its argument.
package masked

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Kind is what a value was.
type Kind uint8

// The kinds.
const (
	None     Kind = iota
	Mobile        // a mobile number of mainland China
	Identity      // a resident number
	Card          // a number of a payment card
	Name
	Mail
)

// Of says what a masked value was.
func Of(b []byte) Kind {
	if len(b) < 3 || len(b) > 80 || !signed(b) {
		return None
	}
	if bytes.IndexByte(b, '@') > 0 {
		if mail(b) {
			return Mail
		}
		return None
	}
	if k := number(b); k != None {
		return k
	}
	if han(b) || latin(b) {
		return Name
	}
	return None
}

// sign reports whether a character stands for others.
func sign(r rune) bool {
	switch r {
	case '*', '#', 'X', 'x', '●', '○', '•', '∗', '×', '█', '■', '某':
		return true
	}
	return false
}

// signed reports whether there may be such a sign. It is quick for most values.
func signed(b []byte) bool {
	for _, c := range b {
		if c == '*' || c == '#' || c|0x20 == 'x' || c == 0xE2 || c == 0xC3 || c == 0xE6 {
			return true
		}
	}
	return false
}

// numberForm is what a number shows.
type numberForm struct {
	head, hidden, tail int // digits in front, signs, digits behind
	first, second      byte
}

// number recognises digits with one row of signs between or in front of them.
func number(b []byte) Kind {
	b = bytes.TrimPrefix(b, []byte("+"))
	var f numberForm
	hide := rune(0)
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		last := i+n == len(b)
		i += n
		switch {
		case r == ' ' || r == '-':
		case r >= '0' && r <= '9' || last && (r == 'X' || r == 'x') && (f.tail > 0 || f.hidden > 0 && hide != r):
			if f.hidden > 0 {
				f.tail++
				continue
			}
			switch f.head {
			case 0:
				f.first = byte(r)
			case 1:
				f.second = byte(r)
			}
			f.head++
		case r != '某' && sign(r) && f.tail == 0 && (hide == 0 || hide == r):
			hide = r
			f.hidden++
		default:
			return None
		}
	}
	return f.kind(b)
}

func (f *numberForm) kind(b []byte) Kind {
	if f.hidden < 3 || f.tail == 0 {
		return None
	}
	all := f.head + f.hidden + f.tail
	if all == 13 && f.head >= 4 && bytes.HasPrefix(b, []byte("86")) { // the code of the country
		return mobileFrom(bytes.TrimLeft(b[2:], " -"), f.head-2)
	}
	switch {
	case all == 11:
		return mobileFrom(b, f.head)
	case f.hidden < 4:
		return None
	case all == 18 && f.head >= 1 && f.first >= '1' && f.first <= '8':
		return Identity
	case all >= 16 && all <= 19 && (f.head == 0 && f.tail == 4 || f.head >= 4 && f.first >= '3' && f.first <= '6'):
		return Card
	}
	return None
}

// mobileFrom reports whether eleven digits with their signs begin as a mobile
// number does.
func mobileFrom(b []byte, head int) Kind {
	if head >= 3 && len(b) > 1 && b[0] == '1' && b[1] >= '3' && b[1] <= '9' {
		return Mobile
	}
	return None
}

// han recognises a Chinese name: two to four characters of which at least one
// is shown.
func han(b []byte) bool {
	shown, hidden := 0, 0
	hide := rune(0)
	for i, r := range runes(b) {
		switch {
		case r == '某' && i == 0:
			return false
		case sign(r) && (hide == 0 || hide == r):
			hide = r
			hidden++
		case unicode.Is(unicode.Han, r):
			shown++
		default:
			return false
		}
	}
	return shown > 0 && hidden > 0 && hidden <= 2 && shown+hidden <= 4
}

// latin recognises a name in Latin letters: two or three words that each begin
// with a large letter and hide two signs or more.
func latin(b []byte) bool {
	words := 0
	for len(b) > 0 {
		part := b
		if at := bytes.IndexByte(b, ' '); at >= 0 {
			part, b = b[:at], b[at+1:]
		} else {
			b = nil
		}
		hidden, shown := 0, 0
		for i, r := range runes(part) {
			switch {
			case r != 'X' && r != 'x' && r != '某' && sign(r):
				hidden++
			case r < 0x80 && unicode.IsLetter(r):
				if i == 0 && !unicode.IsUpper(r) {
					return false
				}
				shown++
			default:
				return false
			}
		}
		if hidden < 2 || shown == 0 || shown > 3 {
			return false
		}
		words++
	}
	return words == 2 || words == 3
}

// mail recognises an address with signs before the @.
func mail(b []byte) bool {
	at := bytes.IndexByte(b, '@')
	local, domain := b[:at], b[at+1:]
	hidden, shown := 0, 0
	for _, r := range runes(local) {
		switch {
		case r != 'X' && r != 'x' && r != '某' && sign(r):
			hidden++
		case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '_' || r == '-' || r == '+'):
			shown++
		default:
			return false
		}
	}
	if hidden < 2 || shown > 12 {
		return false
	}
	dot := bytes.LastIndexByte(domain, '.')
	if dot < 1 || dot+3 > len(domain) {
		return false
	}
	for i, c := range domain {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i > dot || !(c >= '0' && c <= '9') && c != '-' && c != '.' && c != '*') {
			return false
		}
	}
	return true
}

// runes are the characters of a text with their places, without a copy.
func runes(b []byte) func(func(int, rune) bool) {
	return func(yield func(int, rune) bool) {
		for i := 0; i < len(b); {
			r, n := utf8.DecodeRune(b[i:])
			if !yield(i, r) {
				return
			}
			i += n
		}
	}
}
