package flow

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"hutong/internal/dataspace"
)

func TestTermination(t *testing.T) {
	const secret = "/srv/payroll/2026.csv"
	open := trouble(fmt.Errorf("profile dataset staff: %w", &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "files.missing",
		Place: secret, Message: "there is no such file", Err: &fs.PathError{Op: "open", Path: secret, Err: fs.ErrNotExist}}), false)
	for name, c := range map[string]struct {
		ends dataspace.FlowState
		t    *Trouble
	}{
		"a failure":          {dataspace.Failed, open},
		"a refusal":          {dataspace.Refused, &Trouble{Code: "plan.column.looser", Message: "column " + secret}},
		"a stop":             {dataspace.Stopped, &Trouble{Code: "flow.stopped", Message: "stopped by Li Wei: " + secret}},
		"an end unexplained": {dataspace.Failed, nil},
	} {
		code, message := termination(Course{EndsAs: c.ends, Trouble: c.t})
		if code == "" || message == "" || strings.Contains(message, secret) || strings.Contains(message, "Li Wei") {
			t.Errorf("%s: the other side is told %s %q", name, code, message)
		}
	}
	own := Trouble{Code: "offer.plan", Message: "the offer names another plan"}
	if code, message := termination(Course{EndsAs: dataspace.Refused, Trouble: &own}); code != own.Code || message != own.Message {
		t.Errorf("what is wrong with their offer is told as %s %q", code, message)
	}
}
