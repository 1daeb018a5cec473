// Package heading tells the names of columns from titles above them and from
// rows of data.
//
// It compares the first records of a table with those below: a name differs
// from the values of its column. It knows no format and reads nothing.
package heading

import (
	"strings"
	"sync"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/look"
)

// Kind is what the first record is.
type Kind uint8

// The kinds.
const (
	Names   Kind = iota // the names of the columns
	Row                 // the first row; the table has no header
	Unsure              // it could be either
	Persons             // it has a person's identifier where a name should be
)

// Verdict is what Judge found.
type Verdict struct {
	Kind Kind
	// Titles is the number of records above the names.
	Titles int
	// Sure says that something speaks for the kind, not only nothing against
	// it.
	Sure bool
	// Column is the column with the identifier, from 0, for Persons.
	Column int
}

// maxTitles is how many records may stand above the names.
const maxTitles = 10

// Judge decides by the first records of a table, of which the first is not
// blank. Records with another number of fields than the header do not count.
func Judge(records [][]string) Verdict {
	if len(records) == 0 {
		return Verdict{Sure: true}
	}
	whole, n := judge(records), titles(records)
	if n == 0 || whole.Sure {
		return whole
	}
	below := judge(records[n:])
	if below.Kind == Names && below.Sure {
		below.Titles = n
		return below
	}
	return Verdict{Kind: Unsure}
}

// titles is the number of records at the beginning that have text in the first
// cell at most, before a record with more.
func titles(records [][]string) int {
	for i, r := range records {
		filled := 0
		for _, c := range r {
			if strings.TrimSpace(c) != "" {
				filled++
			}
		}
		switch {
		case i > maxTitles:
			return 0
		case filled > 1:
			return i
		case filled == 1 && strings.TrimSpace(r[0]) == "":
			return 0 // a name above a column without one beside it
		}
	}
	return 0
}

// judge decides about records without titles.
func judge(records [][]string) Verdict {
	first := records[0]
	rows := make([][]string, 0, len(records)-1)
	for _, r := range records[1:] {
		if len(r) == len(first) && !same(r, first) { // a header may be repeated
			rows = append(rows, r)
		}
	}
	w := weigh(first, rows)
	if at, repeated := persons(first, rows); at >= 0 {
		if (repeated || len(rows) == 0) && w.names == 0 {
			return Verdict{Kind: Row, Sure: true}
		}
		return Verdict{Kind: Persons, Column: at}
	}
	switch {
	case w.names > w.rows, w.names > 0 && w.names == w.rows && w.forms == 0, w.names == 0 && w.rows == 0 && !w.numbered:
		return Verdict{Kind: Names, Sure: w.names > 0}
	case w.names == 0 && w.proven && !w.numbered:
		return Verdict{Kind: Row, Sure: true}
	}
	return Verdict{Kind: Unsure}
}

func same(a, b []string) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// persons finds a cell of the first record that holds a person's identifier,
// or -1. repeated says that most rows have the same kind of identifier there.
func persons(first []string, rows [][]string) (at int, repeated bool) {
	at = -1
	for c, cell := range first {
		id, _ := identifier(cell)
		if id == "" {
			continue
		}
		hits, filled := 0, 0
		for _, r := range rows {
			if strings.TrimSpace(r[c]) == "" {
				continue
			}
			filled++
			if holds(r[c], id) {
				hits++
			}
		}
		if hits > 0 && 2*hits >= filled {
			return c, true
		}
		if at < 0 {
			at = c
		}
	}
	return at, false
}

// identifiers are the elements that identify one person and prove themselves.
var identifiers = sync.OnceValue(func() (ids []dataspace.ElementID) {
	known := element.Builtin()
	for _, id := range known.Provable() {
		if e, ok := known.Lookup(id); ok && e.IDClass == element.Direct && e.Personal != element.PersonalNo {
			ids = append(ids, id)
		}
	}
	return ids
})

// identifier is an identifier that the text holds. certain says that hardly any
// other text would look so.
func identifier(text string) (id dataspace.ElementID, certain bool) {
	if !mayIdentify(text) {
		return "", false
	}
	known := element.Builtin()
	look.New(known, identifiers(), nil).Cell([]byte(text), func(h look.Hit, _ []byte) {
		e, _ := known.Lookup(h.Element)
		sure := h.ShapeName() == look.Form || e.Detector.Proves != element.Inside
		if id == "" || sure && !certain {
			id, certain = h.Element, sure
		}
	})
	return id, certain
}

// mayIdentify is a quick test: every identifier has an @, seven digits, or
// escapes.
func mayIdentify(text string) bool {
	digits := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c == '@' || c == '\\' || c == '%' || c == '&':
			return true
		case c >= '0' && c <= '9', c >= 0x80: // digits may be full-width
			digits++
		}
	}
	return digits >= 6
}

func holds(text string, id dataspace.ElementID) (ok bool) {
	look.New(element.Builtin(), []dataspace.ElementID{id}, nil).Cell([]byte(text), func(look.Hit, []byte) { ok = true })
	return ok
}

// Person reports whether the name of a column holds a person's identifier.
// certain says that hardly any other name would look so.
func Person(name string) (found, certain bool) {
	id, certain := identifier(name)
	return id != "", certain
}
