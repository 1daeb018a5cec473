package words

import _ "embed"

// Pinyin is how the Chinese header words of elements.yaml are read, one word a
// line. Program bench/fit makes it.
//
//go:embed pinyin.json
var Pinyin []byte
