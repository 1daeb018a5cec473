// Package variable is the facts of a table as conditions see them: each is a
// variable of CEL with a number, and what is not known is a value of its own.
package variable
