// Package nationalid checks numbers that states give to people, by the check
// digits and dates that each format publishes. The formats of which the scanner
// of package element proves values inside a text are in that package.
//
// Values come trimmed, in half-width characters. No function allocates or keeps
// its argument.
package nationalid
