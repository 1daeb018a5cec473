// Package element knows what a column or a value can be: the taxonomy of data
// elements, the header words that point to them, check digits and forms of
// values, and a scanner that finds self-proving values inside text.
//
// It is pure: no I/O, no clock, no randomness. It checks single values and
// single headers; internal/profile decides what a whole column or table is. It
// contains no law: the legal flags of the taxonomy are data that others
// interpret.
package element
