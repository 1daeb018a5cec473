package frame

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Args wraps a cobra check so that its error counts as usage.
func Args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, list []string) error {
		if err := check(cmd, list); err != nil {
			return &UsageError{Err: err, Hint: "usage: " + cmd.UseLine()}
		}
		return nil
	}
}

// Usagef makes an error of usage; without a hint the help of the command is named.
func Usagef(hint, format string, list ...any) error {
	return &UsageError{Err: fmt.Errorf(format, list...), Hint: hint}
}

// UnknownCommand says that a command has no subcommand of this name, and suggests
// the nearest.
func UnknownCommand(cmd *cobra.Command, name string) error {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	hint := fmt.Sprintf("see '%s --help'", cmd.CommandPath())
	if near := Nearest(name, names); near != "" {
		hint = fmt.Sprintf("did you mean '%s %s'?", cmd.CommandPath(), near)
	}
	return Usagef(hint, "unknown command %q", name)
}

// groupHelp is the RunE of a command that only has subcommands.
func groupHelp(cmd *cobra.Command, list []string) error {
	if len(list) > 0 {
		return UnknownCommand(cmd, list[0])
	}
	return cmd.Help()
}

// FlagError turns pflag's error into one that suggests the nearest flag.
func FlagError(cmd *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	if !errors.As(err, &missing) {
		var said *UsageError // the flag itself knows what to do
		if errors.As(err, &said) {
			return &UsageError{Err: err, Hint: said.Hint}
		}
		return &UsageError{Err: err}
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	hint := ""
	if near := Nearest(missing.GetSpecifiedName(), names); near != "" {
		hint = fmt.Sprintf("did you mean --%s?", near)
	}
	return &UsageError{Err: fmt.Errorf("unknown flag --%s", missing.GetSpecifiedName()), Hint: hint}
}

// Group makes a command of subcommands.
func Group(use, short string, subs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.ArbitraryArgs, RunE: groupHelp}
	cmd.AddCommand(subs...)
	return cmd
}
