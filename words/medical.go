package words

import _ "embed"

// Medical is the words by which diseases and drugs are recognised; package
// medical reads it.
//
//go:embed medical.txt
var Medical string
