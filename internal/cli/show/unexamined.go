package show

import (
	"fmt"
	"io"
	"strings"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
)

// unexamined prints the law at which a decision did not look: first what is asked
// after the questions above, then what may concern the flow. The addresses are
// shown with --verbose.
func unexamined(env *frame.Env, w io.Writer, list []dataspace.Unexamined) {
	for _, asked := range []bool{true, false} {
		n := 0
		for _, u := range list {
			if asked != (u.Ask != nil) {
				continue
			}
			if n++; n == 1 && asked {
				fmt.Fprintln(w, env.Word("\nasked after the questions above", "\n上述问题答复后继续询问"))
			} else if n == 1 {
				fmt.Fprintln(w, env.Word("\nlaw that may concern this flow and was not looked at", "\n可能适用而未审查的规定"))
			}
			line := fmt.Sprintf("%s [%s] ", u.Article, u.Confidence)
			if asked {
				line += env.Text(*u.Ask)
			} else {
				line += fmt.Sprintf(env.Word("it depends on %s", "取决于 %s"), strings.Join(u.Facts, ", "))
			}
			frame.Paragraph(w, "  - ", "    ", line)
			if env.Verbose {
				frame.Paragraph(w, "    ", "    ", env.Text(u.Text))
				fmt.Fprintf(w, "    %s\n", u.Source)
			}
		}
	}
}
