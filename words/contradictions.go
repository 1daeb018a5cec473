package words

import _ "embed"

// Contradictions is contradictions.yaml: statements of facts that exclude each
// other.
//
//go:embed contradictions.yaml
var Contradictions []byte
