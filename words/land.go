package words

import _ "embed"

// Land is where most people live, in degrees; package position reads it.
//
//go:embed land.txt
var Land string
