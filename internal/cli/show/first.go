package show

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/fact"
)

// FirstLines is the most that a first screen shows of a decision.
const FirstLines = 12

// Case is a decision with what it was made about.
type Case struct {
	Decision dataspace.Decision
	// Plan is nil if the decision was made over facts alone; then Elements are
	// the data elements in the facts.
	Plan     *dataspace.Plan
	Elements []string
	On       string // the day
	// More is the command that shows the rest; empty: the same with --long.
	More string
}

// Result prints a first screen: the verdict, the deciding article, what leaves,
// what to do by when, and the first question. With --long or --verbose it prints
// everything.
func Result(env *frame.Env, w io.Writer, c Case) {
	if !env.Long && !env.Verbose {
		for _, line := range First(env, c) {
			fmt.Fprintln(w, line)
		}
		return
	}
	Decision(env, w, c.Decision, c.On)
	if c.Plan != nil {
		fmt.Fprintln(w)
		Plan(env, w, *c.Plan)
	}
}

// First returns the lines of a first screen, at most FirstLines, none wider than
// frame.ScreenWidth.
func First(env *frame.Env, c Case) []string {
	d := &c.Decision
	top := verdictLines(env, d)
	article := articleLines(env, d)
	if d.Conditional != nil {
		// The sentence says more than that of one article.
		article = article[:min(len(article), 1)]
	}
	article = append(article, leaves(env, c)...)
	bottom := later(env, d, c.On)
	bottom = append(bottom, nearWarning(env, d)...)
	bottom = append(bottom, firstQuestion(env, d)...)
	more := c.More
	if more == "" {
		more = "--long"
	}
	bottom = append(bottom, frame.Fit("", env.Word("The rest: ", "其余：")+more, 1)...)
	if d.Conditional != nil {
		few := len(conditionalLines(env, d, 1)) - 1
		top = append(top, conditionalLines(env, d, FirstLines-len(top)-len(article)-len(bottom)-few-1)...)
	}
	top = append(top, article...)
	todo := toDo(env, d, c.On, FirstLines-len(top)-len(bottom))
	if len(todo) == 0 && len(top)+len(bottom) < FirstLines {
		todo = firstChange(env, d, min(2, FirstLines-len(top)-len(bottom)))
	}
	return slices.Concat(top, todo, bottom)
}

// verdictLines names the verdict, and the pathway of each regime; the regimes
// that have the verdict come first.
func verdictLines(env *frame.Env, d *dataspace.Decision) []string {
	mark := "✗ "
	if d.Verdict == dataspace.Cleared {
		mark = "✓ "
	}
	verdict := mark + Verdict(env, d.Verdict)
	var ways []string
	for _, deciding := range []bool{true, false} {
		for _, r := range d.Regimes {
			if (r.Verdict == d.Verdict) == deciding {
				ways = append(ways, fmt.Sprintf("%s %s%s%s", r.Jurisdiction, Side(env, r.Side), env.Word(": ", "："), Pathway(env, r.Pathway)))
			}
		}
	}
	if len(ways) == 0 {
		return []string{verdict}
	}
	text := strings.Join(ways, env.Word("; ", "；"))
	if one := frame.Fit(verdict+"  ", text, 2); len(one) == 1 {
		return one
	}
	return append([]string{verdict}, frame.Fit("  ", text, 1)...)
}

// articleLines names the first deciding article and says in a sentence what it
// decides.
func articleLines(env *frame.Env, d *dataspace.Decision) []string {
	var deciding []dataspace.Reason
	for _, r := range d.Reasons {
		if r.Decisive {
			deciding = append(deciding, r)
		}
	}
	if len(deciding) == 0 {
		return nil
	}
	r := deciding[0]
	tail := fmt.Sprintf(env.Word(" (%s)", "（%s）"), Confidence(env, r.Confidence))
	if n := len(deciding) - 1; n > 0 {
		tail += fmt.Sprintf(env.Word(", and %d more", "，另有 %d 条"), n)
	}
	return append([]string{frame.FitBefore("▸ ", env.Article(r.Article, r.ArticleZH), tail)}, frame.Fit("  ", env.Text(r.Text), 2)...)
}

// leaves says which columns or data elements leave, and which the plan changes
// or leaves out.
func leaves(env *frame.Env, c Case) []string {
	label := env.Word("Would leave: ", "拟出境：")
	switch c.Decision.Verdict {
	case dataspace.Cleared:
		label = env.Word("Leaves: ", "出境：")
	case dataspace.Prohibited:
		return []string{env.Word("Nothing may leave.", "任何数据均不得出境。")}
	}
	var text string
	switch {
	case c.Plan != nil:
		by := map[dataspace.Action][]string{}
		for _, p := range c.Plan.Columns {
			by[p.Action] = append(by[p.Action], frame.Printable(p.Name))
		}
		all, gone := len(c.Plan.Columns), len(by[dataspace.Drop])
		text = fmt.Sprintf(env.Word("%d of %d columns", "%[2]d 列中的 %[1]d 列"), all-gone, all) + treated(env, by, doneTexts)
	case len(c.Elements) > 0:
		by := map[dataspace.Action][]string{}
		for _, h := range c.Decision.Handling {
			if slices.Contains(c.Elements, string(h.Element)) {
				by[h.Action] = append(by[h.Action], elementName(env, h.Element))
			}
		}
		text = env.Count(int64(len(c.Elements)), "data element", "个数据项") + treated(env, by, mustTexts)
		if len(by) == 0 {
			names := make([]string, len(c.Elements))
			for i, id := range c.Elements {
				names[i] = elementName(env, dataspace.ElementID(id))
			}
			text += env.Word(": ", "：") + strings.Join(names, env.Word(", ", "、"))
		}
	default:
		text = env.Word("data elements not said", "数据项未说明")
	}
	return frame.Fit(label, text, 1)
}

// treated names what a plan changes or leaves out, the strictest first.
func treated(env *frame.Env, by map[dataspace.Action][]string, words map[dataspace.Action]dataspace.Text) (text string) {
	for _, a := range []dataspace.Action{dataspace.Drop, dataspace.Mask, dataspace.Pseudonymise, dataspace.Generalise, dataspace.Truncate} {
		if names := by[a]; len(names) > 0 {
			text += env.Word("; ", "；") + env.Text(words[a]) + env.Word(": ", "：") + strings.Join(names, env.Word(", ", "、"))
		}
	}
	return text
}

// doneTexts say what a plan does to a column, mustTexts what the rules ask at
// least of a data element.
var (
	doneTexts = map[dataspace.Action]dataspace.Text{
		dataspace.Drop: {EN: "left out", ZH: "删除"}, dataspace.Mask: {EN: "masked", ZH: "遮盖"},
		dataspace.Pseudonymise: {EN: "pseudonymised", ZH: "假名化"}, dataspace.Generalise: {EN: "generalised", ZH: "泛化"},
		dataspace.Truncate: {EN: "truncated", ZH: "截断"},
	}
	mustTexts = map[dataspace.Action]dataspace.Text{
		dataspace.Drop: {EN: "must be left out", ZH: "须删除"}, dataspace.Mask: {EN: "must be masked", ZH: "须遮盖"},
		dataspace.Pseudonymise: {EN: "must be pseudonymised", ZH: "须假名化"}, dataspace.Generalise: {EN: "must be generalised", ZH: "须泛化"},
		dataspace.Truncate: {EN: "must be truncated", ZH: "须截断"},
	}
)

func elementName(env *frame.Env, id dataspace.ElementID) string {
	if e, ok := element.Builtin().Lookup(id); ok {
		return env.Text(e.Name)
	}
	return string(id)
}

// toDo lists what must be done before the delivery, in at most a number of
// lines; its heading says how much it is.
func toDo(env *frame.Env, d *dataspace.Decision, on string, lines int) []string {
	now, _, _ := byTime(d.Obligations, on)
	switch {
	case d.Verdict == dataspace.Prohibited:
		return nil // to do all of it would not lift the prohibition
	case len(now) == 0 || lines < 1:
		return nil
	case lines == 1:
		return frame.Fit(fmt.Sprintf(env.Word("☐ %d to do before the delivery, first: ", "☐ 交付前须履行 %d 项，首先："), len(now)), env.Text(now[0].Text), 1)
	}
	head := env.Word("To do before the delivery:", "交付前须履行：")
	if len(now) > lines-1 {
		head = fmt.Sprintf(env.Word("To do before the delivery, %d in all:", "交付前须履行，共 %d 项："), len(now))
	}
	out := []string{head}
	for _, o := range now[:min(len(now), lines-1)] {
		text := env.Text(o.Text)
		switch {
		case overdue(o, on):
			text = fmt.Sprintf(env.Word("overdue since %s: ", "已逾期（%s）："), *o.Due) + text
		case o.Due != nil:
			text = fmt.Sprintf(env.Word("by %s: ", "%s 前："), *o.Due) + text
		}
		out = append(out, frame.Fit("☐ ", text, 1)...)
	}
	return out
}

// later names the first of the duties that follow.
func later(env *frame.Env, d *dataspace.Decision, on string) []string {
	_, after, _ := byTime(d.Obligations, on)
	if len(after) == 0 || d.Verdict == dataspace.Prohibited {
		return nil
	}
	first := after[0]
	text := env.Text(first.Text)
	if when := dueShort(env, first); when != "" {
		text = when + env.Word(": ", "：") + text
	}
	label := fmt.Sprintf(env.Word("Later or all the time, %d: ", "事后或持续履行（%d 项）："), len(after))
	return frame.Fit(label, text, 1)
}

func nearWarning(env *frame.Env, d *dataspace.Decision) []string {
	if len(d.Warnings) == 0 {
		return nil
	}
	mark := "! "
	if n := len(d.Warnings); n > 1 {
		mark = fmt.Sprintf(env.Word("! %d warnings, the first: ", "! %d 项提示，其一："), n)
	}
	return frame.Fit(mark, env.Text(d.Warnings[0].Text), 1)
}

// firstQuestion asks for what is not known: first what the decision lacks and a
// person can say, then what else it lacks, what would narrow it, and what it
// takes for granted.
func firstQuestion(env *frame.Env, d *dataspace.Decision) []string {
	all := slices.Concat(d.Missing, d.Narrower, d.Assumed)
	if len(all) == 0 {
		return nil
	}
	first := all[0]
	if i := slices.IndexFunc(d.Missing, func(m dataspace.Missing) bool { return asked(m) != nil }); i > 0 {
		first = d.Missing[i]
	}
	text := first.Why
	if ask := asked(first); ask != nil {
		text = *ask
	}
	label := env.Word("? ", "？")
	if len(all) > 1 {
		label = fmt.Sprintf(env.Word("? 1 of %d: ", "？共 %d 项，其一："), len(all))
	}
	return frame.Fit(label, env.Text(text), 1)
}

// asked is the question that a person can answer; nil if there is none, as for
// an official text that is not loaded.
func asked(m dataspace.Missing) *dataspace.Text {
	if m.Ask != nil {
		return m.Ask
	}
	if def, ok := fact.Standard().Lookup(m.Fact); ok && def.Ask.EN != "" {
		return &def.Ask
	}
	return nil
}

// firstChange says what would lead to a better verdict.
func firstChange(env *frame.Env, d *dataspace.Decision, lines int) []string {
	if len(d.Changes) == 0 {
		return nil
	}
	return frame.Fit("→ ", Change(env, d.Changes[0]), lines)
}

// Confidence says in words how sure a statement of law is.
func Confidence(env *frame.Env, c dataspace.Confidence) string {
	return env.Text(c.Words())
}

// Sure is the mark of how sure a statement of law is: a tag of the facts of law, in
// Chinese its words.
func Sure(env *frame.Env, c dataspace.Confidence) string {
	return env.Word("["+string(c)+"]", "〔"+Confidence(env, c)+"〕")
}
