package profile

import "hutong/internal/table"

// cellKind is the form of one cell.
type cellKind uint8

const (
	textCell cellKind = iota
	integerCell
	numberCell
	booleanCell
	dateCell
	timestampCell
	cellKinds
)

// kinds counts cells by their form.
type kinds struct {
	declared table.Kind
	count    [cellKinds]int64
	literals int64 // JSON numbers, booleans, arrays and objects
	texts    int64 // JSON strings, if there are literals too
}

// add counts a trimmed, non-empty cell and returns its form.
func (k *kinds) add(cell []byte, literal bool) cellKind {
	c := classify(cell)
	k.count[c]++
	if literal {
		k.literals++
	} else {
		k.texts++
	}
	return c
}

// classify decides by the first byte where possible.
func classify(b []byte) cellKind {
	switch c := b[0]; {
	case c >= '0' && c <= '9', c == '-', c == '+', c == '.':
		return classifyNumber(b)
	case c == 't' || c == 'f' || c == 'T' || c == 'F':
		switch string(b) {
		case "true", "false", "True", "False", "TRUE", "FALSE":
			return booleanCell
		}
	}
	return textCell
}

func classifyNumber(b []byte) cellKind {
	i, digits, dot, exp := 0, 0, false, false
	if b[0] == '-' || b[0] == '+' {
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
		default:
			return classifyDate(b)
		}
	}
	switch {
	case digits == 0:
		return textCell
	case dot || exp:
		return numberCell
	}
	return integerCell
}

// name gives the type of profile.schema.json.
func (k *kinds) name() string {
	var n int64
	for _, c := range k.count {
		n += c
	}
	if n == 0 {
		return "null"
	}
	switch k.declared.Base() {
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

func (k *kinds) guessed(n int64) string {
	c := &k.count
	switch {
	case c[integerCell] == n:
		return "integer"
	case c[integerCell]+c[numberCell] == n:
		return "number"
	case c[booleanCell] == n:
		return "boolean"
	case c[dateCell] == n:
		return "date"
	case c[dateCell]+c[timestampCell] == n:
		return "timestamp"
	}
	return "string"
}
