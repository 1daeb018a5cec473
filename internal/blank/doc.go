// Package blank finds the blanks of a form that somebody else made (.docx) and
// fills them. A blank is found by its position and by the label beside it: a
// line of underscores, underlined spaces, empty brackets, a box to tick, an
// empty cell, a content control. Everything else of the form stays as it is, and
// the digest of this fixed text proves it.
//
// The package contains no label and no law: which label asks for which answer is
// data of the caller.
package blank
