package tagger

import (
	"unicode"
	"unicode/utf8"
)

// kind says what a token is.
type kind uint8

const (
	word   kind = iota + 1 // letters
	han                    // one Chinese character
	number                 // digits
	sign                   // any other character
)

// The ways in which a word is written.
const (
	lower   = iota + 1 // smith
	title              // Smith
	capital            // J
	upper              // SMITH
	mixed              // McKay
	other              // letters without case
)

// token is a part of a text.
type token struct {
	from, to int
	kind     kind
	glued    bool   // nothing stands between it and the token before
	form     uint8  // of a word
	size     uint8  // characters, up to 255
	word     uint64 // hash of the word in lower case, in plain letters
	start    [2]uint64
	end      [3]uint64 // hashes of the first and last letters
	class    Class
	first    rune // of a Chinese character, or a sign
}

// most is the number of tokens of a text that are looked at.
const most = 400

// hash functions: FNV-1a over characters, then a mix.
const (
	offset = 14695981039346656037
	prime  = 1099511628211
)

func add(h uint64, r rune) uint64 { return (h ^ uint64(uint32(r))) * prime }

// cut makes tokens of a text. Letters of all scripts but Chinese make words;
// space is no token, but the end of a line is.
func (l *Lexicon) cut(out []token, text []byte) []token {
	end := -1
	for at := 0; at < len(text) && len(out) < most; {
		r, n := utf8.DecodeRune(text[at:])
		t := token{from: at, to: at + n, glued: end == at, size: 1}
		switch {
		case unicode.Is(unicode.Han, r):
			t.kind, t.first = han, l.plain(r)
			t.word = add(offset, t.first)
		case unicode.IsLetter(r) || unicode.IsMark(r):
			l.letters(&t, text)
		case unicode.IsDigit(r):
			t.kind = number
			for t.to < len(text) && t.size < 20 {
				r, n := utf8.DecodeRune(text[t.to:])
				if !unicode.IsDigit(r) {
					break
				}
				t.to, t.size = t.to+n, t.size+1
			}
			t.word = add(offset+1, rune(t.size))
		case r != '\n' && r != '\t' && unicode.IsSpace(r):
			at += n
			continue
		default:
			t.kind, t.first = sign, l.plain(r)
			t.word = add(offset+2, t.first)
		}
		end = t.to
		at = t.to
		out = append(out, t)
	}
	return out
}

// letters reads a word to its end.
func (l *Lexicon) letters(t *token, text []byte) {
	t.kind, t.to, t.size, t.word = word, t.from, 0, offset
	uppers, lowers, firstUpper := 0, 0, false
	var last [4]rune
	for t.to < len(text) {
		r, n := utf8.DecodeRune(text[t.to:])
		if unicode.Is(unicode.Han, r) || !unicode.IsLetter(r) && !unicode.IsMark(r) {
			break
		}
		t.to += n
		if unicode.IsMark(r) {
			continue
		}
		switch {
		case unicode.IsUpper(r):
			uppers++
			firstUpper = firstUpper || t.size == 0
		case unicode.IsLower(r):
			lowers++
		}
		r = l.plain(unicode.ToLower(r))
		t.word = add(t.word, r)
		switch t.size {
		case 1:
			t.start[0] = t.word
		case 2:
			t.start[1] = t.word
		}
		copy(last[:], last[1:])
		last[3] = r
		if t.size < 255 {
			t.size++
		}
	}
	for i := range t.end {
		h := uint64(offset + 3)
		for _, r := range last[2-i:] {
			h = add(h, r)
		}
		t.end[i] = h
	}
	switch {
	case uppers == 0 && lowers == 0:
		t.form = other
	case uppers == 0:
		t.form = lower
	case lowers == 0 && uppers == 1:
		t.form = capital
	case lowers == 0:
		t.form = upper
	case uppers == 1 && firstUpper:
		t.form = title
	default:
		t.form = mixed
	}
}
