package words

import _ "embed"

// Ages is ages.yaml in a form that loads in a millisecond; a test of package
// youth writes it and compares the two.
//
//go:embed ages.json
var Ages []byte
