package words

import _ "embed"

// Headwords is how the Chinese header words of elements.yaml are read, and how
// they are written in traditional characters, one word a line. Program
// bench/fit makes it.
//
//go:embed headwords.json
var Headwords []byte
