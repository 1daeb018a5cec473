package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
)

func versionCommand(env *frame.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long: `Print which program this is: version, commit, Go and platform. 'hutong --version'
prints the same. The commit is empty in a build from an archive of the source.`,
		Example: `  hutong version
  hutong version --json`,
		Args: frame.Args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return printVersion(env) },
	}
}

func printVersion(env *frame.Env) error {
	b := frame.ThisBuild()
	return env.Print(b, func(w io.Writer) { fmt.Fprintln(w, b) })
}
