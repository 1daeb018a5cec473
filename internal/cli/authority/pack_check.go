package authority

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/examine"
)

func packCheck(env *frame.Env) *cobra.Command {
	return &cobra.Command{
		Use: "check [DIR...]", Short: "Check packs: sources, texts, validity, reach, cases", Args: frame.Args(cobra.ArbitraryArgs),
		Long: `Check that every rule has article, source, confidence and text in both languages,
can apply to some flow, and has a case. Check that validities do not overlap and that
elements exist. Check of all packs together:
- they can be used together;
- no pack makes a rule of another pack unreachable;
- no two packs of one jurisdiction say different things about the same flow;
- no obligation or kind of instrument is described twice in different ways.

` + frame.AtGateway + `

Exit codes: 0 nothing found, 1 something found or nothing to check.`,
		Example: `  hutong pack check
  hutong pack check ./packs/sg/pdpa`,
		RunE: func(cmd *cobra.Command, list []string) error {
			t, err := toolsOf(env, cmd)
			if err != nil {
				return err
			}
			out, err := t.check(cmd.Context(), list)
			if err != nil {
				return err
			}
			found, checked := 0, 0
			for _, p := range out {
				found += len(p.Findings)
				checked += p.Rules
			}
			err = env.Print(out, func(w io.Writer) {
				for _, p := range out {
					mark := "✓"
					if len(p.Findings) > 0 {
						mark = "✗"
					}
					fmt.Fprintf(w, "%s %s %s: %s, %s\n", mark, p.Pack.ID, p.Pack.Version, env.Count(int64(p.Rules), "rule", "条规则"), env.Count(int64(len(p.Findings)), "finding", "个问题"))
					for _, f := range p.Findings {
						fmt.Fprintf(w, "  %s: %s [%s]\n", packPlace(p.Pack.ID, f.Rule), f.Message, f.Code)
					}
				}
			})
			return verdictOf(err, checked, found)
		},
	}
}

func packPlace(pack dataspace.PackID, rule dataspace.RuleID) string {
	if rule == "" {
		return string(pack)
	}
	return string(pack) + "/pack.yaml, " + string(rule)
}

// verdictOf returns the error of a command that checks. A check of nothing is
// also an error.
func verdictOf(err error, checked, found int) error {
	switch {
	case err != nil:
		return err
	case checked == 0:
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "pack.nothing", Message: "nothing was checked"}
	case found > 0:
		return frame.Quiet(frame.ExitFailed)
	}
	return nil
}

func packTest(env *frame.Env) *cobra.Command {
	return &cobra.Command{
		Use: "test [DIR...]", Short: "Run the cases of packs; every rule must decide one", Args: frame.Args(cobra.ArbitraryArgs),
		Long: `Run the cases of each pack's tests.yaml. Every case must come out as it says, and
every rule must decide at least one case.

` + frame.AtGateway + `

Exit codes: 0 all cases hold, 1 a case fails, a rule decides nothing, or there was
nothing to run.`,
		Example: `  hutong pack test
  hutong pack test ./packs/sg/pdpa`,
		RunE: func(cmd *cobra.Command, list []string) error {
			t, err := toolsOf(env, cmd)
			if err != nil {
				return err
			}
			out, err := t.test(cmd.Context(), list)
			if err != nil {
				return err
			}
			failed, ran := 0, 0
			for i := range out {
				ran += len(out[i].Cases)
				if !out[i].OK() {
					failed++
				}
			}
			err = env.Print(out, func(w io.Writer) {
				for _, r := range out {
					printTest(env, w, r)
				}
			})
			return verdictOf(err, ran, failed)
		},
	}
}

func printTest(env *frame.Env, w io.Writer, r examine.TestReport) {
	failures := 0
	for _, c := range r.Cases {
		if len(c.Failures) > 0 {
			failures++
		}
	}
	mark := "✓"
	if !r.OK() {
		mark = "✗"
	}
	fmt.Fprintf(w, env.Word("%s %s %s: %s, %d failed; %d of %d rules decided\n", "%s %s %s：%s，失败 %d；规则 %d/%d 条有判例\n"),
		mark, r.Pack.ID, r.Pack.Version, env.Count(int64(len(r.Cases)), "case", "个用例"), failures, len(r.Decided), len(r.Decided)+len(r.Undecided))
	if r.Err != "" {
		fmt.Fprintf(w, "  %s\n", r.Err)
	}
	for _, c := range r.Cases {
		for _, f := range c.Failures {
			fmt.Fprintf(w, "  %s/tests.yaml, %s: %s\n", r.Pack.ID, c.ID, f)
		}
	}
	for _, id := range r.Undecided {
		fmt.Fprintf(w, env.Word("  %s: no case is decided by it\n", "  %s：没有用例由其判定\n"), packPlace(r.Pack.ID, id))
	}
}
