package words

import _ "embed"

// Roles is roles.yaml in a form that loads in a millisecond; a test of package
// role writes it and compares the two.
//
//go:embed roles.json
var Roles []byte
