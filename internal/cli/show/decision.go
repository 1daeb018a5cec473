// Package show prints decisions, plans and obligations in words for several
// groups of commands.
package show

import (
	"fmt"
	"io"
	"strings"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/element"
)

var verdictTexts = map[dataspace.Verdict]dataspace.Text{
	dataspace.Cleared:        {EN: "cleared", ZH: "放行"},
	dataspace.ActionRequired: {EN: "action required", ZH: "须先履行手续"},
	dataspace.HumanReview:    {EN: "human review", ZH: "人工复核"},
	dataspace.Prohibited:     {EN: "prohibited", ZH: "禁止"},
}

// pathwayTexts are the pathways of decision.schema.json.
var pathwayTexts = map[string]string{
	"not_an_export": "不属于出境", "free": "自由流动", "exempt": "豁免",
	"contract_or_certification": "标准合同或认证", "security_assessment": "安全评估",
	"contract": "合同", "adequacy": "充分性认定", "certification": "认证", "derogation": "例外情形",
	"human_review": "人工复核", "prohibited": "禁止", "restricted": "受限",
}

// Verdict is a verdict in words.
func Verdict(env *frame.Env, v dataspace.Verdict) string {
	if t, ok := verdictTexts[v]; ok {
		return env.Text(t)
	}
	return string(v)
}

// Pathway is a pathway in words.
func Pathway(env *frame.Env, p string) string {
	if zh, ok := pathwayTexts[p]; ok && env.Lang == "zh" {
		return zh
	}
	return strings.ReplaceAll(p, "_", " ")
}

// Decision prints in words a decision and its reasons, as of a day.
func Decision(env *frame.Env, w io.Writer, d dataspace.Decision, on string) {
	mark := "✗"
	if d.Verdict == dataspace.Cleared {
		mark = "✓"
	}
	fmt.Fprintf(w, "%s %s\n", mark, Verdict(env, d.Verdict))
	var rows [][]string
	for _, r := range d.Regimes {
		side := env.Word("export", "出境")
		if r.Side == dataspace.ImportSide {
			side = env.Word("import", "入境")
		}
		rows = append(rows, []string{string(r.Jurisdiction), side, Pathway(env, r.Pathway), "→ " + Verdict(env, r.Verdict)})
	}
	frame.Grid(w, "  ", rows)
	Conditional(env, w, d)
	if len(d.Reasons) > 0 {
		fmt.Fprintln(w, env.Word("\nwhy (▸ decides)", "\n依据（▸ 为决定性理由）"))
		for _, r := range d.Reasons {
			reason(env, w, r)
		}
	}
	obligations(env, w, d.Obligations, on)
	if len(d.Warnings) > 0 {
		fmt.Fprintln(w, env.Word("\nwarnings", "\n提示"))
		for _, n := range d.Warnings {
			Warning(env, w, n)
		}
	}
	if len(d.Missing) > 0 {
		fmt.Fprintln(w, env.Word("\nmissing", "\n缺少"))
		for _, m := range d.Missing {
			fmt.Fprintf(w, "  ? %s\n", m.Fact)
			frame.Paragraph(w, "    ", "    ", env.Text(m.Why))
			if m.Where != "" {
				fmt.Fprintf(w, "    %s%s\n", env.Word("published: ", "公布于："), m.Where)
			}
		}
	}
	questions(env, w, env.Word("\ntaken for granted ('hutong declare' answers it)", "\n暂作假定（可用 hutong declare 作年度声明）"), d.Assumed)
	questions(env, w, env.Word("\nwhat would narrow it", "\n可使结论更精确的问题"), d.Narrower)
	unexamined(env, w, d.NotExamined)
	if len(d.Changes) > 0 {
		fmt.Fprintln(w, env.Word("\nwhat would change it", "\n如何改变结论"))
		for _, c := range d.Changes {
			frame.Paragraph(w, "  - ", "    ", Change(env, c))
		}
	}
}

// Change says in a sentence what would lead to another verdict.
func Change(env *frame.Env, c dataspace.Change) string {
	text := env.Text(c.Text)
	if env.Lang == "zh" {
		return "如果" + text + "，则" + Verdict(env, c.Verdict)
	}
	if strings.HasPrefix(text, "without ") {
		return Verdict(env, c.Verdict) + " " + text
	}
	return Verdict(env, c.Verdict) + ", if " + text
}

// questions prints facts that nobody has stated, with what is asked.
func questions(env *frame.Env, w io.Writer, head string, list []dataspace.Missing) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(w, head)
	for _, m := range list {
		fmt.Fprintf(w, "  ? %s\n", m.Fact)
		frame.Paragraph(w, "    ", "    ", env.Text(m.Why))
		if m.Ask != nil {
			frame.Paragraph(w, "    ", "    ", env.Text(*m.Ask))
		}
	}
}

// reason shows a deciding reason in full. For other reasons it shows the
// address only with --verbose.
func reason(env *frame.Env, w io.Writer, r dataspace.Reason) {
	mark := "·"
	if r.Decisive {
		mark = "▸"
	}
	if !r.Decisive && !env.Verbose {
		frame.Paragraph(w, "  · ", "    ", cited(env, r)+" "+env.Text(r.Text))
		bases(env, w, r.Declared)
		return
	}
	fmt.Fprintf(w, "  %s %s\n", mark, cited(env, r))
	frame.Paragraph(w, "    ", "    ", env.Text(r.Text))
	fmt.Fprintf(w, "    %s\n", r.Source)
	bases(env, w, r.Declared)
}

// cited is the article of a reason and how sure it is: a tag of the facts of law,
// in Chinese its words.
func cited(env *frame.Env, r dataspace.Reason) string {
	return env.Article(r.Article, r.ArticleZH) + env.Word(" ", "") + Sure(env, r.Confidence)
}

// bases prints on which declarations a reason rests.
func bases(env *frame.Env, w io.Writer, list []dataspace.Basis) {
	for _, b := range list {
		frame.Paragraph(w, "    ", "    ", fmt.Sprintf(env.Word("rests on the declaration of %s by %s until %s (%s)", "依据 %s 的年度声明：%s，有效期至 %s（%s）"), b.Fact, frame.Printable(b.By), b.Until, b.Event))
	}
}

var actionTexts = map[dataspace.Action]string{
	dataspace.Keep: "保留", dataspace.Truncate: "截断", dataspace.Generalise: "泛化",
	dataspace.Mask: "遮盖", dataspace.Pseudonymise: "假名化", dataspace.Drop: "删除",
}

// Plan shows the treatment of each column.
func Plan(env *frame.Env, w io.Writer, p dataspace.Plan) {
	fmt.Fprintf(w, env.Word("plan (%s, for %s)\n", "方案（%s，用途 %s）\n"), p.Format, p.Purpose)
	rows := make([][]string, 0, len(p.Columns))
	for _, c := range p.Columns {
		what, rule := "–", ""
		if c.Element != nil {
			what = Element(env, element.Builtin(), *c.Element)
		}
		if c.Rule != "" {
			rule = env.Word("by ", "依据 ") + string(c.Rule)
		}
		rows = append(rows, []string{actionText(env, c), frame.Shorten(frame.Printable(c.Name), 32), what, rule})
	}
	frame.Grid(w, "  ", rows)
}

// actionText returns an action with its parameter.
func actionText(env *frame.Env, c dataspace.ColumnPlan) string {
	text := string(c.Action)
	if zh, ok := actionTexts[c.Action]; ok && env.Lang == "zh" {
		text = zh
	}
	switch {
	case c.Action == dataspace.Truncate:
		text += fmt.Sprintf(" %d", c.Length)
	case c.Action == dataspace.Mask && c.First+c.Last > 0:
		text += fmt.Sprintf(" %d:%d", c.First, c.Last)
	case c.Action == dataspace.Generalise && c.To == "grid":
		text += fmt.Sprintf(" %g°", c.Grid)
	case c.Action == dataspace.Generalise:
		text += " " + c.To
	}
	return text
}

// Side is a side of the border in words.
func Side(env *frame.Env, s dataspace.Side) string {
	if s == dataspace.ImportSide {
		return env.Word("import", "入境")
	}
	return env.Word("export", "出境")
}

// Element returns the id, which plans and packs use, and in Chinese the name.
func Element(env *frame.Env, known *element.Taxonomy, id dataspace.ElementID) string {
	if e, ok := known.Lookup(id); ok && env.Lang == "zh" && e.Name.ZH != "" {
		return string(id) + " " + e.Name.ZH
	}
	return string(id)
}
