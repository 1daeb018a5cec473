package gateway

import (
	"strings"
	"unicode"
)

// Titles are searched by words. Han characters have no spaces between words, so
// each character is a word of its own, and consecutive characters are searched
// as a phrase. Words are defined here, so that every store finds the same rows.

// SearchWords returns a text with a space around each Han character.
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

// Phrase is a sequence of words that must be consecutive in a text.
type Phrase struct {
	Words []string
	// Begins: a word of the text may go on behind the last one.
	Begins bool
}

// SearchPhrases returns the phrases of a search. A text is found if it has all
// of them. A word without Han characters may be the beginning of a word of the
// text. If there is no phrase, nothing is found.
func SearchPhrases(typed string) []Phrase {
	split := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	var out []Phrase
	for _, w := range strings.FieldsFunc(typed, split) {
		words := strings.Fields(SearchWords(w))
		out = append(out, Phrase{Words: words, Begins: len(words) == 1 && words[0] == SearchWords(w)})
	}
	return out
}
