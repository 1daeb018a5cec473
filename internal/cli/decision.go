package cli

import (
	"fmt"
	"io"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

var verdictTexts = map[dataspace.Verdict]dataspace.Text{
	dataspace.Cleared:        {EN: "cleared", ZH: "放行"},
	dataspace.ActionRequired: {EN: "action required", ZH: "需补办手续"},
	dataspace.HumanReview:    {EN: "human review", ZH: "人工审查"},
	dataspace.Prohibited:     {EN: "prohibited", ZH: "禁止"},
}

// pathwayTexts are the pathways of decision.schema.json.
var pathwayTexts = map[string]string{
	"not_an_export": "不属于出境", "free": "自由流动", "exempt": "豁免",
	"contract_or_certification": "标准合同或认证", "security_assessment": "安全评估",
	"contract": "合同", "adequacy": "充分性认定", "certification": "认证", "derogation": "例外情形",
	"human_review": "人工审查", "prohibited": "禁止", "restricted": "受限",
}

func (a *app) verdictText(v dataspace.Verdict) string {
	if t, ok := verdictTexts[v]; ok {
		return a.text(t)
	}
	return string(v)
}

func (a *app) pathwayText(p string) string {
	if zh, ok := pathwayTexts[p]; ok && a.lang == "zh" {
		return zh
	}
	return strings.ReplaceAll(p, "_", " ")
}

// printDecision says in words what was decided and on what it rests, as of a
// day.
func (a *app) printDecision(w io.Writer, d dataspace.Decision, on string) {
	mark := "✗"
	if d.Verdict == dataspace.Cleared {
		mark = "✓"
	}
	fmt.Fprintf(w, "%s %s\n", mark, a.verdictText(d.Verdict))
	var rows [][]string
	for _, r := range d.Regimes {
		side := a.word("export", "出境")
		if r.Side == dataspace.ImportSide {
			side = a.word("import", "入境")
		}
		rows = append(rows, []string{string(r.Jurisdiction), side, a.pathwayText(r.Pathway), "→ " + a.verdictText(r.Verdict)})
	}
	grid(w, "  ", rows)
	if len(d.Reasons) > 0 {
		fmt.Fprintln(w, a.word("\nwhy (▸ decides)", "\n依据（▸ 为决定性理由）"))
		for _, r := range d.Reasons {
			a.printReason(w, r)
		}
	}
	a.printObligations(w, d.Obligations, on)
	if len(d.Warnings) > 0 {
		fmt.Fprintln(w, a.word("\nwarnings", "\n提示"))
		for _, n := range d.Warnings {
			a.printWarning(w, n)
		}
	}
	if len(d.Missing) > 0 {
		fmt.Fprintln(w, a.word("\nmissing", "\n缺少"))
		for _, m := range d.Missing {
			fmt.Fprintf(w, "  ? %s\n", m.Fact)
			a.paragraph(w, "    ", "    ", a.text(m.Why))
			if m.Where != "" {
				fmt.Fprintf(w, "    %s%s\n", a.word("published: ", "公布于："), m.Where)
			}
		}
	}
	if len(d.Changes) > 0 {
		fmt.Fprintln(w, a.word("\nwhat would change it", "\n如何改变结论"))
		for _, c := range d.Changes {
			a.paragraph(w, "  - ", "    ", a.text(c.Text)+" → "+a.verdictText(c.Verdict))
		}
	}
}

// printReason says what decides in full; of what does not, the address is for
// whoever asks for all.
func (a *app) printReason(w io.Writer, r dataspace.Reason) {
	mark := "·"
	if r.Decisive {
		mark = "▸"
	}
	if !r.Decisive && !a.verbose {
		a.paragraph(w, "  · ", "    ", fmt.Sprintf("%s [%s] %s", r.Article, r.Confidence, a.text(r.Text)))
		return
	}
	fmt.Fprintf(w, "  %s %s [%s]\n", mark, r.Article, r.Confidence)
	a.paragraph(w, "    ", "    ", a.text(r.Text))
	fmt.Fprintf(w, "    %s\n", r.Source)
}

var actionTexts = map[dataspace.Action]string{
	dataspace.Keep: "保留", dataspace.Truncate: "截断", dataspace.Generalise: "泛化",
	dataspace.Mask: "掩码", dataspace.Pseudonymise: "假名化", dataspace.Drop: "删除",
}

// printPlan shows what happens to each column.
func (a *app) printPlan(w io.Writer, p dataspace.Plan) {
	fmt.Fprintf(w, a.word("plan (%s, for %s)\n", "方案（%s，用途 %s）\n"), p.Format, p.Purpose)
	rows := make([][]string, 0, len(p.Columns))
	for _, c := range p.Columns {
		what, rule := "–", ""
		if c.Element != nil {
			what = a.elementName(element.Builtin(), *c.Element)
		}
		if c.Rule != "" {
			rule = a.word("by ", "依据 ") + string(c.Rule)
		}
		rows = append(rows, []string{a.actionText(c), shorten(printable(c.Name), 32), what, rule})
	}
	grid(w, "  ", rows)
}

// actionText is an action with its measure.
func (a *app) actionText(c dataspace.ColumnPlan) string {
	text := string(c.Action)
	if zh, ok := actionTexts[c.Action]; ok && a.lang == "zh" {
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
