// Package latin says what a cell in Latin letters names: a person, a place, an
// organisation or something else. It knows words, and the letters with which
// words of each kind begin and end.
//
// The numbers are data, words/latin.bin. Program bench/fit makes them.
package latin
