package authority

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/cli/show"
	"hutong/internal/contrast"
	"hutong/internal/dataspace"
	"hutong/internal/files"
)

func packCompare(env *frame.Env) *cobra.Command {
	var agreed input.Agreements
	var out string
	cmd := &cobra.Command{
		Use: "compare A B", Short: "Compare two regimes: what each demands, and what covers it", Args: frame.Args(cobra.ExactArgs(2)),
		Long: `Compare the demands of two regimes, subject by subject: each demand with its article,
source and confidence, and what satisfies it. Show which demands of one regime an
instrument or certificate of the other already covers, and which remain. A and B are
folders, or ids of packs that are built in, joined by commas. The result is computed
from the packs and the agreements given.

` + frame.AtGateway + ` An id then names a pack in force.`,
		Example: `  hutong pack compare cn/national sg/pdpa
  hutong pack compare cn/national sg/pdpa --recognition papers.yaml --out compare.md`,
		RunE: func(cmd *cobra.Command, list []string) error {
			t, err := toolsOf(env, cmd)
			if err != nil {
				return err
			}
			c, err := t.compare(cmd.Context(), list[0], list[1], agreed)
			if err != nil {
				return err
			}
			if out != "" {
				if err := files.WriteFile(out, c.Markdown(), 0o644); err != nil {
					return err
				}
				env.Say(env.Word("wrote %s", "已写入 %s"), out)
			}
			return env.Print(c, func(w io.Writer) {
				if out == "" {
					printComparison(env, w, c)
				}
			})
		},
	}
	agreed.Add(cmd)
	cmd.Flags().StringVar(&out, "out", "", "write the comparison to this file, as Markdown in both languages")
	return cmd
}

func printComparison(env *frame.Env, w io.Writer, c *contrast.Comparison) {
	fmt.Fprintf(w, "%s · %s\n", c.SideName("a"), c.SideName("b"))
	frame.Paragraph(w, "", "", env.Text(contrast.Caution))
	for _, r := range c.Rows {
		fmt.Fprintf(w, "\n%s\n", strings.ToUpper(env.Text(r.Title)))
		for _, d := range r.A {
			printDemand(env, w, c.SideName("a"), d)
		}
		for _, d := range r.B {
			printDemand(env, w, c.SideName("b"), d)
		}
		for _, v := range r.Covers {
			frame.Paragraph(w, "  ⇄ ", "    ", fmt.Sprintf("%s; %s %s", v.Text(c, env.Lang), v.Article, show.Sure(env, dataspace.Confidence(v.Confidence))))
		}
		for _, g := range r.Gaps {
			frame.Paragraph(w, "  ! ", "    ", g.Text(c, env.Lang))
		}
	}
}

func printDemand(env *frame.Env, w io.Writer, whose string, d contrast.Demand) {
	frame.Paragraph(w, "  ", "    ", fmt.Sprintf("%s  %s (%s): %s", whose, d.ID, d.What(env.Lang), env.Text(d.DemandInfo.Text)))
	days := ""
	if d.From != "" || d.To != "" {
		days = fmt.Sprintf("  %s – %s", d.From, d.To)
	}
	fmt.Fprintf(w, "    %s %s%s  %s\n", env.Article(d.Article, d.ArticleZH), show.Sure(env, dataspace.Confidence(d.Confidence)), days, d.Source)
	if ways := d.Ways(env.Text); len(ways) > 0 {
		frame.Paragraph(w, "    ", "    ", env.Word("by ", "凭 ")+strings.Join(ways, env.Word("; ", "；")))
	}
}
