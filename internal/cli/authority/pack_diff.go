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
	"hutong/internal/examine"
)

func packDiff(env *frame.Env) *cobra.Command {
	var factFiles []string
	cmd := &cobra.Command{
		Use: "diff A B", Short: "Show what changes for whom between two versions of a pack", Args: frame.Args(cobra.ExactArgs(2)),
		Long: `Compare two versions of a pack. Each is a folder, or the id of a pack that is built
in. The command describes in words each rule, number, date and condition that
differs, and the facts that show whom the difference concerns. Then it decides flows
under both versions: those of the packs' cases, the same flows with each count just
below, at and above each number of the law, and those of --facts.

` + frame.AtGateway + ` An id then names a pack in force.

Exit codes: 0 compared, whether or not there are differences.`,
		Example: `  hutong pack diff cn/national /etc/hutong/packs/cn/national
  hutong pack diff old/cn/national cn/national --facts flow1.yaml --facts flow2.yaml --json`,
		RunE: func(cmd *cobra.Command, list []string) error {
			t, err := toolsOf(env, cmd)
			if err != nil {
				return err
			}
			table, err := t.facts(list[1])
			if err != nil {
				return err
			}
			var facts []examine.NamedFacts
			for _, path := range factFiles {
				f, err := input.ReadFacts(env, table, path, input.When{}, nil)
				if err != nil {
					return err
				}
				facts = append(facts, examine.NamedFacts{Name: path, Facts: f})
			}
			d, err := t.diff(cmd.Context(), list[0], list[1], facts)
			if err != nil {
				return err
			}
			return env.Print(d, func(w io.Writer) { printDiff(env, w, d) })
		},
	}
	cmd.Flags().StringArrayVar(&factFiles, "facts", nil, "file with the facts of a flow to decide under both; may be repeated")
	return cmd
}

func printDiff(env *frame.Env, w io.Writer, d *contrast.Diff) {
	fmt.Fprintf(w, "%s %s (%s) → %s %s (%s)\n", d.A.ID, d.A.Version, d.A.SHA256.Short(), d.B.ID, d.B.Version, d.B.SHA256.Short())
	if len(d.Added)+len(d.Removed)+len(d.Changed)+len(d.Wording) == 0 {
		fmt.Fprintln(w, env.Word("no differences", "无差异"))
	}
	section := func(title string, list []contrast.Statement, mark string) {
		if len(list) == 0 {
			return
		}
		fmt.Fprintf(w, "\n%s\n", title)
		for _, s := range list {
			printStatement(env, w, mark, s)
		}
	}
	section(env.Word("added", "新增"), d.Added, "+")
	section(env.Word("removed", "删除"), d.Removed, "-")
	if len(d.Changed) > 0 {
		fmt.Fprintf(w, "\n%s\n", env.Word("changed", "修改"))
	}
	for _, c := range d.Changed {
		printStatement(env, w, "~", c.Statement)
		for _, f := range c.Fields {
			frame.Paragraph(w, "    · ", "      ", fieldText(env, f))
		}
	}
	if len(d.Wording) > 0 {
		ids := make([]string, len(d.Wording))
		for i, s := range d.Wording {
			ids[i] = s.ID
		}
		fmt.Fprintf(w, "\n%s\n", env.Word("only worded otherwise", "仅文字变动"))
		frame.Paragraph(w, "  ", "  ", strings.Join(ids, ", "))
	}
	fmt.Fprintf(w, env.Word("\neffects (%s flows decided under both)\n", "\n影响（按两个版本分别判定 %s 项流转）\n"), frame.Thousands(int64(d.Tried)))
	if len(d.Effects) == 0 {
		fmt.Fprintln(w, env.Word("  none of them is decided otherwise", "  结论均无变化"))
	}
	for _, e := range d.Effects {
		printEffect(env, w, e)
	}
	if d.Cut {
		fmt.Fprintln(w, env.Word("  not all flows were tried: there are too many", "  尚有流转未逐一判定"))
	}
	if len(d.Given) > 0 {
		fmt.Fprintf(w, "\n%s\n", env.Word("the flows given", "所给流转"))
	}
	for _, g := range d.Given {
		frame.Paragraph(w, "  ", "    ", fmt.Sprintf("%s (%s): %s", g.Name, show.Side(env, g.Side), turnText(env, g.Old, g.New))+byRules(env, g.Rules))
	}
}

var kindTexts = map[string]string{
	"pathway": "路径规则", "bar": "禁止性规则", "obligation": "义务", "note": "提示", "recognition": "互认", "handling": "处理要求",
	"number": "数值", "text": "官方文本", "group": "分组", "definition": "定义", "switch": "选项", "instrument": "法律文件",
	"incident": "事件时限", "side": "适用范围", "source": "来源", "pack": "规则包", "item": "清单条目", "rule": "规则",
}

func printStatement(env *frame.Env, w io.Writer, mark string, s contrast.Statement) {
	kind := s.Kind
	if zh, ok := kindTexts[kind]; ok && env.Lang == "zh" {
		kind = zh
	}
	line := kind + " " + s.ID
	if t := env.Text(s.Text); t != "" {
		line += env.Word(": ", "：") + t
	}
	frame.Paragraph(w, "  "+mark+" ", "    ", line)
	if len(s.Concerns) == 0 {
		return
	}
	what := make([]string, len(s.Concerns))
	for i, f := range s.Concerns {
		what[i] = env.Text(f.What)
	}
	frame.Paragraph(w, "    ", "    ", env.Word("concerns flows by: ", "取决于：")+strings.Join(what, env.Word("; ", "；")))
}

func fieldText(env *frame.Env, f contrast.Field) string {
	switch {
	case len(f.Added)+len(f.Removed) > 0:
		var parts []string
		if len(f.Added) > 0 {
			parts = append(parts, env.Word("also ", "增加 ")+strings.Join(f.Added, ", "))
		}
		if len(f.Removed) > 0 {
			parts = append(parts, env.Word("no longer ", "去除 ")+strings.Join(f.Removed, ", "))
		}
		return f.Key + env.Word(": ", "：") + strings.Join(parts, env.Word("; ", "；"))
	case f.Old == "":
		return fmt.Sprintf(env.Word("%s: now %s", "%s：现为 %s"), f.Key, f.New)
	case f.New == "":
		return fmt.Sprintf(env.Word("%s: no longer %s", "%s：不再为 %s"), f.Key, f.Old)
	}
	return fmt.Sprintf(env.Word("%s: from %s to %s", "%s：由 %s 改为 %s"), f.Key, f.Old, f.New)
}

func printEffect(env *frame.Env, w io.Writer, e contrast.Effect) {
	flows := fmt.Sprintf(env.Word("%s like %s", "%s，如 %s"), env.Count(int64(e.Flows), "flow", "项流转"), strings.Join(e.Like, ", "))
	switch {
	case e.Fact == "on":
		flows = fmt.Sprintf(env.Word("on %s, %s", "%s：%s"), strings.Join(e.Values, ", "), flows)
	case e.Fact != "":
		flows = fmt.Sprintf(env.Word("with %s %s: %s", "%s 为 %s：%s"), e.Fact, strings.Join(e.Values, ", "), flows)
	}
	frame.Paragraph(w, "  ▸ ", "    ", fmt.Sprintf("%s (%s): %s", flows, show.Side(env, e.Side), turnText(env, e.Old, e.New))+byRules(env, e.Rules))
}

func byRules(env *frame.Env, ids []dataspace.RuleID) string {
	if len(ids) == 0 {
		return ""
	}
	return fmt.Sprintf(env.Word(" [by %s]", "［依据 %s］"), strings.Join(frame.NamesOf(ids), ", "))
}

// turnText says how one outcome changes to another.
func turnText(env *frame.Env, old, now contrast.Outcome) string {
	if old == now {
		return outcomeText(env, now) + env.Word(", as before", "，与此前相同")
	}
	return outcomeText(env, old) + " → " + outcomeText(env, now)
}

func outcomeText(env *frame.Env, o contrast.Outcome) string {
	if o == (contrast.Outcome{}) {
		return env.Word("does not apply", "不适用")
	}
	return show.Pathway(env, o.Pathway) + env.Word(", ", "、") + show.Verdict(env, o.Verdict)
}
