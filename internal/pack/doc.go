// Package pack defines rule packs: law as data, in YAML with conditions in CEL.
// It loads and compiles packs, checks their signatures, reads the calendars and
// negative lists that they name, and gives conditions the values of facts.
//
// A fact that is absent is unknown. Conditions are evaluated in three-valued
// logic, and an answer that is not certain names the unknown values.
//
// The package decides nothing: package rules draws the conclusions from
// conditions. No jurisdiction is named here. It does no I/O beyond the fs.FS
// it is given, reads no clock and uses no randomness.
package pack
