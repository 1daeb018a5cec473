// Package annex reads the official annex of a negative list, a spreadsheet made
// for people, and makes the items of a rule pack from it. It also finds the
// items that a dataset may be about.
//
// It never guesses: a mapping written by a person says what each column means,
// a threshold that does not parse stays unknown, and every row that gives no
// item is listed with its reason. It signs and publishes nothing, and it
// decides nothing: a person must confirm that an item matches.
package annex
