package show

import (
	"fmt"
	"io"
	"strings"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
)

// unexamined prints the law at which a decision did not look: what is asked once
// the questions above have an answer, and what may concern the flow, by the facts
// that would say whether it does. The addresses are shown with --verbose.
func unexamined(env *frame.Env, w io.Writer, list []dataspace.Unexamined) {
	var asked, facts []string
	laws := map[string][]string{}
	for _, u := range list {
		law := fmt.Sprintf("%s [%s]", u.Article, u.Confidence)
		if env.Verbose {
			law += " " + u.Source
		}
		if u.Ask != nil {
			asked = append(asked, law+" "+env.Text(*u.Ask))
			continue
		}
		on := strings.Join(u.Facts, ", ")
		if laws[on] == nil {
			facts = append(facts, on)
		}
		laws[on] = append(laws[on], law)
	}
	if len(asked) > 0 {
		fmt.Fprintf(w, env.Word("\nasked once the questions above have an answer: %d\n", "\n上述问题答复后继续询问：%d项\n"), len(asked))
	}
	for _, line := range asked {
		frame.Paragraph(w, "  ? ", "    ", line)
	}
	if len(facts) > 0 {
		fmt.Fprintln(w, env.Word("\nlaw that may concern this flow, and was not looked at", "\n可能适用而未审查的规定"))
	}
	for _, on := range facts {
		frame.Paragraph(w, "  - ", "    ", fmt.Sprintf(env.Word("without %s it is not known: %s", "因 %s 未知而无法判断：%s"), on, strings.Join(laws[on], env.Word("; ", "；"))))
	}
}
