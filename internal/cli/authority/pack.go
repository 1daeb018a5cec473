// Package authority holds the commands for authors of law as data: rule packs,
// official annexes, recognition agreements and the keys that sign them.
package authority

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
	"hutong/internal/cli/show"
	"hutong/internal/dataspace"
	"hutong/internal/packtools"
)

// Pack makes "pack"; more are subcommands of another group.
func Pack(env *frame.Env, more ...*cobra.Command) *cobra.Command {
	cmd := frame.Group("pack", "Rule packs: law as data", packList(env), packShow(env), packCheck(env), packTest(env), packDiff(env), packCompare(env),
		packMutate(env), packImport(env), packMatch(env), packSign(env), packKeygen(env))
	cmd.AddCommand(more...)
	cmd.Long = `Rule packs: law as data. A pack is a folder with pack.yaml, tests.yaml and
SOURCES.md. Without DIR these commands read the packs that are built in. DIR is a
pack's folder, or a folder with packs below it. With --data-dir or --key-file, the
files of DIR are sent to the gateway, which examines them and does not keep them.`
	cmd.Example = `  hutong pack list
  hutong pack check ./packs/sg/pdpa
  hutong pack diff old/cn/national cn/national`
	return cmd
}

func packList(env *frame.Env) *cobra.Command {
	return &cobra.Command{
		Use: "list [DIR...]", Short: "List packs with version and digest", Args: frame.Args(cobra.ArbitraryArgs),
		Long: `List packs with their version, the number of their rules and the digest that
decisions name them by.

` + frame.AtGateway,
		Example: `  hutong pack list
  hutong pack list /etc/hutong/packs --json`,
		RunE: func(cmd *cobra.Command, list []string) error {
			t, err := toolsOf(env, cmd)
			if err != nil {
				return err
			}
			out, err := t.list(cmd.Context(), list)
			if err != nil {
				return err
			}
			return env.Print(out, func(w io.Writer) {
				rows := [][]string{{env.Word("ID", "标识"), env.Word("VERSION", "版本"), env.Word("RULES", "规则"), "SHA256", env.Word("TITLE", "名称")}}
				for _, p := range out {
					rows = append(rows, []string{string(p.ID), p.Version, fmt.Sprint(p.Rules), p.SHA256.Short(), env.Text(p.Title)})
				}
				frame.Grid(w, "", rows)
			})
		},
	}
}

func packShow(env *frame.Env) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use: "show ID", Short: "Show the rules of a pack: article, confidence, text, source", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Show the rules of a pack. The confidence says how well the law behind a rule is
founded: VSS official text seen, SEC secondary source, SEC-W weak secondary
source, MEM from memory, DER derived.

` + frame.AtGateway,
		Example: `  hutong pack show cn/national --lang zh`,
		RunE: func(cmd *cobra.Command, list []string) error {
			t, err := toolsOf(env, cmd)
			if err != nil {
				return err
			}
			v, err := t.rules(cmd.Context(), dir, list[0])
			if err != nil {
				return err
			}
			return showPack(env, v)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "folder with packs; default those built in")
	return cmd
}

func dirsOf(dir string) []string {
	if dir == "" {
		return nil
	}
	return []string{dir}
}

func showPack(env *frame.Env, v packtools.Rules) error {
	return env.Print(v, func(w io.Writer) {
		fmt.Fprintf(w, "%s %s  %s\nsha256 %s\n", v.Pack.ID, v.Pack.Version, env.Text(v.Title), v.Pack.SHA256)
		for _, r := range v.Rules {
			when := ""
			if r.From != "" || r.To != "" {
				when = fmt.Sprintf("  %s – %s", r.From, r.To)
			}
			if r.Recorded != "" {
				when += env.Word("  recorded ", "  收录于 ") + r.Recorded
			}
			if r.Withdrawn != "" {
				when += env.Word("  withdrawn ", "  撤回于 ") + r.Withdrawn
			}
			fmt.Fprintf(w, "\n%s  (%s)%s\n  %s %s\n", r.ID, r.Kind, strings.TrimRight(when, " "), env.Article(r.Article, r.ArticleZH), show.Sure(env, dataspace.Confidence(r.Confidence)))
			frame.Paragraph(w, "  ", "  ", env.Text(r.Text))
			fmt.Fprintf(w, "  %s\n", r.Source)
		}
	})
}
