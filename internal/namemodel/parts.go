package namemodel

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"hutong/internal/columnname"
)

// The kinds of parts, by the first letter of a part.
const (
	wordPart  = "t:" // a word
	lastPart  = "l:" // the last word
	pairPart  = "b:" // two words after each other
	wholePart = "w:" // the whole name
	endPart   = "s:" // the last letters
	startPart = "p:" // the first letters
	charPart  = "c:" // a Chinese character
	twoPart   = "g:" // two Chinese characters after each other
	tailPart  = "z:" // the last Chinese characters
)

// longestName is the number of bytes from which a text is no name.
const longestName = 120

// Parts are what the model weighs of a name, each once, in a fixed order.
func Parts(name string) []string {
	if len(name) > longestName {
		return nil
	}
	var out []string
	add := func(kind, text string) {
		p := kind + text
		for _, o := range out {
			if o == p {
				return
			}
		}
		out = append(out, p)
	}
	words := columnname.Words(name)
	for len(words) > 1 && numbered(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	if len(words) == 0 {
		return nil
	}
	for i, w := range words {
		if columnname.HasChinese(w) {
			chinese(w, i == len(words)-1, add)
			continue
		}
		add(wordPart, w)
		if i == len(words)-1 {
			add(lastPart, w)
		}
		if i > 0 {
			add(pairPart, words[i-1]+" "+w)
		}
	}
	joined := strings.Join(words, "")
	if columnname.HasChinese(joined) {
		if len(words) == 1 {
			add(wholePart, joined)
		}
		return out
	}
	add(wholePart, joined)
	for n := 3; n <= 9 && n < len(joined); n++ {
		if end := joined[len(joined)-n:]; utf8.ValidString(end) {
			add(endPart, end)
		}
		if start := joined[:n]; n <= 6 && utf8.ValidString(start) {
			add(startPart, start)
		}
	}
	return out
}

// numbered reports whether a word only counts columns: phone_2.
func numbered(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
}

func chinese(word string, last bool, add func(kind, text string)) {
	r := []rune(word)
	for i := range r {
		add(charPart, string(r[i]))
		if i > 0 {
			add(twoPart, string(r[i-1:i+1]))
		}
	}
	for n := 1; last && n <= 3 && n <= len(r); n++ {
		add(tailPart, string(r[len(r)-n:]))
	}
}
