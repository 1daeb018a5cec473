package cli

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"hutong/internal/cli/frame"
)

// minHelp is the minimum number of commands.
const minHelp = 65

// everyCommand calls do for each command of the program.
func everyCommand(t *testing.T, do func(t *testing.T, cmd *cobra.Command)) {
	t.Helper()
	n := 0
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		n++
		t.Run(strings.ReplaceAll(cmd.CommandPath(), " ", "-"), func(t *testing.T) { do(t, cmd) })
		for _, sub := range cmd.Commands() {
			if sub.Name() != "help" && sub.Name() != "completion" {
				visit(sub)
			}
		}
	}
	visit(program())
	if n < minHelp {
		t.Errorf("%d commands, at least %d should be there", n, minHelp)
	}
}

func program() *cobra.Command {
	return root(&frame.Env{Streams: Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}}, nil)
}

// Every command has a long description and an example.
func TestHelp(t *testing.T) {
	everyCommand(t, func(t *testing.T, cmd *cobra.Command) {
		if cmd.Short == "" || strings.TrimSpace(cmd.Long) == "" || strings.TrimSpace(cmd.Example) == "" {
			t.Errorf("short %q, long %q, example %q", cmd.Short, cmd.Long, cmd.Example)
		}
		for _, line := range strings.Split(cmd.Long, "\n") {
			if len([]rune(line)) > 100 {
				t.Errorf("a line of the help is wider than a terminal: %q", line)
			}
		}
		shown := examples(cmd.Example)
		if len(shown) == 0 {
			t.Error("the example shows no call of hutong")
		}
		own := false
		for _, words := range shown {
			found, err := called(words)
			if err != nil {
				t.Errorf("hutong %s: %v", strings.Join(words, " "), err)
				continue
			}
			path := found.CommandPath()
			own = own || path == cmd.CommandPath() || strings.HasPrefix(path, cmd.CommandPath()+" ")
		}
		if !own {
			t.Error("no example shows the command itself")
		}
	})
}

// examples returns the calls in an example, as words after "hutong".
func examples(text string) [][]string {
	var out [][]string
	for _, line := range strings.Split(strings.ReplaceAll(text, "\\\n", " "), "\n") {
		words := split(line)
		if i := slices.Index(words, "#"); i >= 0 {
			words = words[:i]
		}
		if i := slices.Index(words, ">"); i >= 0 {
			words = words[:i]
		}
		if len(words) > 0 && words[0] == "hutong" {
			out = append(out, words[1:])
		}
	}
	return out
}

// split cuts a line into words as a shell does: blanks and quotes.
func split(line string) []string {
	var out []string
	var word bytes.Buffer
	quote, open := rune(0), false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, open = r, true
		case quote == 0 && (r == ' ' || r == '\t'):
			if open {
				out = append(out, word.String())
			}
			open = false
			word.Reset()
		default:
			open = true
			word.WriteRune(r)
		}
	}
	if open {
		out = append(out, word.String())
	}
	return out
}

// called finds the command of a call, and checks its flags and arguments
// without running it.
func called(words []string) (*cobra.Command, error) {
	cmd, rest, err := program().Find(words)
	if err != nil {
		return nil, err
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return nil, cmd.FlagErrorFunc()(cmd, err)
	}
	if err := cmd.ValidateRequiredFlags(); err != nil {
		return nil, err
	}
	return cmd, cmd.ValidateArgs(cmd.Flags().Args())
}

// The functions behind the test of the examples must be able to fail.
func TestExamplesFail(t *testing.T) {
	for line, want := range map[string]string{
		"hutong profile a.csv --formt csv":                       "unknown flag --formt",
		"hutong profile a.csv b.csv":                             "accepts 1 arg",
		"hutong send a.csv --to x/y":                             `required flag(s) "purpose" not set`,
		`hutong key add "Li Wei" --role compliance --out li.key`: "",
	} {
		_, err := called(examples(line)[0])
		if got := message(err); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Every command suggests the nearest flag for a mistyped one.
func TestNearestFlag(t *testing.T) {
	everyCommand(t, func(t *testing.T, cmd *cobra.Command) {
		cmd.InitDefaultHelpFlag()
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		for _, name := range names {
			wrong := name[:len(name)-1] + "q" + name[len(name)-1:]
			err := cmd.ParseFlags([]string{"--" + wrong})
			if err == nil {
				t.Fatalf("--%s was taken", wrong)
			}
			hint := ""
			if u, ok := cmd.FlagErrorFunc()(cmd, err).(*frame.UsageError); ok {
				hint = u.Hint
			}
			if !strings.Contains(hint, "did you mean --"+name+"?") {
				t.Errorf("--%s: hint %q", wrong, hint)
			}
		}
	})
}

// TestCommandNames: each command is made by its own name.
func TestCommandNames(t *testing.T) {
	env := &frame.Env{Streams: Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}}
	for _, c := range commands() {
		if got := c.make(env); got.Name() != c.name || len(got.Aliases) > 0 {
			t.Errorf("%s makes %s, also called %q", c.name, got.Name(), got.Aliases)
		}
		if made := root(env, []string{c.name, "--help"}).Commands(); len(made) != 1 || made[0].Name() != c.name {
			t.Errorf("%s: %d commands are made", c.name, len(made))
		}
	}
	if made := root(env, []string{"no-such-command"}).Commands(); len(made) != len(commands()) {
		t.Errorf("%d commands are made for help", len(made))
	}
}
