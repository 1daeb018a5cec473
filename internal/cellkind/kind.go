// Package cellkind distinguishes the kinds of cells by their form, such as whole
// numbers and dates, and says from them what type a column has.
package cellkind

import (
	"bytes"

	"hutong/internal/signs"
	"hutong/internal/table"
)

// Kind is the form of one cell.
type Kind uint8

// The kinds.
const (
	Text Kind = iota
	Integer
	Number
	Boolean
	Date
	Timestamp
	kindsOfCells
)

// Counts counts cells by their form.
type Counts struct {
	Declared table.Kind // of the source
	count    [kindsOfCells]int64
	literals int64 // JSON numbers, booleans, arrays and objects
	texts    int64 // JSON strings, if there are literals too
}

// Of is how many cells are of a kind.
func (k *Counts) Of(kind Kind) int64 { return k.count[kind] }

// Add counts a cell of a kind that comes a number of times.
func (k *Counts) Add(kind Kind, literal bool, times int64) {
	k.count[kind] += times
	if literal {
		k.literals += times
	} else {
		k.texts += times
	}
}

// Trim is a cell without the space around it.
func Trim(cell []byte) []byte {
	if n := len(cell); n > 0 && beginsPlain(cell[0]) && (visible(cell[n-1]) || n >= 3 && chinese(cell[n-3:])) {
		return cell
	}
	return bytes.TrimSpace(cell)
}

func visible(c byte) bool { return c > ' ' && c < 0x7F }

// beginsPlain reports whether a byte begins a character that is no space: one that
// is visible, or beyond U+4000.
func beginsPlain(c byte) bool { return visible(c) || c >= 0xE4 }

// chinese reports whether three bytes are a character from U+4000 to U+9FFF.
func chinese(b []byte) bool {
	return b[0] >= 0xE4 && b[0] <= 0xE9 && b[1]&0xC0 == 0x80 && b[2]&0xC0 == 0x80
}

// Of is the kind of a trimmed, non-empty cell with such signs. They are zero where
// they were not counted.
func Of(cell []byte, n signs.Counts) Kind {
	digits, dots := n.Digits(), n.Dots()
	switch {
	case digits == len(cell):
		return Integer
	case digits > 0 && digits+dots == len(cell) && dots == 1:
		return Number
	case digits > 0 && digits+dots+1 == len(cell) && dots <= 1 && signed(cell):
		return Integer + Kind(dots)
	}
	return classify(cell)
}

// MayBeDate reports whether the kind of a cell with such signs depends on what its
// digits are, and not only on where they stand.
func MayBeDate(cell []byte, n signs.Counts) bool {
	return cell[0] >= '0' && cell[0] <= '9' && n.Digits() < len(cell) && (n.Dots() != 1 || n.Digits()+1 < len(cell))
}

func signed(b []byte) bool { return b[0] == '-' || b[0] == '+' }

// classify decides by the first byte where possible.
func classify(b []byte) Kind {
	switch c := b[0]; {
	case c >= '0' && c <= '9', c == '-', c == '+', c == '.':
		return classifyNumber(b)
	case c == 't' || c == 'f' || c == 'T' || c == 'F':
		switch string(b) {
		case "true", "false", "True", "False", "TRUE", "FALSE":
			return Boolean
		}
	}
	return Text
}

func classifyNumber(b []byte) Kind {
	i, digits, dot, exp := 0, 0, false, false
	if signed(b) {
		i = 1
	}
	for ; i < len(b); i++ {
		switch c := b[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '.' && !dot && !exp:
			dot = true
		case (c == 'e' || c == 'E') && digits > 0 && !exp && i+1 < len(b):
			exp = true
			if b[i+1] == '-' || b[i+1] == '+' {
				i++
			}
		case b[0] < '0':
			return Text // a date begins with a digit or a word
		default:
			return classifyDate(b)
		}
	}
	switch {
	case digits == 0:
		return Text
	case dot || exp:
		return Number
	}
	return Integer
}

// Name gives the type of profile.schema.json.
func (k *Counts) Name() string {
	var n int64
	for _, c := range k.count {
		n += c
	}
	if n == 0 {
		return "null"
	}
	switch k.Declared.Base() {
	case table.String:
		return "string"
	case table.Integer:
		return "integer"
	case table.Number:
		return "number"
	case table.Boolean:
		return "boolean"
	case table.Date:
		return "date"
	case table.Timestamp:
		return "timestamp"
	case table.Binary:
		return "binary"
	}
	if k.literals > 0 && k.texts > 0 {
		return "mixed"
	}
	return k.guessed(n)
}

func (k *Counts) guessed(n int64) string {
	c := &k.count
	switch {
	case c[Integer] == n:
		return "integer"
	case c[Integer]+c[Number] == n:
		return "number"
	case c[Boolean] == n:
		return "boolean"
	case c[Date] == n:
		return "date"
	case c[Date]+c[Timestamp] == n:
		return "timestamp"
	}
	return "string"
}
