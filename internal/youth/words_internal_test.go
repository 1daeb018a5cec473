package youth

import (
	"testing"

	"hutong/internal/wordstest"
)

func TestCompactAges(t *testing.T) { wordstest.Check[file](t, "ages") }
