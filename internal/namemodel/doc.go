// Package namemodel says which elements the name of a column speaks for, as
// learnt from the fields of published interfaces and what their documentation
// calls them. It knows parts of names that are no header word of an element.
//
// The numbers are data, words/names.txt. Program bench/fit makes them.
package namemodel
