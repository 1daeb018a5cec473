package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/contrast"
	"hutong/internal/files"
	"hutong/internal/rules"
)

func (a *app) packCompare() *cobra.Command {
	var agreed agreementFlags
	var out string
	cmd := &cobra.Command{
		Use: "compare A B", Short: "Put two regimes side by side: who demands what, and what covers what", Args: args(cobra.ExactArgs(2)),
		Long: `Put the demands of two regimes side by side, subject by subject: each with its
article, source and confidence, and what satisfies it; what an instrument or
certificate of the one already covers of the other; and the gaps. A and B are ids of
packs that are built in, joined by commas, or folders. All of it is computed from the
packs and the agreements given.`,
		Example: `  hutong pack compare cn/national sg/pdpa
  hutong pack compare cn/national sg/pdpa --recognition papers.yaml --out compare.md`,
		RunE: func(_ *cobra.Command, list []string) error {
			x, err := regimeNamed(list[0])
			if err != nil {
				return err
			}
			y, err := regimeNamed(list[1])
			if err != nil {
				return err
			}
			agreements, err := agreed.load(a)
			if err != nil {
				return err
			}
			c, err := contrast.Compare(x, y, agreements)
			if err != nil {
				return err
			}
			if out != "" {
				if err := files.WriteFile(out, c.Markdown(), 0o644); err != nil {
					return err
				}
				a.say(a.word("wrote %s", "已写入 %s"), out)
			}
			return a.print(c, func(w io.Writer) {
				if out == "" {
					a.printComparison(w, c)
				}
			})
		},
	}
	agreed.add(cmd)
	cmd.Flags().StringVar(&out, "out", "", "write the paper, in both languages, as Markdown to this file")
	return cmd
}

// regimeNamed loads the packs that a word names: a folder, or ids joined by
// commas.
func regimeNamed(name string) ([]*rules.Pack, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return loadPacks([]string{name})
	}
	var out []*rules.Pack
	for _, id := range strings.Split(name, ",") {
		p, err := packNamed(id)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func (a *app) printComparison(w io.Writer, c *contrast.Comparison) {
	fmt.Fprintf(w, "%s · %s\n", c.SideName("a"), c.SideName("b"))
	a.paragraph(w, "", "", a.text(contrast.Caution))
	for _, r := range c.Rows {
		fmt.Fprintf(w, "\n%s\n", strings.ToUpper(a.text(r.Title)))
		for _, d := range r.A {
			a.printDemand(w, c.SideName("a"), d)
		}
		for _, d := range r.B {
			a.printDemand(w, c.SideName("b"), d)
		}
		for _, v := range r.Covers {
			a.paragraph(w, "  ⇄ ", "    ", fmt.Sprintf("%s; %s [%s]", v.Text(c, a.lang), v.Article, v.Confidence))
		}
		for _, g := range r.Gaps {
			a.paragraph(w, "  ! ", "    ", g.Text(c, a.lang))
		}
	}
}

func (a *app) printDemand(w io.Writer, whose string, d contrast.Demand) {
	a.paragraph(w, "  ", "    ", fmt.Sprintf("%s  %s (%s): %s", whose, d.ID, d.What(a.lang), a.text(d.DemandInfo.Text)))
	days := ""
	if d.From != "" || d.To != "" {
		days = fmt.Sprintf("  %s – %s", d.From, d.To)
	}
	fmt.Fprintf(w, "    %s [%s]%s  %s\n", d.Article, d.Confidence, days, d.Source)
	if ways := d.Ways(a.text); len(ways) > 0 {
		a.paragraph(w, "    ", "    ", a.word("by ", "凭 ")+strings.Join(ways, a.word("; ", "；")))
	}
}
