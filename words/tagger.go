package words

import _ "embed"

// Tagger is what was learnt about names in texts; package tagger reads it and
// program bench/fit makes it.
//
//go:embed tagger.bin
var Tagger []byte
