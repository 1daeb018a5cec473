package ordered

import (
	"ordered/own"
	"strings" // want "import of strings stands after a later group"

	"unicode" // want "import of unicode stands after a later group"
)

var _, _ = strings.ToUpper(own.Name), unicode.IsUpper
