package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"hutong/internal/cli/frame"
)

// Every flag with one value is refused when it is given twice; a new flag falls
// under this by itself.
func TestFlagsOnce(t *testing.T) {
	n := 0
	everyCommand(t, func(t *testing.T, cmd *cobra.Command) {
		cmd.InheritedFlags() // merges those of the parents
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if _, several := f.Value.(pflag.SliceValue); several || f.Name == "help" {
				return
			}
			if r, ok := f.Value.(interface{ Repeats() bool }); ok && r.Repeats() {
				return
			}
			n++
			v := f.DefValue
			for _, try := range []string{v, "true", "1", "en", "waiting_review"} {
				if v = try; f.Value.Set(v) == nil {
					break
				}
			}
			if err := f.Value.Set(v); err == nil || !strings.Contains(err.Error(), "more than once") {
				t.Errorf("--%s twice: %v", f.Name, err)
			}
		})
	})
	if n < 200 {
		t.Errorf("%d flags tried", n)
	}
}

// Slips are errors of usage that name what was meant, before anything is done.
func TestSlips(t *testing.T) {
	for _, c := range []struct{ call, says, hint string }{
		{"flow list --state waiting_reviw", `"waiting_reviw" is not known`, "did you mean waiting_review?"},
		{"flow list --lang fr", `"fr" is not known`, "one of: en, zh"},
		{"flow list --state failed --state stopped", "more than once", ""},
		{"flow list --of a --of b", "more than once", ""},
		{"flow list --json --json", "more than once", ""},
		{"file questions", `required flag(s) "kind" not set`, "see 'hutong file questions --help'"},
		{"send x.csv --to a/b --purpose business --waybill no-such-folder/w", "there is no folder no-such-folder", "make it first"},
		{"fetch a/b/c --purpose business --waybill testdata", "is a folder", ""},
	} {
		var out, errs bytes.Buffer
		t.Setenv("HUTONG_DATA", t.TempDir())
		code := Run(t.Context(), strings.Fields(c.call), frame.Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
		if code != 2 || !strings.Contains(errs.String(), c.says) || !strings.Contains(errs.String(), c.hint) {
			t.Errorf("%s: exit %d, %s", c.call, code, &errs)
		}
	}
}
