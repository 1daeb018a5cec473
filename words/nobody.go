package words

import _ "embed"

// Nobody is nobody.yaml in a form that loads in a millisecond; a test of package
// nobody writes it and compares the two.
//
//go:embed nobody.json
var Nobody []byte
