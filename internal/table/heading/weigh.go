package heading

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"hutong/internal/element"
	"hutong/internal/headword"
)

// weight is what speaks for names and for a row, in columns.
type weight struct {
	names, rows float64
	forms       int // of rows: columns with one form in all records
	// proven says that something speaks for a row that a name hardly has.
	proven bool
	// numbered says that numbers in the first record could number the columns:
	// years, 1 2 3.
	numbered bool
}

// weigh compares each cell of the first record with the cells below it.
func weigh(first []string, rows [][]string) weight {
	var w weight
	progress := progression(first, rows)
	recurring := 0
	for c, cell := range first {
		cell = strings.TrimSpace(cell)
		if missing(cell) {
			continue
		}
		column := below(rows, c)
		switch of := kindsOf(column); {
		case of == number || of == date || of == link:
			switch got := kindOf(cell); {
			case got != of:
				w.names++
			case progress[c] && !counted(cell, column):
				w.numbered = true
			default:
				w.form()
			}
		case len(rows) == 0 && kindOf(cell) != text, masked(cell, column):
			w.form()
		case len(column) > 1 && slices.Contains(column, cell):
			w.rows += half
			recurring++
			w.proven = w.proven || recurring > 1 || slices.Index(column, cell) != lastIndex(column, cell)
		default:
			w.words(cell, column)
		}
	}
	if w.names > 0 && styled(first) {
		w.names += half
	}
	return w
}

// form counts a cell that has the form of its column, as names hardly have.
func (w *weight) form() {
	w.rows++
	w.forms++
	w.proven = true
}

// counted reports whether the numbers of the column go on from the cell: they
// number the rows.
func counted(cell string, column []string) bool {
	last, err := strconv.ParseInt(cell, 10, 64)
	for _, v := range column {
		n, bad := strconv.ParseInt(v, 10, 64)
		if err != nil || bad != nil || n != last+1 {
			return false
		}
		last = n
	}
	return len(column) > 1
}

func lastIndex(column []string, v string) int {
	for i := len(column) - 1; i >= 0; i-- {
		if column[i] == v {
			return i
		}
	}
	return -1
}

// half is the weight of what only makes something likely.
const half = 0.5

// words weighs a text above texts.
func (w *weight) words(cell string, column []string) {
	known := element.Builtin()
	for _, m := range known.MatchHeader(cell) {
		if m.Fit == headword.Whole {
			w.names++
			return
		}
	}
	const enough = 3
	if len(column) < enough {
		return
	}
	for _, check := range known.Checks() {
		if check.Proof == "" || !check.Valid([]byte(cell)) {
			continue
		}
		pass := 0
		for _, v := range column {
			if check.Valid([]byte(v)) {
				pass++
			}
		}
		if 10*pass >= 9*len(column) {
			w.rows += half
			return
		}
	}
}

// below returns the cells of a column that hold something.
func below(rows [][]string, c int) []string {
	out := make([]string, 0, len(rows))
	for _, r := range rows {
		if v := strings.TrimSpace(r[c]); !missing(v) {
			out = append(out, v)
		}
	}
	return out
}

// missing reports whether a cell stands for no value.
func missing(v string) bool {
	switch strings.ToLower(v) {
	case "", "-", "--", ".", "?", "na", "n/a", "nan", "null", "none", `\n`, "#n/a":
		return true
	}
	return false
}

// form is the form of a cell.
type form uint8

const (
	text form = iota
	number
	date
	link // an e-mail address or the address of a page
)

// kindsOf is the form that all cells have; text without cells.
func kindsOf(cells []string) form {
	if len(cells) == 0 {
		return text
	}
	of := kindOf(cells[0])
	for _, v := range cells[1:] {
		if of == text || kindOf(v) != of {
			return text
		}
	}
	return of
}

func kindOf(v string) form {
	switch {
	case isNumber(v):
		return number
	case isDate(v):
		return date
	case strings.Contains(v, "@") && strings.Contains(v, "."), strings.Contains(v, "://"):
		return link
	}
	return text
}

// isNumber accepts a sign, a currency, separators of thousands, an exponent
// and a percent sign.
func isNumber(v string) bool {
	v = strings.TrimSpace(strings.TrimSuffix(v, "%"))
	v = strings.TrimLeft(v, "+-$€£¥￥")
	if v == "" {
		return false
	}
	if _, err := strconv.ParseFloat(strings.ReplaceAll(v, ",", ""), 64); err == nil {
		c := v[0]
		return c == '.' || c >= '0' && c <= '9' // not "inf"
	}
	digits := 0
	for i := range len(v) {
		switch c := v[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == ',' || c == '.' || c == ' ':
		default:
			return false
		}
	}
	return digits > 0
}

func isDate(v string) bool {
	b := []byte(v)
	if len(b) == 0 || !bytes.ContainsAny(b, "0123456789") {
		return false
	}
	if _, rest, ok := element.ParseDate(b); ok && len(rest) == 0 {
		return true
	}
	return element.IsTimestamp(b)
}

// maskLen is from which length on one form of letters, digits and signs is
// hardly shared by a name and a value.
const maskLen = 5

// masked reports whether the cell has the same letters, digits and signs in the
// same places as every value of the column, as codes have.
func masked(cell string, column []string) bool {
	if len(cell) < maskLen || len(column) < 2 || !strings.ContainsAny(cell, "0123456789") {
		return false
	}
	want := mask(cell)
	return !slices.ContainsFunc(column, func(v string) bool { return len(v) != len(cell) || mask(v) != want })
}

func mask(v string) string {
	b := []byte(v)
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9':
			b[i] = '9'
		case c >= 'a' && c <= 'z':
			b[i] = 'a'
		case c >= 'A' && c <= 'Z':
			b[i] = 'A'
		case c >= 0x80:
			b[i] = 'x'
		}
	}
	return string(b)
}

// progression marks the numbers of the first record that number the columns:
// each follows the one before at one distance, or one number is 0 or a year.
// Where the rows do the same, none of them does.
func progression(first []string, rows [][]string) map[int]bool {
	out := map[int]bool{}
	var at []int
	var values []int64
	for c, cell := range first {
		if v, err := strconv.ParseInt(strings.TrimSpace(cell), 10, 64); err == nil {
			at, values = append(at, c), append(values, v)
		}
	}
	if !evenly(values) || slices.ContainsFunc(rows, func(r []string) bool {
		var below []int64
		for _, c := range at {
			v, err := strconv.ParseInt(strings.TrimSpace(r[c]), 10, 64)
			if err != nil {
				return false
			}
			below = append(below, v)
		}
		return evenly(below)
	}) {
		return out
	}
	for _, c := range at {
		out[c] = true
	}
	return out
}

func evenly(v []int64) bool {
	year := func(n int64) bool { return n >= 1900 && n <= 2100 }
	switch len(v) {
	case 0:
		return false
	case 1:
		return v[0] == 0 || year(v[0])
	}
	step := v[1] - v[0]
	if step == 0 || len(v) == 2 && step != 1 && step != -1 && !year(v[0]) {
		return false
	}
	for i := 2; i < len(v); i++ {
		if v[i]-v[i-1] != step {
			return false
		}
	}
	return true
}

// styled reports whether all cells are different words as programs name
// columns: customer_id, orderDate.
func styled(first []string) bool {
	seen := map[string]bool{}
	joint := false
	for _, cell := range first {
		cell = strings.TrimSpace(cell)
		if cell == "" || seen[cell] || cell[0] >= '0' && cell[0] <= '9' || strings.ContainsAny(cell, " .,:;/@") {
			return false
		}
		seen[cell] = true
		joint = joint || strings.Contains(cell, "_")
	}
	return joint
}
