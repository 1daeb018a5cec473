// Package medical recognises diseases, by their codes and names, and drugs.
//
// Values come trimmed, in half-width characters. No function allocates or keeps
// its argument.
package medical

import (
	"bytes"
	"strings"

	"hutong/internal/hanzi"
	"hutong/words"
)

// codes are the categories of ICD-10 ("I10") with the fourth characters that
// they have.
var codes = func() map[[3]byte]string {
	m := map[[3]byte]string{}
	for line := range strings.Lines(words.ICD10) {
		if f := strings.Fields(line); len(f) > 0 && f[0] != "#" && len(f[0]) == 3 && len(f) <= 2 {
			fourth := ""
			if len(f) == 2 {
				fourth = f[1]
			}
			m[[3]byte([]byte(f[0]))] = fourth
		}
	}
	return m
}()

// Code reports whether a value is a code of ICD-10 that exists. It knows the
// codes of the World Health Organization (I25.1) and those of the Clinical
// Modification (S72.001A). It knows the Chinese form with x for what has no
// subdivision (I10.x00, C34.900x001). A sign of a cause or a manifestation may
// follow.
func Code(b []byte) bool {
	b = bytes.TrimRight(b, "+*")
	if len(b) < 3 || len(b) > 12 {
		return false
	}
	fourth, known := codes[[3]byte{b[0] &^ 0x20, b[1], b[2] &^ lower(b[2])}]
	if !known || len(b) == 3 {
		return known
	}
	if b[3] != '.' || len(b) == 4 {
		return false
	}
	for _, c := range b[5:] {
		if !(c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z') {
			return false
		}
	}
	switch c := b[4]; {
	case c|0x20 == 'x':
		return true
	case c == '8' || c == '9': // other, and not specified: countries add them
		return true
	default:
		return fourth == "" && c >= '0' && c <= '9' || strings.IndexByte(fourth, c) >= 0
	}
}

func lower(c byte) byte {
	if c >= 'a' {
		return 0x20
	}
	return 0
}

// vocabulary is the words for one kind of term.
type vocabulary struct {
	endings map[char][]string // in Chinese, by their last character
	parts   map[char][]string // in Chinese, by their first character
	stems   [1 << 8][]string  // ends of English words, by their last letter
	words   map[string]bool
}

// char is a Chinese character in UTF-8.
type char [3]byte

var conditions, drugs = load("condition"), load("drug")

func load(kind string) (v vocabulary) {
	lists := map[string][]string{}
	section := ""
	for line := range strings.Lines(words.Medical) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, w := range strings.Fields(line) {
			if name, ok := strings.CutSuffix(w, ":"); ok {
				section = name
			} else {
				lists[section] = append(lists[section], w)
			}
		}
	}
	v = vocabulary{endings: map[char][]string{}, parts: map[char][]string{}, words: map[string]bool{}}
	for _, w := range lists[kind+"_zh"] {
		last := char([]byte(w[len(w)-3:]))
		v.endings[last] = append(v.endings[last], w)
	}
	for _, w := range lists[kind+"_zh_in"] {
		first := char([]byte(w[:3]))
		v.parts[first] = append(v.parts[first], w)
	}
	for _, w := range lists[kind+"_en"] {
		v.stems[w[len(w)-1]] = append(v.stems[w[len(w)-1]], w)
	}
	for _, w := range lists[kind+"_en_word"] {
		v.words[w] = true
	}
	return v
}

// Condition reports whether a short text is the name of a disease or of
// another reason for a treatment, in Chinese or English.
func Condition(b []byte) bool { return conditions.has(b) }

// Drug reports whether a short text is the name of a drug, in Chinese or
// English, perhaps with its strength.
func Drug(b []byte) bool { return drugs.has(b) }

// The longest names, in characters and bytes.
const (
	mostChars = 24
	mostBytes = 80
	mostWords = 7
	longest   = 20
)

func (v *vocabulary) has(b []byte) bool {
	if len(b) < 3 || len(b) > mostBytes {
		return false
	}
	han, chars := 0, 0
	for _, c := range b {
		if c >= 0x80 && c < 0xC0 {
			continue
		}
		chars++
		if c >= 0xE4 && c <= 0xE9 { // where Chinese characters begin
			han++
		}
	}
	if han > 0 {
		return han >= 2 && chars <= mostChars && v.chinese(b)
	}
	return v.english(b)
}

func (v *vocabulary) chinese(b []byte) bool {
	var buffer [mostBytes]byte
	b = hanzi.Simplify(buffer[:], b)
	for i := 0; i+3 <= len(b); i++ {
		if b[i] < 0xE4 || b[i] > 0xE9 {
			continue
		}
		for _, w := range v.parts[char(b[i:i+3])] {
			if len(b)-i >= len(w) && string(b[i:i+len(w)]) == w {
				return true
			}
		}
	}
	if at := bytes.IndexAny(b, "(["); at > 0 {
		b = bytes.TrimSpace(b[:at])
	}
	b = bytes.TrimRight(b, " 0123456789.gmlIVX%")
	if len(b) < 3 {
		return false
	}
	for _, w := range v.endings[char(b[len(b)-3:])] {
		if len(b) > len(w) && bytes.HasSuffix(b, []byte(w)) || string(b) == w && len(w) > 3 {
			return true
		}
	}
	return false
}

func (v *vocabulary) english(b []byte) bool {
	found, n := false, 0
	for len(b) > 0 {
		at := 0
		for at < len(b) && (b[at]|0x20 >= 'a' && b[at]|0x20 <= 'z') {
			at++
		}
		if at > 0 {
			if n++; n > mostWords {
				return false
			}
			found = found || v.word(b[:at])
			b = b[at:]
			continue
		}
		if b[0] >= 0x80 {
			return false
		}
		b = b[1:]
	}
	return found
}

func (v *vocabulary) word(w []byte) bool {
	var store [longest]byte
	if len(w) > len(store) {
		return false
	}
	low := store[:len(w)]
	for i, c := range w {
		low[i] = c | 0x20
	}
	if v.words[string(low)] {
		return true
	}
	for _, s := range v.stems[low[len(low)-1]] {
		if len(low) >= len(s)+3 && string(low[len(low)-len(s):]) == s {
			return true
		}
	}
	return false
}
