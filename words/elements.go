package words

import _ "embed"

// Elements is elements.yaml in a form that loads in a millisecond or two; a
// test of package element writes it and compares the two.
//
//go:embed elements.json
var Elements []byte
