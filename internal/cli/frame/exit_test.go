package frame_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
)

// Every kind of error has its exit code, whether it is local or from a gateway,
// and also after wrapping.
func TestExitCodes(t *testing.T) {
	refused := func(kind string) error { return &client.Error{Kind: kind, Code: "x.y", Message: "no", Hint: "try"} }
	here := func(kind error) error {
		return &dataspace.Problem{Kind: kind, Code: "x.y", Message: "no", Hint: "try"}
	}
	for _, c := range []struct {
		name       string
		err        error
		want       int
		code, hint string
	}{
		{"plain", errors.New("no"), 1, "", ""},
		{"usage", frame.Usagef("try", "no"), 2, "", "try"},
		{"quiet", frame.Quiet(3), 3, "", ""},
		{"invalid", here(dataspace.ErrInvalid), 1, "x.y", "try"},
		{"not-cleared", here(dataspace.ErrNotCleared), 3, "x.y", "try"},
		{"evidence", here(dataspace.ErrEvidence), 4, "x.y", "try"},
		{"peer", here(dataspace.ErrPeerUnreachable), 5, "x.y", "try"},
		{"refused-denied", refused("denied"), 1, "x.y", "try"},
		{"refused-not-cleared", refused("not_cleared"), 3, "x.y", "try"},
		{"refused-evidence", refused("evidence"), 4, "x.y", "try"},
		{"refused-peer", refused("peer_unreachable"), 5, "x.y", "try"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, err := range []error{c.err, fmt.Errorf("do it: %w", c.err)} {
				var errs bytes.Buffer
				env := &frame.Env{Streams: frame.Streams{Out: io.Discard, Err: &errs}, JSON: true}
				if got := env.Report(nil, err); got != c.want {
					t.Errorf("exit code %d, want %d", got, c.want)
				}
				if c.name == "quiet" {
					if errs.Len() > 0 {
						t.Errorf("said %q", errs.String())
					}
					continue
				}
				var said struct {
					Error struct {
						Message, Hint, Code string
						Exit                int
					}
				}
				if err := json.Unmarshal(errs.Bytes(), &said); err != nil {
					t.Fatal(err)
				}
				if e := said.Error; e.Code != c.code || e.Hint != c.hint || e.Exit != c.want || !strings.Contains(e.Message, "no") {
					t.Errorf("said %+v", e)
				}
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	_, err := os.Open("no-such-file")
	if err = frame.Unreadable("no-such-file", err); !errors.Is(err, dataspace.ErrNotFound) || err.Error() != "no-such-file: there is no such file" {
		t.Errorf("%v", err)
	}
	if err := frame.Unreadable("x", os.ErrPermission); !errors.Is(err, dataspace.ErrUnavailable) || !errors.Is(err, os.ErrPermission) {
		t.Errorf("%v", err)
	}
}

// Without --json a person gets the message and, below it, the hint.
func TestReportForPeople(t *testing.T) {
	var errs bytes.Buffer
	env := &frame.Env{Streams: frame.Streams{Out: io.Discard, Err: &errs}}
	env.Report(nil, frame.Usagef("try that", "no"))
	if got := errs.String(); got != "hutong: no\nhutong: hint: try that\n" {
		t.Errorf("%q", got)
	}
}
