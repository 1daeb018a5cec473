// Package hanzi reads Chinese text in traditional characters as text in
// simplified ones, so that a list of words is written once.
package hanzi

import (
	"strings"

	"hutong/words"
)

// size is that of a Chinese character in UTF-8.
const size = 3

var simplified = func() map[[size]byte][size]byte {
	m := map[[size]byte][size]byte{}
	for _, pair := range strings.Fields(words.Traditional) {
		m[[size]byte([]byte(pair[:size]))] = [size]byte([]byte(pair[size:]))
	}
	return m
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
		if s, ok := simplified[[size]byte(text[i:i+size])]; ok {
			if len(out) > 0 && &out[0] == &text[0] {
				if len(buffer) < len(text) {
					return text
				}
				out = buffer[:copy(buffer, text)]
			}
			copy(out[i:], s[:])
		}
		i += size
	}
	return out
}
