package gate

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/show"
	"hutong/internal/dataspace"
)

// Changes makes "pack changes", which asks a gateway about its flows.
func Changes(env *frame.Env) *cobra.Command {
	var owner string
	cmd := &cobra.Command{
		Use: "changes", Short: "Show flows whose verdict the last updates of the packs changed", Args: frame.Args(cobra.NoArgs),
		Long: `After an update of packs or agreements a gateway decides again every flow that waits,
runs, or was completed this year. This command shows each flow whose verdict changed,
the old and the new verdict, and the rules behind the change. A flow that waited has
the new verdict. A flow that was cleared is decided by the law of the day at its next
fetch. Delivered data stays delivered, and a person must check whether more is to be
done.`,
		Example: `  hutong pack changes
  hutong pack changes --of acme --json`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, _ []string) error {
			out, err := client.Collect(c.Flows().Rechecked(ctx, owner))
			if err != nil {
				return err
			}
			return env.Print(out, func(w io.Writer) {
				if len(out) == 0 {
					fmt.Fprintln(w, env.Word("no verdict has changed", "没有流转的结论发生变化"))
				}
				for _, f := range out {
					printRechecks(env, w, f)
				}
			})
		}),
	}
	cmd.Flags().StringVar(&owner, "of", "", "only flows of this participant")
	return cmd
}

func printRechecks(env *frame.Env, w io.Writer, f client.Flow) {
	fmt.Fprintf(w, "%s  %s  %s → %s/%s\n", f.ID, f.State, f.Dataset, f.Peer, f.Counterparty)
	for _, c := range f.Rechecks {
		fmt.Fprintf(w, "  %s  %s → %s\n", c.On, standText(env, c.Old), standText(env, c.New))
		if c.Plan != "" {
			frame.Paragraph(w, "    ", "    ", c.Plan)
		}
		if len(c.Because) > 0 {
			frame.Paragraph(w, "    ", "    ", env.Word("by ", "依据 ")+strings.Join(c.Because, ", "))
		}
		for _, p := range c.Packs {
			fmt.Fprintf(w, "    %s %s (sha256 %s)\n", p.ID, p.Version, dataspace.Digest(p.SHA256).Short())
		}
	}
}

func standText(env *frame.Env, s client.Stand) string {
	var of []string
	for _, r := range s.Regimes {
		of = append(of, fmt.Sprintf("%s %s", r.Jurisdiction, show.Pathway(env, r.Pathway)))
	}
	return fmt.Sprintf("%s (%s)", show.Verdict(env, dataspace.Verdict(s.Verdict)), strings.Join(of, ", "))
}
