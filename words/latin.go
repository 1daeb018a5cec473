package words

import _ "embed"

// Latin is what was learnt about cells in Latin letters; package latin reads it
// and program bench/fit makes it.
//
//go:embed latin.bin
var Latin []byte
