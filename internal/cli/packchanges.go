package cli

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

func (a *app) packChanges() *cobra.Command {
	var owner string
	cmd := &cobra.Command{
		Use: "changes", Short: "Show flows that the last updates of the packs decide otherwise", Args: args(cobra.NoArgs),
		Long: `After an update of packs or agreements a gateway decides every standing flow again:
those that wait, run, or were completed this year. This shows which came out
otherwise, from what to what, and by which rules. A flow that waited was decided
anew; one that was cleared is held to the law of the day at its next fetch; what was
delivered stays delivered, and somebody must look whether more is to be done.`,
		Example: `  hutong pack changes
  hutong pack changes --of acme --json`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			var out []flow.Flow
			if err := c.call(cmd.Context(), http.MethodGet, "/packs/changes?owner="+esc(owner), nil, &out); err != nil {
				return err
			}
			return a.print(out, func(w io.Writer) {
				if len(out) == 0 {
					fmt.Fprintln(w, a.word("no flow came out otherwise", "没有流转的结论发生变化"))
				}
				for _, f := range out {
					a.printRechecks(w, f)
				}
			})
		},
	}
	cmd.Flags().StringVar(&owner, "of", "", "only this participant's")
	return cmd
}

func (a *app) printRechecks(w io.Writer, f flow.Flow) {
	fmt.Fprintf(w, "%s  %s  %s → %s/%s\n", f.ID, f.State, f.Dataset, f.Peer, f.Counterparty)
	for _, c := range f.Rechecks {
		fmt.Fprintf(w, "  %s  %s → %s\n", c.On, a.standText(c.Old), a.standText(c.New))
		if c.Plan != "" {
			a.paragraph(w, "    ", "    ", c.Plan)
		}
		if len(c.Because) > 0 {
			a.paragraph(w, "    ", "    ", a.word("by ", "依据 ")+strings.Join(namesOf(c.Because), ", "))
		}
		for _, p := range c.Packs {
			fmt.Fprintf(w, "    %s %s (sha256 %s)\n", p.ID, p.Version, p.SHA256.Short())
		}
	}
}

func (a *app) standText(s flow.Stand) string {
	var of []string
	for _, r := range s.Regimes {
		of = append(of, fmt.Sprintf("%s %s", r.Jurisdiction, a.pathwayText(r.Pathway)))
	}
	return fmt.Sprintf("%s (%s)", a.verdictText(s.Verdict), strings.Join(of, ", "))
}

// verdictMark is the verdict of a flow, and what it would be by the packs of
// now where that is something else.
func verdictMark(f flow.Flow) string {
	out := string(f.Verdict)
	if c, ok := f.Recheck(); ok {
		if c.New.Verdict != dataspace.Verdict(out) {
			return out + "≠" + string(c.New.Verdict)
		}
		return out + "≠"
	}
	return out
}
