// Package cli is the command line: one file a command, each a thin layer over
// a service or over the management API of a running gateway. Results go to
// stdout, messages to stderr.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"hutong/internal/dataspace"
)

// Exit codes; they are the same for every command.
const (
	exitOK          = 0 // done or cleared
	exitFailed      = 1
	exitUsage       = 2
	exitNotCleared  = 3 // refused, action needed, or a person must decide
	exitEvidence    = 4 // evidence does not verify
	exitUnreachable = 5 // peer unreachable
)

// Streams are what a command reads and writes.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// app is what every command shares.
type app struct {
	Streams
	json    bool
	verbose bool
	lang    string
	dataDir string
	keyFile string
}

// usageError marks an error in the words of the call.
type usageError struct {
	err  error
	hint string
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// quiet carries an exit code whose message has been printed already.
type quiet struct{ code int }

func (q quiet) Error() string { return fmt.Sprintf("exit %d", q.code) }

// Run executes one call and returns its exit code.
func Run(ctx context.Context, args []string, s Streams) int {
	a := &app{Streams: s}
	root := a.root()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	return a.report(cmd, err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "hutong",
		Short: "Move data lawfully across borders: profile, clear, agree, deliver, prove",
		Long: `Hutong (沪通 · 互通) is a gateway for moving data lawfully across borders.
A dataset goes one way: profile → clear → agree → deliver → prove.
What was cleared is what the data plane enforces, column by column, and every
step leaves evidence that a regulator checks offline.`,
		Example: `  hutong demo                       see the whole way, in a minute
  hutong profile customers.csv      what is in it?
  hutong assess --facts facts.yaml  may it leave, and how?
  hutong serve                      run a gateway`,
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return a.unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
		Args: cobra.ArbitraryArgs,
	}
	root.SetIn(a.In)
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	root.SetFlagErrorFunc(flagError)
	pf := root.PersistentFlags()
	pf.BoolVar(&a.json, "json", false, "print the result as JSON")
	pf.BoolVar(&a.verbose, "verbose", false, "say every reason and obligation in full, also those that decide or stop nothing now")
	pf.StringVar(&a.lang, "lang", defaultLang(), "language of legal texts: en or zh")
	pf.StringVar(&a.dataDir, "data-dir", envOr("HUTONG_DATA", "hutong-data"), "the gateway's data directory [HUTONG_DATA]")
	pf.StringVar(&a.keyFile, "key-file", os.Getenv("HUTONG_KEY_FILE"), "file with an API key; the local operator's key of the data directory by default [HUTONG_KEY_FILE]")
	root.AddCommand(a.commands()...)
	return root
}

// commands makes all commands, in the order of help.
func (a *app) commands() []*cobra.Command {
	return []*cobra.Command{
		a.demoCommand(),
		a.sampleCommand(),
		a.profileCommand(),
		a.assessCommand(),
		a.incidentCommand(),
		a.fileCommand(),
		a.verifyCommand(),
		a.packCommand(),
		a.recognitionCommand(),
		a.serveCommand(),
		a.participantCommand(),
		a.peerCommand(),
		a.datasetCommand(),
		a.instrumentCommand(),
		a.keyCommand(),
		a.sendCommand(),
		a.fetchCommand(),
		a.catalogueCommand(),
		a.flowCommand(),
		a.obligationsCommand(),
		a.countsCommand(),
		a.versionCommand(),
	}
}

func envOr(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

func defaultLang() string {
	for _, name := range []string{"HUTONG_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), "zh") {
				return "zh"
			}
			return "en"
		}
	}
	return "en"
}

// text picks the language a person asked for.
func (a *app) text(t dataspace.Text) string {
	if a.lang == "zh" && t.ZH != "" {
		return t.ZH
	}
	if t.EN == "" {
		return t.ZH
	}
	return t.EN
}

// print writes the result: v as JSON where it was asked for, else what human
// writes.
func (a *app) print(v any, human func(w io.Writer)) error {
	if !a.json {
		human(plain{a.Out})
		return nil
	}
	enc := json.NewEncoder(a.Out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// say writes a message for people; with --json it still goes to stderr.
func (a *app) say(format string, args ...any) {
	fmt.Fprintf(plain{a.Err}, format+"\n", args...)
}

// report prints err once and chooses the exit code.
func (a *app) report(cmd *cobra.Command, err error) int {
	var q quiet
	if errors.As(err, &q) {
		return q.code
	}
	code := exitCode(err)
	hint := dataspace.Hint(err)
	var u *usageError
	if errors.As(err, &u) {
		hint = u.hint
		if hint == "" && cmd != nil {
			hint = fmt.Sprintf("see '%s --help'", cmd.CommandPath())
		}
	}
	if a.json {
		body := map[string]any{"error": map[string]any{"message": err.Error(), "hint": hint, "code": problemCode(err), "exit": code}}
		enc := json.NewEncoder(a.Err)
		enc.SetEscapeHTML(false)
		if encErr := enc.Encode(body); encErr == nil {
			return code
		}
	}
	fmt.Fprintf(plain{a.Err}, "hutong: %v\n", err)
	if hint != "" {
		fmt.Fprintf(plain{a.Err}, "hutong: hint: %s\n", hint)
	}
	return code
}

func problemCode(err error) string {
	var p *dataspace.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

func exitCode(err error) int {
	var u *usageError
	switch {
	case errors.As(err, &u):
		return exitUsage
	case errors.Is(err, dataspace.ErrEvidence):
		return exitEvidence
	case errors.Is(err, dataspace.ErrPeerUnreachable):
		return exitUnreachable
	case errors.Is(err, dataspace.ErrNotCleared):
		return exitNotCleared
	}
	return exitFailed
}

// args wraps a cobra check so that its error counts as usage.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, list []string) error {
		if err := check(cmd, list); err != nil {
			return &usageError{err: err, hint: "usage: " + cmd.UseLine()}
		}
		return nil
	}
}

func usagef(hint, format string, list ...any) error {
	return &usageError{err: fmt.Errorf(format, list...), hint: hint}
}

func (a *app) unknownCommand(cmd *cobra.Command, name string) error {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	hint := fmt.Sprintf("see '%s --help'", cmd.CommandPath())
	if near := nearest(name, names); near != "" {
		hint = fmt.Sprintf("did you mean '%s %s'?", cmd.CommandPath(), near)
	}
	return usagef(hint, "unknown command %q", name)
}

// group is the RunE of a command that only has subcommands.
func (a *app) group(cmd *cobra.Command, list []string) error {
	if len(list) > 0 {
		return a.unknownCommand(cmd, list[0])
	}
	return cmd.Help()
}

// flagError turns pflag's error into one that suggests the nearest flag.
func flagError(cmd *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	if !errors.As(err, &missing) {
		return &usageError{err: err}
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	hint := ""
	if near := nearest(missing.GetSpecifiedName(), names); near != "" {
		hint = fmt.Sprintf("did you mean --%s?", near)
	}
	return &usageError{err: fmt.Errorf("unknown flag --%s", missing.GetSpecifiedName()), hint: hint}
}

// nearest returns the name closest to s, or "" when none is close.
func nearest(s string, names []string) string {
	best, limit := "", 1+len(s)/3
	for _, n := range names {
		if d := distance(s, n); d <= limit {
			best, limit = n, d-1
		}
	}
	return best
}

// distance is the number of single-character edits between a and b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		last := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			last, row[j] = row[j], min(row[j]+1, row[j-1]+1, last+cost)
		}
	}
	return row[len(b)]
}
