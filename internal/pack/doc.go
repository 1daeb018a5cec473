// Package pack is what a rule pack is: law as data, in YAML with conditions in
// CEL. It loads and compiles packs, checks their signatures, reads the calendars
// and negative lists that they name, and gives conditions the values of facts.
//
// A fact that is absent is unknown: conditions are evaluated in three-valued
// logic, and an answer that is not certain names what it hangs on.
//
// The package decides nothing: what follows when a condition holds is for
// package rules. No jurisdiction is named here. It does no I/O beyond the fs.FS
// it is given, reads no clock and uses no randomness.
package pack
