package sqlite

import (
	"database/sql/driver"
	"fmt"
	"strings"

	"modernc.org/sqlite"

	"hutong/internal/gateway"
)

// newDriver returns a driver whose connections have the function search_words.
// Triggers of the catalogue call it, so only this program can change a database
// that has them.
func newDriver() *sqlite.Driver {
	d := &sqlite.Driver{}
	err := d.RegisterDeterministicScalarFunction("search_words", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		text, ok := args[0].(string)
		if !ok {
			return nil, fmt.Errorf("search_words takes a text, not %T", args[0])
		}
		return gateway.SearchWords(text), nil
	})
	if err != nil {
		panic(err) // the name is registered once
	}
	return d
}

// searchQuery asks for texts that have all the phrases.
func searchQuery(phrases []gateway.Phrase) string {
	var out []string
	for _, p := range phrases {
		q := `"` + strings.Join(p.Words, " ") + `"`
		if p.Begins {
			q += " *"
		}
		out = append(out, q)
	}
	return strings.Join(out, " ")
}
