// Package frame holds the parts that every command needs: streams, format and
// language of output, usage errors and exit codes, text layout, progress, and
// the connection to a running gateway. It does not depend on any command.
package frame

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/goccy/go-yaml"

	"hutong/internal/dataspace"
)

// Streams are the input and output of a command.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// Env is the environment that all commands share.
type Env struct {
	Streams
	JSON    bool
	Long    bool // print all of a decision, not only its first screen
	Verbose bool
	Lang    string
	DataDir string
	KeyFile string
}

// Text returns the text in the language that the user chose.
func (env *Env) Text(t dataspace.Text) string {
	if env.Lang == "zh" && t.ZH != "" {
		return t.ZH
	}
	if t.EN == "" {
		return t.ZH
	}
	return t.EN
}

// Print writes the result: v as JSON if --json is given, else the output of
// human.
func (env *Env) Print(v any, human func(w io.Writer)) error {
	if !env.JSON {
		human(plain{env.Out})
		return nil
	}
	enc := json.NewEncoder(env.Out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// Say writes a message for people; with --json it still goes to stderr.
func (env *Env) Say(format string, args ...any) {
	fmt.Fprintf(plain{env.Err}, format+"\n", args...)
}

// Word returns a short text of the command line in the language that the user
// chose.
func (env *Env) Word(en, zh string) string {
	if env.Lang == "zh" {
		return zh
	}
	return en
}

// Article returns a citation in the language that the user chose. The Chinese
// one is empty if Chinese texts cite it in the same way.
func (env *Env) Article(en, zh string) string {
	if env.Lang == "zh" && zh != "" {
		return zh
	}
	return en
}

// List prints rows under a header, or the value as JSON.
func (env *Env) List(v any, header string, rows func(row func(cells ...any))) error {
	return env.Print(v, func(w io.Writer) {
		tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(tw, strings.ReplaceAll(header, " ", "\t"))
		rows(func(cells ...any) {
			for i, c := range cells {
				if i > 0 {
					fmt.Fprint(tw, "\t")
				}
				fmt.Fprint(tw, c)
			}
			fmt.Fprintln(tw)
		})
		_ = tw.Flush() // like any print to the terminal
	})
}

// YAML prints a value for people as YAML, which is easier to read than JSON and
// has the same names.
func (env *Env) YAML(v any) error {
	return env.Print(v, func(w io.Writer) {
		data, err := json.Marshal(v)
		if err == nil {
			data, err = yaml.JSONToYAML(data)
		}
		if err != nil {
			fmt.Fprintln(w, err)
			return
		}
		_, _ = w.Write(data) // like any print to the terminal
	})
}

// Terminal reports whether a person can be asked.
func (env *Env) Terminal() bool { return isTerminal(env.In) }

// Live reports whether a line on stderr can be rewritten.
func (env *Env) Live() bool { return isTerminal(env.Err) }

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Count writes a number with its noun.
func (env *Env) Count(n int64, en, zh string) string {
	if env.Lang == "zh" {
		return Thousands(n) + " " + zh
	}
	if n != 1 {
		en += "s"
	}
	return Thousands(n) + " " + en
}
