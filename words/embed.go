// Package words holds the words that come with the program, as data: the
// elements that a column can be, and the closed vocabularies of facts. It
// holds no code; packages element and vocab read it.
package words

import _ "embed"

// Elements is elements.yaml in a form that loads in a millisecond or two; a
// test of package element writes it and compares the two.
//
//go:embed elements.json
var Elements []byte
