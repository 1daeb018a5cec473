// Package gate says which of many checks a value can pass at all, by its length
// and the kinds of its signs, so that the others need not be tried. Each check
// declares what all values that pass it have.
package gate

import "slices"

// Signs is a set of kinds of signs.
type Signs uint16

// The kinds.
const (
	Digit Signs = 1 << iota
	Upper
	Lower
	Space
	At
	Dot
	Comma
	Dash
	Slash
	Colon
	Plus
	Hiding // * and #
	Wide   // a byte of a character beyond ASCII
	Other
	endOfSigns

	Letter = Upper | Lower
	Alnum  = Letter | Digit
	Any    = endOfSigns - 1
)

const kinds = 14

var signs = func() (t [256]Signs) {
	for c := range t {
		switch {
		case c >= '0' && c <= '9':
			t[c] = Digit
		case c >= 'A' && c <= 'Z':
			t[c] = Upper
		case c >= 'a' && c <= 'z':
			t[c] = Lower
		case c >= 0x80:
			t[c] = Wide
		default:
			t[c] = Other
		}
	}
	for c, s := range map[byte]Signs{' ': Space, '@': At, '.': Dot, ',': Comma, '-': Dash, '/': Slash, ':': Colon, '+': Plus, '*': Hiding, '#': Hiding} {
		t[c] = s
	}
	return t
}()

// Of are the kinds of the signs of a value.
func Of(value []byte) (s Signs) {
	for _, c := range value {
		s |= signs[c]
	}
	return s
}

// Form is what all values have that pass a check. The zero value is that of any
// value.
type Form struct {
	Least, Most int   // bytes; Most is 0 where there is no limit
	Only        Signs // no sign is of another kind; 0 for any
	Needs       Signs // there is a sign of each kind
	Either      Signs // there is a sign of one of these kinds; 0 for any
}

// Allows reports whether a value can have the form.
func (f *Form) Allows(length int, s Signs) bool {
	return length >= f.Least && (f.Most == 0 || length <= f.Most) &&
		(f.Only == 0 || s&^f.Only == 0) && f.Needs&^s == 0 && (f.Either == 0 || s&f.Either != 0)
}

// OfWords is the form of values that are one of some words, whatever their case.
func OfWords(list []string) Form {
	f := Form{}
	for i, w := range list {
		if f.Most = max(f.Most, len(w)); i == 0 || len(w) < f.Least {
			f.Least = len(w)
		}
		s := Of([]byte(w))
		if s&Letter != 0 {
			s |= Letter
		}
		f.Only |= s
	}
	return f
}

// Set is a set of checks by number.
type Set []uint64

// Table finds the checks that a value can pass. It does not change.
type Table struct {
	lengths [longest + 1]Set // by length; the last is of all longer values
	having  [kinds]Set       // those that allow a sign of the kind
	lacking [kinds]Set       // those that need none
	either  []either
}

// either are the checks that need a sign of one of some kinds.
type either struct {
	of  Signs
	set Set
}

// longest is the length from which values are not told apart.
const longest = 64

// New makes the table of the checks that have these forms.
func New(forms []Form) *Table {
	t := &Table{}
	words := (len(forms) + 63) / 64
	sets := func(list []Set) {
		for i := range list {
			list[i] = make(Set, words)
		}
	}
	sets(t.lengths[:])
	sets(t.having[:])
	sets(t.lacking[:])
	for i := range forms {
		f := &forms[i]
		for n := range t.lengths {
			if (n >= f.Least || n == longest) && (f.Most == 0 || n <= f.Most) {
				t.lengths[n].add(i)
			}
		}
		for k := range kinds {
			if f.Only == 0 || f.Only>>k&1 != 0 {
				t.having[k].add(i)
			}
			if f.Needs>>k&1 == 0 {
				t.lacking[k].add(i)
			}
		}
		if f.Either != 0 {
			at := slices.IndexFunc(t.either, func(e either) bool { return e.of == f.Either })
			if at < 0 {
				at = len(t.either)
				t.either = append(t.either, either{f.Either, make(Set, words)})
			}
			t.either[at].set.add(i)
		}
	}
	return t
}

func (s Set) add(i int) { s[i/64] |= 1 << (i % 64) }

// Add adds to a set the checks that a value can pass, and returns it. The set is
// made if it is nil.
func (t *Table) Add(to Set, length int, s Signs) Set {
	for w, can := range t.lengths[min(length, longest)] {
		for k := range kinds {
			if s>>k&1 != 0 {
				can &= t.having[k][w]
			} else {
				can &= t.lacking[k][w]
			}
		}
		for i := range t.either {
			if s&t.either[i].of == 0 {
				can &^= t.either[i].set[w]
			}
		}
		if w == len(to) {
			to = append(to, 0)
		}
		to[w] |= can
	}
	return to
}
