package outline

import "unicode"

// Prose reports whether a text is a sentence rather than a name or a code:
// five words of letters with spaces between them, or ten Chinese characters.
func Prose(cell []byte) bool {
	words, spaces, han, inWord := 0, 0, 0, false
	for _, r := range string(cell) {
		if unicode.IsSpace(r) {
			spaces++
		}
		letter := unicode.IsLetter(r)
		if unicode.Is(unicode.Han, r) {
			han++
		} else if letter && !inWord {
			words++
		}
		inWord = letter || inWord && (r == '\'' || r == '-')
	}
	return words >= 5 && spaces >= 4 || han >= 10
}
