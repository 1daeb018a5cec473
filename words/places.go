package words

import _ "embed"

// Places is places.yaml in a form that loads in a millisecond; a test of package
// element writes it and compares the two.
//
//go:embed places.json
var Places []byte
