// Package odds says what a column most likely is. The name of the column, its
// values and the other columns of the table each speak for or against an
// element, in log-odds; the package adds them up.
//
// The numbers are data, words/odds.yaml.
package odds
