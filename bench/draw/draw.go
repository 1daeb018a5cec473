// Package draw draws parts of made values: for fitting, and for texts.
package draw

import "math/rand/v2"

// Capitals are the letters of codes.
const Capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// Pick is one of a list.
func Pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// Digits are n digits.
func Digits(r *rand.Rand, n int) string { return Letters(r, n, "0123456789") }

// Letters are n of some ASCII letters.
func Letters(r *rand.Rand, n int, of string) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = of[r.IntN(len(of))]
	}
	return string(out)
}

// Date is a day of the years from one to another, no later than the 28th.
func Date(r *rand.Rand, from, to int) (y, m, d int) {
	return from + r.IntN(to-from+1), 1 + r.IntN(12), 1 + r.IntN(28)
}
