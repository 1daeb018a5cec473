package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hutong/internal/cli"
)

// Ctrl-C ends a profile with a message and leaves no files.
func TestProfileStopped(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	t.Setenv("HUTONG_LANG", "en")
	source := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(source, []byte("email\nann@example.com\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	code := cli.Run(ctx, []string{"profile", source}, cli.Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
	if code != 1 || out.Len() > 0 || errs.String() != "stopped; nothing was written\n" {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, out.String(), errs.String())
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
