package words

import _ "embed"

// Facts is facts.yaml in a form that loads in a millisecond or two; a test of
// package fact writes it and compares the two.
//
//go:embed facts.json
var Facts []byte
