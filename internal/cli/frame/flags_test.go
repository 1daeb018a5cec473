package frame_test

import (
	"testing"

	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
)

func TestTri(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		args  []string
		value *bool
		given bool
		fails bool
	}{
		{nil, nil, false, false},
		{[]string{"--x"}, &yes, true, false},
		{[]string{"--x=yes"}, &yes, true, false},
		{[]string{"--x=false"}, &no, true, false},
		{[]string{"--x=unknown"}, nil, true, false},
		{[]string{"--x=perhaps"}, nil, true, true},
	} {
		var v frame.Tri
		cmd := &cobra.Command{}
		frame.AddTri(cmd, &v, "x", "")
		if err := cmd.ParseFlags(c.args); (err != nil) != c.fails {
			t.Errorf("%v: %v", c.args, err)
		}
		if v.Given != c.given || (v.Value == nil) != (c.value == nil) || v.Value != nil && *v.Value != *c.value {
			t.Errorf("%v: %v, given %v", c.args, v.String(), v.Given)
		}
		// An explicit "unknown" overrides the value of a file; a flag that is
		// not given does not.
		file := &yes
		frame.Over(&file, v)
		if c.given != (file == v.Value) && file != &yes {
			t.Errorf("%v: over a file %v", c.args, file)
		}
	}
}

func TestParseDay(t *testing.T) {
	if d, err := frame.ParseDay("--on", "2026-02-28"); err != nil || d.Format(frame.Day) != "2026-02-28" {
		t.Errorf("%v, %v", d, err)
	}
	if _, err := frame.ParseDay("--on", "2026-02-30"); err == nil || err.Error() != "--on 2026-02-30 is no day" {
		t.Errorf("%v", err)
	}
}
