package words

import _ "embed"

// Odds is odds.yaml in a form that loads in a millisecond; a test of package
// odds writes it and compares the two.
//
//go:embed odds.json
var Odds []byte
