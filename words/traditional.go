package words

import _ "embed"

// Traditional is pairs of a traditional and a simplified Chinese character;
// package hanzi reads it.
//
//go:embed traditional.txt
var Traditional string
