package authority

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/examine"
)

// fewMutants is the number of mistakes below which the share of one pack is not
// meaningful.
const fewMutants = 20

func packMutate(env *frame.Env) *cobra.Command {
	var least int
	cmd := &cobra.Command{
		Use: "mutate [DIR...]", Short: "Test which mistakes in a pack its cases notice", Args: frame.Args(cobra.ArbitraryArgs),
		Long: `Make small mistakes in each pack, one at a time, and run its cases. A mistake replaces
an operator, moves a number or a date by one, or leaves out a rule, a demand or an
instrument. If no case notices a mistake, a case is missing, and the command names
the mistake. If no case can notice it, excuse it in tests.yaml, with the reason:

  equivalent:
  - {mutant: 'a.rule when: < -> <=', why: the two numbers never meet}

A mistake that makes the pack fail to load needs no case, because nobody can use such
a pack. These mistakes are counted separately.

` + frame.AtGateway + `

Exit codes: 0 enough mistakes are noticed, in each pack with 20 mistakes or more and
in all packs together; 1 too few, an excuse without a mistake, or nothing to try.`,
		Example: `  hutong pack mutate
  hutong pack mutate ./packs/sg/pdpa --least 100`,
		RunE: func(cmd *cobra.Command, list []string) error {
			t, err := toolsOf(env, cmd)
			if err != nil {
				return err
			}
			out, err := t.mutate(cmd.Context(), list)
			if err != nil {
				return err
			}
			failed, sum := 0, examine.MutationReport{}
			for i := range out {
				sum.Mutants += out[i].Mutants
				sum.Killed += out[i].Killed
				sum.Broken += out[i].Broken
				if tooFew(out[i], least) {
					failed++
				}
			}
			if sum.Killed*100 < least*sum.Mutants {
				failed++
			}
			err = env.Print(out, func(w io.Writer) {
				for _, r := range out {
					printMutation(env, w, r, tooFew(r, least))
				}
				fmt.Fprintf(w, env.Word("noticed %d of %d mistakes (%s); %d more left a pack that does not load\n", "共发现 %d/%d 处错误（%s）；另有 %d 处错误使规则包无法加载\n"),
					sum.Killed, sum.Mutants, share(sum), sum.Broken)
			})
			return verdictOf(err, sum.Mutants, failed)
		},
	}
	cmd.Flags().IntVar(&least, "least", 95, "`percent` of the mistakes that must be noticed")
	return cmd
}

func tooFew(r examine.MutationReport, least int) bool {
	return r.Err != "" || len(r.Stale) > 0 || r.Mutants >= fewMutants && r.Killed*100 < least*r.Mutants
}

func share(r examine.MutationReport) string {
	if r.Mutants == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", float64(r.Killed)*100/float64(r.Mutants))
}

func printMutation(env *frame.Env, w io.Writer, r examine.MutationReport, bad bool) {
	mark := "✓"
	if bad {
		mark = "✗"
	}
	fmt.Fprintf(w, env.Word("%s %s %s: noticed %d of %d (%s), %d excused, %d did not load\n", "%s %s %s：发现 %d/%d（%s），豁免 %d，无法加载 %d\n"),
		mark, r.Pack.ID, r.Pack.Version, r.Killed, r.Mutants, share(r), len(r.Excused), r.Broken)
	if r.Err != "" {
		fmt.Fprintf(w, "  %s\n", r.Err)
	}
	for _, id := range r.Survivors {
		fmt.Fprintf(w, env.Word("  not noticed: %s\n", "  未发现：%s\n"), packPlace(r.Pack.ID, dataspace.RuleID(id)))
	}
	for _, id := range r.Stale {
		fmt.Fprintf(w, env.Word("  tests.yaml excuses a mistake that does not survive, or gives no reason: %s\n", "  tests.yaml 豁免了并未存活的变异，或未说明理由：%s\n"), id)
	}
}
