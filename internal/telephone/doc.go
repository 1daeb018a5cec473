// Package telephone knows how telephone numbers are written: with a plus and
// the code of a country (ITU-T E.164, E.123), or as in one of the national plans
// that have a published form.
//
// Values come trimmed, in half-width characters. No function allocates or keeps
// its argument.
package telephone
