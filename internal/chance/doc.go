// Package chance tells hits from coincidences.
//
// A check digit lets one number in ten pass. A column of a million order
// numbers therefore has a hundred thousand numbers that pass, and none of them
// is an identifier. The column itself says what chance gives: numbers of the
// same shape, drawn digit by digit from those that stand at the same place in
// the column, have its prefixes and dates, but no check digit on purpose. If
// far more of the real ones pass than of the drawn ones, the hits are no
// coincidence.
//
// Only different values count, so that a value that repeats proves nothing, and
// no result depends on the order in which they come.
package chance
