// Package cli is the command line: it wires the commands of its groups and runs
// one call. Results go to stdout, messages to stderr.
//
// The commands are in packages by their users: law (may data leave, and which
// filings), authority (rule packs and agreements), gate (a running gateway),
// evidence and demo. Package frame holds the parts that every command needs,
// input the flags and files that several groups read, and show the output that
// several groups print.
package cli

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/cli/authority"
	"hutong/internal/cli/demo"
	"hutong/internal/cli/evidence"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/gate"
	"hutong/internal/cli/law"
)

// Streams are the input and output of a command.
type Streams = frame.Streams

// Run executes one call and returns its exit code.
func Run(ctx context.Context, args []string, s Streams) int {
	env := &frame.Env{Streams: s}
	//lint:ignore contextcheck each command works with the context of its call
	root := root(env, args)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return frame.ExitOK
	}
	return env.Report(cmd, err)
}

// root makes the program's command. It makes only the command that the arguments begin
// with, if there is one, because the flags of all of them take some milliseconds.
func root(env *frame.Env, args []string) *cobra.Command {
	var version bool
	root := &cobra.Command{
		Use:   "hutong",
		Short: "Move data lawfully across borders: profile, clear, agree, deliver, prove",
		Long: `Hutong (沪通 · 互通) is a gateway for moving data lawfully across borders.
A dataset goes one way: profile → clear → agree → deliver → prove.
The data plane enforces exactly what was cleared, column by column, and every
step leaves evidence that a regulator checks offline.`,
		Example: `  hutong demo                       # see the whole way, in a minute
  hutong profile customers.csv      # what is in it?
  hutong assess --facts facts.yaml  # may it leave, and how?
  hutong serve                      # run a gateway`,
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return frame.UnknownCommand(cmd, args[0])
			case version:
				return printVersion(env)
			}
			return cmd.Help()
		},
		Args: cobra.ArbitraryArgs,
	}
	root.SetIn(env.In)
	root.SetOut(env.Out)
	root.SetErr(env.Err)
	root.SetFlagErrorFunc(frame.FlagError)
	root.Flags().BoolVar(&version, "version", false, "print version, commit, Go and platform")
	pf := root.PersistentFlags()
	pf.BoolVar(&env.JSON, "json", false, "print the result as JSON")
	pf.BoolVar(&env.Long, "long", false, "show the whole decision: every regime, reason, obligation and question, and the plan")
	pf.BoolVar(&env.Verbose, "verbose", false, "show every reason and obligation in full, also those without an effect now")
	frame.AddChoice(pf, &env.Lang, "lang", defaultLang(), "language of legal texts: en or zh", "en", "zh")
	pf.StringVar(&env.DataDir, "data-dir", envOr("HUTONG_DATA", "hutong-data"), "the gateway's data directory [HUTONG_DATA]")
	pf.StringVar(&env.KeyFile, "key-file", os.Getenv("HUTONG_KEY_FILE"), "file with an API key; the local operator's key of the data directory by default [HUTONG_KEY_FILE]")
	list := commands()
	if at := slices.IndexFunc(list, func(c command) bool { return len(args) > 0 && c.name == args[0] }); at >= 0 {
		list = list[at : at+1]
	}
	for _, c := range list {
		root.AddCommand(c.make(env))
	}
	frame.Strict(root)
	return root
}

// command makes the command of a name.
type command struct {
	name string
	make func(*frame.Env) *cobra.Command
}

// commands are all commands, in the order of help.
func commands() []command {
	return []command{
		{"demo", func(env *frame.Env) *cobra.Command { return demo.Command(env, Run) }},
		{"sample", demo.Sample},
		{"profile", law.Profile},
		{"assess", law.Assess},
		{"incident", law.Incident},
		{"file", law.File},
		{"verify", evidence.Verify},
		{"pack", func(env *frame.Env) *cobra.Command { return authority.Pack(env, gate.Changes(env)) }},
		{"recognition", authority.Recognition},
		{"serve", gate.Serve},
		{"participant", gate.Participant},
		{"peer", gate.Peer},
		{"dataset", gate.Dataset},
		{"instrument", gate.Instrument},
		{"screen", gate.Screen},
		{"declare", gate.Declare},
		{"key", gate.Key},
		{"send", gate.Send},
		{"fetch", gate.Fetch},
		{"catalogue", gate.Catalogue},
		{"flow", gate.Flow},
		{"obligations", gate.Obligations},
		{"counts", gate.Counts},
		{"version", versionCommand},
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
