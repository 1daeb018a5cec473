// Package outline says what the values of a column look like, without a value:
// patterns of digits, letters and signs with their usual lengths. A person's
// word on a column is bound to it.
package outline

import (
	"cmp"
	"math"
	"slices"
	"unicode"
	"unicode/utf8"

	"hutong/internal/dataspace"
)

// Text is the pattern of a value with more than maxRuns changes of kind.
const Text = "text"

const (
	maxRuns  = 8
	maxForms = 6
	// rare is the share of a pattern that is left out, and of the shortest and
	// longest values that do not count for the length of a pattern.
	rare = .02
	// common is the share from which a pattern must have been there before.
	common = .2
)

// Value is what one value looks like.
type Value struct {
	Pattern string
	Length  int // in characters
}

// Of reads a trimmed value.
func Of(cell []byte) Value {
	v := Value{Length: utf8.RuneCount(cell)}
	var pattern [maxRuns]rune
	n := 0
	for rest := cell; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		rest = rest[size:]
		k := kind(r)
		if n > 0 && pattern[n-1] == k {
			continue
		}
		if n == maxRuns {
			v.Pattern = Text
			return v
		}
		pattern[n], n = k, n+1
	}
	v.Pattern = string(pattern[:n])
	return v
}

// kind is the sign for a character in a pattern. Signs stand for themselves only
// if they are ASCII, so that a pattern cannot spell a word.
func kind(r rune) rune {
	switch {
	case r >= '0' && r <= '9':
		return '9'
	case r|0x20 >= 'a' && r|0x20 <= 'z':
		return 'A'
	case r > ' ' && r < 0x7F:
		return r
	case unicode.Is(unicode.Han, r):
		return '字'
	case unicode.IsLetter(r), unicode.IsMark(r):
		return 'L'
	case unicode.IsDigit(r):
		return '9'
	case unicode.IsSpace(r):
		return ' '
	}
	return '·'
}

// Forms sums up values, each with the number of its rows: the most frequent
// patterns first.
func Forms(rows map[Value]int64) []dataspace.Form {
	all := int64(0)
	by := map[string][]Value{}
	for v, n := range rows {
		all += n
		by[v.Pattern] = append(by[v.Pattern], v)
	}
	var out []dataspace.Form
	for pattern, list := range by {
		slices.SortFunc(list, func(a, b Value) int { return cmp.Compare(a.Length, b.Length) })
		total := int64(0)
		for _, v := range list {
			total += rows[v]
		}
		share := float64(total) / float64(all)
		if share < rare {
			continue
		}
		out = append(out, dataspace.Form{Pattern: pattern, Least: quantile(list, rows, rare, total), Most: quantile(list, rows, 1-rare, total), Share: math.Round(share*100) / 100})
	}
	slices.SortFunc(out, func(a, b dataspace.Form) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Pattern, b.Pattern))
	})
	return out[:min(len(out), maxForms)]
}

// quantile is the length that a share of the rows does not exceed. The list is
// in order of length.
func quantile(list []Value, rows map[Value]int64, share float64, total int64) int {
	seen := int64(0)
	for _, v := range list {
		if seen += rows[v]; float64(seen) > share*float64(total) {
			return v.Length
		}
	}
	return list[len(list)-1].Length
}

// Same reports whether a column with the forms now looks as it did then: each
// common form was there, with an overlapping length. A column without values
// looks like any other.
func Same(then, now []dataspace.Form) bool {
	return !slices.ContainsFunc(now, func(f dataspace.Form) bool {
		return f.Share >= common && !slices.ContainsFunc(then, func(o dataspace.Form) bool {
			return o.Pattern == f.Pattern && o.Least <= f.Most && f.Least <= o.Most
		})
	})
}
