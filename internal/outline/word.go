package outline

import "unicode"

// Prose reports whether a text is a sentence rather than a name or a code:
// five words of letters, or ten Chinese characters.
func Prose(cell []byte) bool {
	words, han, inWord := 0, 0, false
	for _, r := range string(cell) {
		letter := unicode.IsLetter(r)
		if unicode.Is(unicode.Han, r) {
			han++
		} else if letter && !inWord {
			words++
		}
		inWord = letter || inWord && (r == '\'' || r == '-')
	}
	return words >= 5 || han >= 10
}
