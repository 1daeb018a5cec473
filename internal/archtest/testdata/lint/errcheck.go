package lint

import "os"

func plantedError() { os.Remove("nothing") }
