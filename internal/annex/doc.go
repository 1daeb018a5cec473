// Package annex reads the official annex of a negative list, a spreadsheet made
// for people, and makes the items of a rule pack of it; and it finds the items
// that a dataset may be about.
//
// It never guesses: a mapping that a person wrote says which column is what, a
// threshold that does not parse stays unknown, and every row that does not
// become an item is listed with its reason. It signs and publishes nothing,
// and it decides nothing: that an item matches is for a person to confirm.
package annex
