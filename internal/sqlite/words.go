package sqlite

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"unicode"

	"modernc.org/sqlite"
)

// Texts are searched by words. A run of Han characters has no spaces between
// its words, so each character is a word of its own there, and characters that
// follow each other are searched as a phrase.

// newDriver is a driver whose connections know search_words, which triggers of
// the catalogue call: a database that has them can be changed by this program
// only.
func newDriver() *sqlite.Driver {
	d := &sqlite.Driver{}
	err := d.RegisterDeterministicScalarFunction("search_words", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		text, ok := args[0].(string)
		if !ok {
			return nil, fmt.Errorf("search_words takes a text, not %T", args[0])
		}
		return searchWords(text), nil
	})
	if err != nil {
		panic(err) // the name is registered once
	}
	return d
}

// searchWords is a text with a space around each Han character.
func searchWords(text string) string {
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

// searchQuery asks for texts that have all the words: each begins a word of
// the text, or stands in it where it is of Han characters. Empty: nothing to
// search for.
func searchQuery(words string) string {
	split := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	var out []string
	for _, w := range strings.FieldsFunc(words, split) {
		phrase := strings.Join(strings.Fields(searchWords(w)), " ")
		if phrase == w { // no Han characters: it may be the beginning of a word
			out = append(out, `"`+phrase+`" *`)
			continue
		}
		out = append(out, `"`+phrase+`"`)
	}
	return strings.Join(out, " ")
}
