// Package bar is about law that concerns some flows only, such as that of a sector
// or of a kind of data: which of its open questions are asked first, and what a
// decision says of the law at which it did not look.
package bar
