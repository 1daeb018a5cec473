package show

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
)

// Conditional prints the conditional answer of a decision: the sentence, the
// statements, and what is declared already. It prints nothing where there is none.
func Conditional(env *frame.Env, w io.Writer, d dataspace.Decision) {
	c := d.Conditional
	if c == nil {
		return
	}
	frame.Paragraph(w, "  ", "  ", Sentence(env, c))
	var list []string
	for _, s := range c.If {
		list = append(list, env.Text(s.Text))
	}
	frame.Paragraph(w, "    ", "    ", strings.Join(list, env.Word("; ", "；")))
	if said := declared(env, d); len(said) > 0 {
		frame.Paragraph(w, "    ", "    ", env.Word("declared: ", "已作年度声明：")+strings.Join(said, env.Word("; ", "；")))
	}
}

// conditionalLines are those of a first screen: two at most for the sentence, one
// for what is declared, and between them the statements, which may take the given
// number of lines: whoever confirms them must see each.
func conditionalLines(env *frame.Env, d *dataspace.Decision, lines int) []string {
	out := frame.Fit("", Sentence(env, d.Conditional), 2)
	var list []string
	for _, s := range d.Conditional.If {
		list = append(list, env.Text(s.Text))
	}
	if len(list) > 0 {
		out = append(out, frame.Fit("  ", strings.Join(list, env.Word("; ", "；")), max(1, lines))...)
	}
	if said := declared(env, *d); len(said) > 0 {
		out = append(out, frame.Fit("  ", env.Word("declared: ", "已作年度声明：")+strings.Join(said, env.Word("; ", "；")), 1)...)
	}
	return out
}

// Sentence is the conditional answer in one sentence.
func Sentence(env *frame.Env, c *dataspace.Conditional) string {
	n := len(c.If)
	if c.Then == c.Else { // what must be done first is another
		if env.Lang == "zh" {
			return fmt.Sprintf("无论以下%d项说明是否属实：%s；须先履行的手续因此可能不同", n, outcome(env, c.Then))
		}
		return fmt.Sprintf("%s in any case; what must be done first may depend on %s", outcome(env, c.Then), env.Count(int64(n), "statement", ""))
	}
	if env.Lang == "zh" {
		return fmt.Sprintf("以下%d项说明均属实的：%s；%s", n, outcome(env, c.Then), otherwise(env, c))
	}
	if n == 1 {
		return fmt.Sprintf("%s, if this statement is true; %s", outcome(env, c.Then), otherwise(env, c))
	}
	return fmt.Sprintf("%s, if these %d statements are true; %s", outcome(env, c.Then), n, otherwise(env, c))
}

// outcome is a pathway with what it asks for.
func outcome(env *frame.Env, o dataspace.Outcome) string {
	if o.Pathway == "" {
		return Verdict(env, o.Verdict)
	}
	return fmt.Sprintf(env.Word("%s (%s)", "%s（%s）"), Pathway(env, o.Pathway), Verdict(env, o.Verdict))
}

func otherwise(env *frame.Env, c *dataspace.Conditional) string {
	switch c.Else.Verdict {
	case dataspace.HumanReview:
		return env.Word("otherwise a person decides", "否则转人工复核")
	case dataspace.Prohibited:
		return env.Word("otherwise it may be prohibited", "否则可能被禁止")
	}
	return fmt.Sprintf(env.Word("otherwise at the latest %s", "否则最严可能为：%s"), outcome(env, c.Else))
}

// declared are the declarations on which a decision rests.
func declared(env *frame.Env, d dataspace.Decision) (out []string) {
	for _, r := range d.Reasons {
		for _, b := range r.Declared {
			if one := fmt.Sprintf(env.Word("%s until %s", "%s（有效期至%s）"), b.Fact, b.Until); !slices.Contains(out, one) {
				out = append(out, one)
			}
		}
	}
	slices.Sort(out)
	return out
}
