// Package hanzi reads Chinese text in traditional characters as text in
// simplified ones, so that a list of words is written once.
package hanzi

import (
	"strings"
	"unicode/utf8"

	"hutong/words"
)

// The characters of the list are between these two, and have three bytes each.
const (
	first = 0x3400
	last  = 0x9FFF
	size  = 3
)

// simplified is the simplified character of each traditional one, 0 for others.
var simplified = func() (t [last - first + 1]uint16) {
	for _, pair := range strings.Fields(words.Traditional) {
		from, n := utf8.DecodeRuneInString(pair)
		to, _ := utf8.DecodeRuneInString(pair[n:])
		t[from-first] = uint16(to) // a test reads the list
	}
	return t
}()

// Simplify returns text in simplified characters. It copies the text into buffer
// if there is anything to change and it fits, and otherwise returns it as it
// is. It allocates nothing.
func Simplify(buffer, text []byte) []byte {
	out := text
	for i := 0; i+size <= len(text); {
		if text[i] < 0xE3 || text[i] > 0xE9 {
			i++
			continue
		}
		r := int(text[i]&0x0F)<<12 | int(text[i+1]&0x3F)<<6 | int(text[i+2]&0x3F)
		if r >= first && simplified[r-first] != 0 {
			if len(out) > 0 && &out[0] == &text[0] {
				if len(buffer) < len(text) {
					return text
				}
				out = buffer[:copy(buffer, text)]
			}
			utf8.EncodeRune(out[i:i+size], rune(simplified[r-first]))
		}
		i += size
	}
	return out
}
