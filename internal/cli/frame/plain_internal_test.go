package frame

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestPlain(t *testing.T) {
	const evil = "ended\x1b]0;owned\x07 \x1b[2K\rok \u009b31m \u202egnp.exe"
	var out, errs bytes.Buffer
	env := &Env{Streams: Streams{Out: &out, Err: &errs}}
	if err := env.Print(nil, func(w io.Writer) { fmt.Fprintf(w, "流转 %s\n", evil) }); err != nil {
		t.Fatal(err)
	}
	env.Say("peer says: %s", evil)
	env.Report(nil, errors.New(evil))
	for name, got := range map[string]string{"stdout": out.String(), "stderr": errs.String()} {
		if strings.ContainsAny(got, "\x1b\x07\r\u009b\u202e") {
			t.Errorf("%s moves the terminal: %q", name, got)
		}
		if !strings.Contains(got, "ended") || !strings.HasSuffix(got, "\n") {
			t.Errorf("%s lost its text: %q", name, got)
		}
	}
	if !strings.HasPrefix(out.String(), "流转 ") {
		t.Errorf("Chinese does not survive: %q", out.String())
	}
}

func TestInert(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "姓名": "姓名", "a=b": "a=b", "=1+1": "'=1+1", "+1": "'+1", "-": "'-", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1",
	} {
		if got := Inert(cell); got != want {
			t.Errorf("%q became %q", cell, got)
		}
	}
}
