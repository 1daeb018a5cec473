// Package columnname splits the names of columns into words, for those who look
// for an element or for a role in them.
package columnname

import (
	"strings"
	"unicode"
)

// Words splits a name into lower-case words: at separators, between small and
// capital letters, and around Chinese.
func Words(name string) []string {
	var out []string
	var cur []rune
	flush := func() {
		if len(cur) > 0 {
			out = append(out, strings.ToLower(string(cur)))
			cur = cur[:0]
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush()
			continue
		}
		if len(cur) > 0 && begins(runes, i) {
			flush()
		}
		cur = append(cur, r)
	}
	flush()
	return out
}

// begins reports whether a word begins at letter i.
func begins(r []rune, i int) bool {
	prev, c := r[i-1], r[i]
	switch {
	case unicode.Is(unicode.Han, prev) != unicode.Is(unicode.Han, c):
		return true
	case unicode.IsLower(prev) && unicode.IsUpper(c):
		return true
	}
	return unicode.IsUpper(prev) && unicode.IsUpper(c) && i+1 < len(r) && unicode.IsLower(r[i+1])
}

// Parts are the words, divided between letters and digits too: guest2name.
func Parts(name string) []string {
	var out []string
	for _, w := range Words(name) {
		from, number := 0, false
		for i, r := range w {
			if digit := unicode.IsDigit(r); i == 0 {
				number = digit
			} else if digit != number {
				out, from, number = append(out, w[from:i]), i, digit
			}
		}
		out = append(out, w[from:])
	}
	return out
}

// HasChinese reports whether a text has Chinese characters.
func HasChinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
