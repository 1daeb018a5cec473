package ordered

import (
	"io"
	"ordered/own" // want "import of ordered/own: one blank line stands between groups, and none within"
)

import (
	"maps"

	"slices" // want "import of slices: one blank line stands between groups, and none within"
)

var _, _, _, _ = io.EOF, own.Name, slices.Max[[]int], maps.Keys[map[int]int]
