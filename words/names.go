package words

import _ "embed"

// Names is what was learnt about names of columns; package namemodel reads it
// and program bench/fit makes it.
//
//go:embed names.txt
var Names []byte
