package input_test

import (
	"strings"
	"testing"

	"hutong/internal/cli/input"
)

// An error about a file that is no file of facts holds its place, and no line of
// it: the path may be that of another file by mistake.
func TestNoExcerpt(t *testing.T) {
	_, err := input.ReadValues("x.yaml", []byte("a: 1\nb: [secret-of-somebody\nc: }\n"))
	if err == nil || strings.Contains(err.Error(), "secret-of-somebody") || !strings.Contains(err.Error(), "x.yaml:") {
		t.Errorf("%v", err)
	}
}
