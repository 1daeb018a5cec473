package latin

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Size is the number of weights of each kind. A feature is a place among them;
// features that share a place are weighed together.
const Size = 1 << 17

// The lengths between which a cell can name something.
const (
	shortest = 2
	longest  = 80
)

// longestCode is the number of capitals up to which a word can stand for
// anything.
const longestCode = 3

// mostWords is from how many words a cell is a sentence.
const mostWords = 12

// word is a word of a cell.
type word struct {
	from, to int // in small letters
	form     byte
	digit    bool
}

// The forms of words.
const (
	smallForm   byte = 'a'
	capitalForm byte = 'A' // only the first letter
	upperForm   byte = 'U'
	initialForm byte = 'I' // one letter
	mixedForm   byte = 'M'
	numberForm  byte = '0'
)

// scratch is what a cell is taken apart in.
type scratch struct {
	low   [longest * 2]byte
	words [mostWords]word
	marks [8]byte // the marks between words, each once
	n     int     // words
	m     int     // marks
}

// Features lists the features of a cell, and adds them to out. It gives none
// for a cell that is not in Latin letters, or that is a number or a sentence.
func Features(out []uint32, cell []byte) []uint32 {
	s := new(scratch)
	if !s.split(cell) {
		return nil
	}
	return s.features(out)
}

// split takes a cell apart.
func (s *scratch) split(cell []byte) bool {
	if len(cell) < shortest || len(cell) > longest {
		return false
	}
	letters, digits, at, start := 0, 0, 0, -1
	capitals, inWord := 0, 0
	for i := 0; i < len(cell); {
		r, n := utf8.DecodeRune(cell[i:])
		switch {
		case latinLetter(r), '0' <= r && r <= '9', (r == '\'' || r == '’') && start >= 0:
			if start < 0 {
				start = at
			}
			if unicode.IsUpper(r) && inWord == 0 {
				capitals += first
			} else if unicode.IsUpper(r) {
				capitals++
			}
			switch {
			case '0' <= r && r <= '9':
				digits++
			case r != '\'' && r != '’':
				letters++
			}
			inWord++
			at += utf8.EncodeRune(s.low[at:], unicode.ToLower(r))
		case r == ' ' || r == 0xA0 || r < utf8.RuneSelf && strings.IndexByte(separators, byte(r)) >= 0, r > utf8.RuneSelf && r != utf8.RuneError && (unicode.IsPunct(r) || unicode.IsSymbol(r)):
			if !s.end(start, at, inWord, capitals) {
				return false
			}
			start, capitals, inWord = -1, 0, 0
			s.mark(r)
		default:
			return false
		}
		i += n
	}
	if !s.end(start, at, inWord, capitals) || s.n == 0 || letters < 2 || digits*3 > letters {
		return false
	}
	return s.n > 1 || letters > longestCode || s.words[0].form != upperForm
}

// end takes down the word that ends here, if one began.
func (s *scratch) end(start, at, runes, capitals int) bool {
	if start < 0 {
		return true
	}
	if s.n == mostWords {
		return false
	}
	text := s.low[start:at]
	s.words[s.n] = word{start, at, form(text, runes, capitals), hasDigit(text)}
	s.n++
	return true
}

const separators = "-.,_&/():;\"+#!?*"

// first is counted for a capital at the beginning of a word.
const first = 1 << 8

func form(text []byte, runes, capitals int) byte {
	switch {
	case text[0] >= '0' && text[0] <= '9':
		return numberForm
	case runes == 1 && capitals > 0:
		return initialForm
	case capitals == 0:
		return smallForm
	case capitals == first:
		return capitalForm
	case capitals == first+runes-1:
		return upperForm
	}
	return mixedForm
}

func hasDigit(b []byte) bool {
	for _, c := range b {
		if '0' <= c && c <= '9' {
			return true
		}
	}
	return false
}

// latinLetter reports whether a character is a letter of a language that is
// written in Latin letters.
func latinLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return r <= 0x24F && unicode.IsLetter(r) || 0x1E00 <= r && r <= 0x1EFF
}

// mark notes a mark between words.
func (s *scratch) mark(r rune) {
	c := byte('~')
	if r < utf8.RuneSelf {
		c = byte(r)
	}
	if c == ' ' || s.m == len(s.marks) || bytes.IndexByte(s.marks[:s.m], c) >= 0 {
		return
	}
	s.marks[s.m] = c
	s.m++
}

// hash is FNV-1a.
type hash uint32

func of(kind byte) hash { return hash(2166136261).add(kind) }

func (h hash) add(c byte) hash { return (h ^ hash(c)) * 16777619 }

func (h hash) text(b []byte) hash {
	for _, c := range b {
		h = h.add(c)
	}
	return h
}

func (h hash) place() uint32 { return uint32(h^h>>16) % Size }

func (s *scratch) features(out []uint32) []uint32 {
	words := s.words[:s.n]
	shape := of('s')
	for i := range words {
		w := &words[i]
		text := s.low[w.from:w.to]
		if i < 4 {
			shape = shape.add(w.form)
		}
		out = append(out, of('t').text(text).place())
		if w.form == initialForm || w.form == numberForm {
			continue
		}
		out = append(out, of('f').add(w.form).add(byte(min(i, 3))).place(), of('n').add(byte(min(len(text), 12))).place())
		for n := 2; n <= 4 && n < len(text); n++ {
			out = append(out, of('p').text(text[:n]).place(), of('e').text(text[len(text)-n:]).place())
		}
		for at := 1; at+3 < len(text); at++ {
			out = append(out, of('g').text(text[at:at+3]).place())
		}
		if w.digit {
			out = append(out, of('d').place())
		}
	}
	count := byte(min(s.n, 6))
	out = append(out, of('c').add(count).place(), shape.add(count).place(), of('l').text(s.low[words[s.n-1].from:words[s.n-1].to]).place())
	for _, c := range s.marks[:s.m] {
		out = append(out, of('m').add(c).place(), of('M').add(c).add(count).place())
	}
	return out
}
