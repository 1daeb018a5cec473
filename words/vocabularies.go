package words

import _ "embed"

// Vocabularies is sectors.yaml, regions.yaml, jurisdictions.yaml and
// choices.yaml in a form that loads in a millisecond or two; a test of package
// vocab writes it and compares them.
//
//go:embed vocabularies.json
var Vocabularies []byte
