package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/contrast"
	"hutong/internal/dataspace"
	"hutong/internal/examine"
	"hutong/internal/rules"
	"hutong/packs"
)

// packNamed loads the one pack that a word names: a folder, or the id of one
// that is built in.
func packNamed(name string) (*rules.Pack, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		list, err := loadPackDir(name)
		if err != nil {
			return nil, err
		}
		if len(list) != 1 {
			return nil, usagef("name the folder that holds pack.yaml", "%s holds %d packs, not one", name, len(list))
		}
		return list[0], nil
	}
	all, err := rules.LoadAll(packs.FS)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(all))
	for i, p := range all {
		if ids[i] = string(p.Ref().ID); ids[i] == name {
			return p, nil
		}
	}
	hint := "give a folder, or one of " + strings.Join(ids, ", ")
	if near := nearest(name, ids); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "pack.unknown", Place: name, Message: "is neither a folder nor a pack that is built in", Hint: hint}
}

// below is what a pack overlays, where it stands among the built-in ones.
func below(list ...*rules.Pack) ([]*rules.Pack, error) {
	for _, p := range list {
		if p.Overlays() != "" {
			base, err := packNamed(string(p.Overlays()))
			return []*rules.Pack{base}, err
		}
	}
	return nil, nil
}

func (a *app) packDiff() *cobra.Command {
	var factFiles []string
	cmd := &cobra.Command{
		Use: "diff A B", Short: "Say what changes for whom between two versions of a pack", Args: args(cobra.ExactArgs(2)),
		Long: `Compare two versions of a pack, each the id of one that is built in or a folder.
Rules, numbers, dates and conditions that are different are said in words, with
the facts by which it is known whom they concern. Then flows are decided under
both: those of the packs' cases, the same with each count just below, at and
above each number of the law, and those of --facts.

Exit codes: 0 compared, whether or not there are differences.`,
		Example: `  hutong pack diff cn/national /etc/hutong/packs/cn/national
  hutong pack diff old/cn/national cn/national --facts flow1.yaml --facts flow2.yaml --json`,
		RunE: func(_ *cobra.Command, list []string) error {
			x, err := packNamed(list[0])
			if err != nil {
				return err
			}
			y, err := packNamed(list[1])
			if err != nil {
				return err
			}
			var o contrast.Options
			if o.With, err = below(x, y); err != nil {
				return err
			}
			for _, path := range factFiles {
				f, err := a.readFacts(path, "", "")
				if err != nil {
					return err
				}
				o.Facts = append(o.Facts, examine.NamedFacts{Name: path, Facts: f})
			}
			d, err := contrast.Compute(x, y, o)
			if err != nil {
				return err
			}
			return a.print(d, func(w io.Writer) { a.printDiff(w, d) })
		},
	}
	cmd.Flags().StringArrayVar(&factFiles, "facts", nil, "file with the facts of a flow to decide under both; may be repeated")
	return cmd
}

func (a *app) printDiff(w io.Writer, d *contrast.Diff) {
	fmt.Fprintf(w, "%s %s (%s) → %s %s (%s)\n", d.A.ID, d.A.Version, d.A.SHA256.Short(), d.B.ID, d.B.Version, d.B.SHA256.Short())
	if len(d.Added)+len(d.Removed)+len(d.Changed)+len(d.Wording) == 0 {
		fmt.Fprintln(w, a.word("no differences", "无差异"))
	}
	section := func(title string, list []contrast.Statement, mark string) {
		if len(list) == 0 {
			return
		}
		fmt.Fprintf(w, "\n%s\n", title)
		for _, s := range list {
			a.printStatement(w, mark, s)
		}
	}
	section(a.word("added", "新增"), d.Added, "+")
	section(a.word("removed", "删除"), d.Removed, "-")
	if len(d.Changed) > 0 {
		fmt.Fprintf(w, "\n%s\n", a.word("changed", "修改"))
	}
	for _, c := range d.Changed {
		a.printStatement(w, "~", c.Statement)
		for _, f := range c.Fields {
			a.paragraph(w, "    · ", "      ", a.fieldText(f))
		}
	}
	if len(d.Wording) > 0 {
		ids := make([]string, len(d.Wording))
		for i, s := range d.Wording {
			ids[i] = s.ID
		}
		fmt.Fprintf(w, "\n%s\n", a.word("only worded otherwise", "仅文字变动"))
		a.paragraph(w, "  ", "  ", strings.Join(ids, ", "))
	}
	fmt.Fprintf(w, a.word("\nwhat it means (%s flows decided under both)\n", "\n影响（按两个版本分别判定 %s 项流转）\n"), thousands(int64(d.Tried)))
	if len(d.Effects) == 0 {
		fmt.Fprintln(w, a.word("  none of them is decided otherwise", "  结论均无变化"))
	}
	for _, e := range d.Effects {
		a.printEffect(w, e)
	}
	if d.Cut {
		fmt.Fprintln(w, a.word("  there were more flows to try than were tried", "  尚有流转未逐一判定"))
	}
	if len(d.Given) > 0 {
		fmt.Fprintf(w, "\n%s\n", a.word("the flows given", "所给流转"))
	}
	for _, g := range d.Given {
		a.paragraph(w, "  ", "    ", fmt.Sprintf("%s (%s): %s", g.Name, a.sideText(g.Side), a.turnText(g.Old, g.New))+a.byRules(g.Rules))
	}
}

var kindTexts = map[string]string{
	"pathway": "路径规则", "bar": "禁止性规则", "obligation": "义务", "note": "提示", "recognition": "互认", "handling": "处理要求",
	"number": "数值", "text": "官方文本", "group": "分组", "definition": "定义", "switch": "选项", "instrument": "法律文件",
	"incident": "事件时限", "side": "适用范围", "source": "来源", "pack": "规则包", "item": "清单条目", "rule": "规则",
}

func (a *app) printStatement(w io.Writer, mark string, s contrast.Statement) {
	kind := s.Kind
	if zh, ok := kindTexts[kind]; ok && a.lang == "zh" {
		kind = zh
	}
	line := kind + " " + s.ID
	if t := a.text(s.Text); t != "" {
		line += a.word(": ", "：") + t
	}
	a.paragraph(w, "  "+mark+" ", "    ", line)
	if len(s.Concerns) == 0 {
		return
	}
	what := make([]string, len(s.Concerns))
	for i, f := range s.Concerns {
		what[i] = a.text(f.What)
	}
	a.paragraph(w, "    ", "    ", a.word("concerns flows by: ", "取决于：")+strings.Join(what, a.word("; ", "；")))
}

func (a *app) fieldText(f contrast.Field) string {
	switch {
	case len(f.Added)+len(f.Removed) > 0:
		var parts []string
		if len(f.Added) > 0 {
			parts = append(parts, a.word("also ", "增加 ")+strings.Join(f.Added, ", "))
		}
		if len(f.Removed) > 0 {
			parts = append(parts, a.word("no longer ", "去除 ")+strings.Join(f.Removed, ", "))
		}
		return f.Key + a.word(": ", "：") + strings.Join(parts, a.word("; ", "；"))
	case f.Old == "":
		return fmt.Sprintf(a.word("%s: now %s", "%s：现为 %s"), f.Key, f.New)
	case f.New == "":
		return fmt.Sprintf(a.word("%s: no longer %s", "%s：不再为 %s"), f.Key, f.Old)
	}
	return fmt.Sprintf(a.word("%s: from %s to %s", "%s：由 %s 改为 %s"), f.Key, f.Old, f.New)
}

func (a *app) printEffect(w io.Writer, e contrast.Effect) {
	flows := fmt.Sprintf(a.word("%s like %s", "%s，如 %s"), a.count(int64(e.Flows), "flow", "项流转"), strings.Join(e.Like, ", "))
	switch {
	case e.Fact == "on":
		flows = fmt.Sprintf(a.word("on %s, %s", "%s：%s"), strings.Join(e.Values, ", "), flows)
	case e.Fact != "":
		flows = fmt.Sprintf(a.word("with %s %s: %s", "%s 为 %s：%s"), e.Fact, strings.Join(e.Values, ", "), flows)
	}
	a.paragraph(w, "  ▸ ", "    ", fmt.Sprintf("%s (%s): %s", flows, a.sideText(e.Side), a.turnText(e.Old, e.New))+a.byRules(e.Rules))
}

func (a *app) byRules(ids []dataspace.RuleID) string {
	if len(ids) == 0 {
		return ""
	}
	return fmt.Sprintf(a.word(" [by %s]", "［依据 %s］"), strings.Join(namesOf(ids), ", "))
}

func (a *app) sideText(s dataspace.Side) string {
	if s == dataspace.ImportSide {
		return a.word("import", "入境")
	}
	return a.word("export", "出境")
}

// turnText says how an outcome turns into another.
func (a *app) turnText(old, now contrast.Outcome) string {
	if old == now {
		return a.outcomeText(now) + a.word(", as before", "，与此前相同")
	}
	return a.outcomeText(old) + " → " + a.outcomeText(now)
}

func (a *app) outcomeText(o contrast.Outcome) string {
	if o == (contrast.Outcome{}) {
		return a.word("does not apply", "不适用")
	}
	return a.pathwayText(o.Pathway) + a.word(", ", "、") + a.verdictText(o.Verdict)
}
