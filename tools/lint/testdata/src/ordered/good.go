package ordered

import (
	"fmt"
	"os"

	"ordered/own"
)

var _ = fmt.Sprint(own.Name, os.Args)
