package input

import (
	"fmt"
	"slices"
	"strings"

	"hutong/internal/cli/frame"
	"hutong/internal/flow"
)

// CheckPurpose refuses a purpose that the rules do not know, before any work is
// done.
func CheckPurpose(s string) error {
	if slices.Contains(flow.Purposes, s) {
		return nil
	}
	hint := "one of: " + strings.Join(flow.Purposes, ", ")
	if near := frame.Nearest(s, flow.Purposes); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return frame.Usagef(hint, "unknown purpose %q", s)
}
