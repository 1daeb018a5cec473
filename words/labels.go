package words

import _ "embed"

// Labels is the words in texts that say what a number beside them is; package
// label reads it.
//
//go:embed labels.txt
var Labels string
