package show_test

import (
	"bytes"
	"strings"
	"testing"

	"hutong/internal/cli/frame"
	"hutong/internal/cli/show"
	"hutong/internal/dataspace"
)

// TestProvisionalDay: a day that is only the earliest possible one is not shown as
// the deadline, nor is an obligation overdue for certain after it.
func TestProvisionalDay(t *testing.T) {
	day := "2027-01-06"
	for _, c := range []struct {
		lang        string
		provisional bool
		due, late   string
	}{
		{"en", false, "due 2027-01-06\n", "! overdue"},
		{"en", true, "due 2027-01-06 at the earliest\n", "! may be overdue"},
		{"zh", false, "期限 2027-01-06\n", "! 已逾期"},
		{"zh", true, "期限最早为 2027-01-06\n", "! 可能已逾期"},
	} {
		env := &frame.Env{Lang: c.lang}
		var b bytes.Buffer
		show.Obligation(env, &b, dataspace.Obligation{ID: "xx.file", Due: &day, Provisional: c.provisional, Text: dataspace.Text{EN: "file it", ZH: "备案"}})
		if !strings.Contains(b.String(), c.due) {
			t.Errorf("%q, want %q", b.String(), c.due)
		}
		if got := show.Overdue(env, c.provisional); got != c.late {
			t.Errorf("%q, want %q", got, c.late)
		}
	}
}
