package contrast

import (
	"fmt"
	"strings"

	"hutong/internal/dataspace"
)

// Caution is what a reader of a comparison must know about its gaps.
var Caution = dataspace.Text{
	EN: "A pack holds the rules on transfers that its sources give; where it has no demand, the law itself may have one.",
	ZH: "规则包只载有其来源所及的数据转移规则；规则包没有相应要求的，法律本身仍可能有要求。",
}

// Markdown is the comparison as a document in both languages: one table a
// subject.
func (c *Comparison) Markdown() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s · %s\n\n", c.A.name(), c.B.name())
	for _, r := range []Regime{c.A, c.B} {
		for i, p := range r.Packs {
			fmt.Fprintf(&b, "- %s %s: %s / %s (sha256 `%s`)\n", p.ID, p.Version, r.Titles[i].EN, r.Titles[i].ZH, p.SHA256)
		}
	}
	fmt.Fprintf(&b, "\n%s / %s\n", Caution.EN, Caution.ZH)
	b.WriteString("\nVSS: official wording seen; SEC: secondary source; SEC-W: weak secondary; MEM: not verified; DER: derived. / VSS：已见官方原文；SEC：二手来源；SEC-W：较弱二手来源；MEM：未核实；DER：推导。\n")
	for _, r := range c.Rows {
		fmt.Fprintf(&b, "\n## %s / %s\n\n", r.Title.EN, r.Title.ZH)
		fmt.Fprintf(&b, "| | article 条款 | demand 要求 | satisfied by 满足方式 |\n|---|---|---|---|\n")
		for _, d := range r.A {
			d.line(&b, c.A.name())
		}
		for _, d := range r.B {
			d.line(&b, c.B.name())
		}
		for _, v := range r.Covers {
			fmt.Fprintf(&b, "\n- %s\n", cell(v.Text(c, "en")+" / "+v.Text(c, "zh")+" ["+v.Article+"]("+v.Source+") ["+string(v.Confidence)+"]"))
		}
		for _, g := range r.Gaps {
			fmt.Fprintf(&b, "\n- **%s / %s**\n", g.Text(c, "en"), g.Text(c, "zh"))
		}
	}
	return []byte(b.String())
}

func (r Regime) name() string {
	ids := make([]string, len(r.Packs))
	for i, p := range r.Packs {
		ids[i] = string(p.ID)
	}
	return strings.Join(ids, " + ")
}

func (d Demand) line(b *strings.Builder, whose string) {
	cited := d.Article
	if d.ArticleZH != "" {
		cited += " " + d.ArticleZH
	}
	article := fmt.Sprintf("[%s](%s) [%s]", cited, d.Source, d.Confidence)
	if d.From != "" || d.To != "" {
		article += fmt.Sprintf(" %s – %s", d.From, d.To)
	}
	fmt.Fprintf(b, "| %s | %s | **%s** %s<br>%s<br>%s | %s |\n", cell(whose), cell(article), d.name(), d.What("en")+" "+d.What("zh"), cell(d.DemandInfo.Text.EN), cell(d.DemandInfo.Text.ZH),
		cell(strings.Join(d.Ways(func(t dataspace.Text) string { return t.EN + " " + t.ZH }), "; ")))
}

// What names the kind of demand in a language, with the pathway or verdict
// that it leads to.
func (d Demand) What(lang string) string {
	kind := d.Kind
	if lang == "zh" {
		kind = map[string]string{"pathway": "路径", "bar": "限制", "obligation": "义务", "recognition": "认可", "incident": "事件时限"}[kind]
	}
	return strings.TrimSpace(kind + " " + d.Pathway + d.Bar)
}

// Ways are what satisfies the demand: kinds of instrument with their names in
// the chosen language, other demands, a condition, certifications.
func (d Demand) Ways(say func(dataspace.Text) string) []string {
	var out []string
	for i, k := range d.Kinds {
		name := k
		if n := say(d.Names[i]); strings.TrimSpace(n) != "" {
			name += " (" + n + ")"
		}
		out = append(out, name)
	}
	for _, id := range d.Demands {
		out = append(out, "→ "+id)
	}
	if d.Satisfied != "" {
		out = append(out, "`"+d.Satisfied+"`")
	}
	return append(out, d.Certifications...)
}

// cell keeps text inside a cell of a Markdown table.
func cell(s string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ").Replace(s)
}

// whose is the regime that a side's letter stands for.
func (c *Comparison) whose(side string) string {
	if side == "a" {
		return c.A.name()
	}
	return c.B.name()
}

// Text says in a language what covers what.
func (v Cover) Text(c *Comparison, lang string) string {
	what, name := v.Kind, v.Name.EN
	if lang == "zh" {
		name = v.Name.ZH
	}
	if name != "" {
		what += " (" + name + ")"
	}
	if v.Certification != "" {
		what = v.Certification
	}
	other := "b"
	if v.Of == "b" {
		other = "a"
	}
	form := "%s of %s counts for %s of %s"
	how := map[string]string{"shared": "both name it", "certification": "both ask for it", "recognition": "recognised", "agreement": "by agreement"}[v.How]
	if lang == "zh" {
		form = "%s（%s）可用于满足%s（%s）"
		how = map[string]string{"shared": "双方均列明", "certification": "双方均要求", "recognition": "单方认可", "agreement": "依互认协议"}[v.How]
	}
	out := fmt.Sprintf(form, what, c.whose(v.Of), v.Demand, c.whose(other)) + ", " + how
	if v.Through != "" {
		out += " (" + string(v.Through) + ")"
	}
	if v.From != "" || v.To != "" {
		out += ", " + v.From + " – " + v.To
	}
	return out
}

// Text says in a language what is absent or uncovered.
func (g Gap) Text(c *Comparison, lang string) string {
	zh := lang == "zh"
	switch {
	case g.What == "absent" && zh:
		return "规则包" + c.whose(g.Side) + "没有相应要求"
	case g.What == "absent":
		return "the pack " + c.whose(g.Side) + " has no demand here"
	case zh:
		return c.whose(g.Side) + "：对方文件均不足以满足"
	}
	return "nothing of the other side counts for what " + c.whose(g.Side) + " demands"
}

// SideName is the name of a regime by its letter.
func (c *Comparison) SideName(side string) string { return c.whose(side) }
