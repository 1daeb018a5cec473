package gateway

import (
	"strings"
	"unicode"
)

// Titles are searched by words. A run of Han characters has no spaces between
// its words, so each character is a word of its own there, and characters that
// follow each other are searched as a phrase. What a word is stands here, so
// that every store finds the same.

// SearchWords is a text with a space around each Han character.
func SearchWords(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			b.WriteRune(' ')
			b.WriteRune(r)
			b.WriteRune(' ')
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Phrase is words that must follow each other in a text.
type Phrase struct {
	Words []string
	// Begins: a word of the text may go on behind the last one.
	Begins bool
}

// SearchPhrases are what a text must have, all of them, to be found by what a
// person typed. A word without Han characters may be the beginning of a word.
// None: nothing can be found.
func SearchPhrases(typed string) []Phrase {
	split := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	var out []Phrase
	for _, w := range strings.FieldsFunc(typed, split) {
		words := strings.Fields(SearchWords(w))
		out = append(out, Phrase{Words: words, Begins: len(words) == 1 && words[0] == SearchWords(w)})
	}
	return out
}
