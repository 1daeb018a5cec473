// Package declare holds what compliance officers declare for a time of a
// participant and of its datasets, fills open facts from it, and refuses what
// contradicts it (docs/adr/0028). Which facts can be declared is data.
package declare
