package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
)

func versionCommand(env *frame.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  frame.Args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			commit := ""
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						commit = s.Value
					}
				}
			}
			v := map[string]string{"version": frame.Version, "commit": commit, "go": runtime.Version()}
			return env.Print(v, func(w io.Writer) {
				fmt.Fprintf(w, "hutong %s %s %s\n", frame.Version, commit, runtime.Version())
			})
		},
	}
}
