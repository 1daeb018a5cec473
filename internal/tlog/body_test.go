package tlog_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/tlog"
)

// A checkpoint without signatures is read as it was written.
func TestBody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := tlog.Checkpoint{Origin: rapid.StringMatching(`[a-z][a-z0-9./-]{0,20}`).Draw(t, "origin"), Size: rapid.Uint64Range(1, 1<<62).Draw(t, "size")}
		copy(c.Root[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "root"))
		if got, err := tlog.ParseBody(c.Body()); err != nil || got != c {
			t.Fatalf("%+v became %+v (%v)", c, got, err)
		}
	})
	empty := tlog.Checkpoint{Origin: "here/log", Root: tlog.EmptyRoot()}
	if got, err := tlog.ParseBody(empty.Body()); err != nil || got != empty {
		t.Errorf("the empty tree became %+v (%v)", got, err)
	}
}

// Whatever is not exactly a checkpoint is refused.
func TestBodyIsStrict(t *testing.T) {
	whole := tlog.Checkpoint{Origin: "here/log", Size: 7, Root: tlog.EmptyRoot()}.Body()
	for name, text := range map[string]string{
		"nothing":            "",
		"no origin":          strings.TrimPrefix(whole, "here/log"),
		"two lines":          "here/log\n7\n",
		"leading zero":       strings.Replace(whole, "\n7\n", "\n07\n", 1),
		"no number":          strings.Replace(whole, "\n7\n", "\nseven\n", 1),
		"short root":         "here/log\n7\nAAAA\n",
		"root of no base64":  "here/log\n7\n!\n",
		"more lines":         whole + "more\n",
		"no last line break": strings.TrimSuffix(whole, "\n"),
		"signed":             whole + "\n— here/log AAAA\n",
		"empty with a root":  "here/log\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
	} {
		if c, err := tlog.ParseBody(text); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: read as %+v (%v)", name, c, err)
		}
	}
}

func FuzzParseBody(f *testing.F) {
	f.Add(tlog.Checkpoint{Origin: "here/log", Size: 7, Root: tlog.EmptyRoot()}.Body())
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := tlog.ParseBody(text); err == nil && c.Body() != text {
			t.Errorf("%q is read as %q", text, c.Body())
		}
	})
}
