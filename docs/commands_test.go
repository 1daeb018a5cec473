// Package docs_test holds the documents to the program: the reference of the
// command line is made from its help, and no document shows a command or a
// flag that does not exist.
package docs_test

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hutong/internal/cli"
)

var update = flag.Bool("update", false, "write generated documents instead of comparing them")

// Stored minima: fewer and the test has not looked.
const (
	minCommands = 45 // of the program
	minShown    = 60 // command lines in documents
)

// help is what a command says about itself.
type help struct {
	path []string // without the program's name
	text string
}

// children finds the names under "Available Commands:".
var children = regexp.MustCompile(`(?m)^  ([a-z][a-z-]*) +\S`)

// commands asks the program for the help of every command, in the order in
// which it lists them.
func commands(t *testing.T) []help {
	t.Helper()
	t.Setenv("HUTONG_DATA", "")
	t.Setenv("HUTONG_KEY_FILE", "")
	t.Setenv("HUTONG_LANG", "en")
	var out []help
	var visit func(path []string)
	visit = func(path []string) {
		text := run(t, append(slices.Clone(path), "--help"))
		out = append(out, help{path, text})
		_, list, ok := strings.Cut(text, "Available Commands:\n")
		if !ok {
			return
		}
		list, _, _ = strings.Cut(list, "\n\n")
		for _, m := range children.FindAllStringSubmatch(list, -1) {
			if m[1] != "help" && m[1] != "completion" {
				visit(append(slices.Clone(path), m[1]))
			}
		}
	}
	visit(nil)
	return out
}

func run(t *testing.T, args []string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := cli.Run(t.Context(), args, cli.Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr}); code != 0 {
		t.Fatalf("hutong %s exits %d: %s", strings.Join(args, " "), code, stderr.String())
	}
	return stdout.String()
}

func TestCommandReference(t *testing.T) {
	all := commands(t)
	if len(all) < minCommands {
		t.Errorf("the program has %d commands, at least %d should be there", len(all), minCommands)
	}
	var b strings.Builder
	b.WriteString("# Command line\n\n<!-- Made from the program's help by: go test ./docs -update -->\n\nResults go to stdout, messages to stderr. Exit codes: 0 done or cleared, 1 failed, 2 usage, 3 not cleared (refused, action needed, or a person must decide), 4 evidence does not verify, 5 peer unreachable.\n")
	for _, c := range all {
		name := strings.Join(append([]string{"hutong"}, c.path...), " ")
		fmt.Fprintf(&b, "\n## %s\n\n```\n%s\n```\n", name, strings.TrimRight(c.text, "\n"))
	}
	const path = "reference/cli.md"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != b.String() {
		t.Error("docs/reference/cli.md does not say what the program does; run: go test ./docs -update")
	}
}

var (
	shell   = regexp.MustCompile("(?ms)^```(?:sh|console)\n(.*?)^```")
	oneFlag = regexp.MustCompile(`^--[a-z][a-z-]*`)
)

func TestShownCommandsExist(t *testing.T) {
	known := map[string]string{}
	for _, c := range commands(t) {
		known[strings.Join(c.path, " ")] = c.text
	}
	shown := 0
	for _, doc := range documents(t) {
		data, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range shell.FindAllStringSubmatch(string(data), -1) {
			for _, line := range strings.Split(block[1], "\n") {
				line = strings.TrimPrefix(strings.TrimSpace(line), "$ ")
				line = strings.Replace(line, "go run ./cmd/hutong ", "hutong ", 1)
				words := strings.Fields(line)
				if len(words) == 0 || words[0] != "hutong" {
					continue
				}
				shown++
				if wrong := unknown(known, words[1:]); wrong != "" {
					t.Errorf("%s shows %q: %s", doc, line, wrong)
				}
			}
		}
	}
	if shown < minShown {
		t.Errorf("%d command lines in the documents, at least %d should be there", shown, minShown)
	}
}

// unknown says what about a command line the program does not know.
func unknown(known map[string]string, words []string) string {
	path := ""
	for len(words) > 0 {
		next := strings.TrimSpace(path + " " + words[0])
		if _, ok := known[next]; !ok {
			break
		}
		path, words = next, words[1:]
	}
	if path == "" {
		return "there is no such command"
	}
	for _, w := range words {
		if w == "#" {
			break
		}
		if name := oneFlag.FindString(w); name != "" && !strings.Contains(known[path], name+" ") {
			return fmt.Sprintf("hutong %s has no flag %s", path, name)
		}
	}
	return ""
}

func documents(t *testing.T) []string {
	t.Helper()
	out, err := filepath.Glob("../*.md")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(p) == ".md" && p != "reference/cli.md" {
			out = append(out, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestUnknown(t *testing.T) {
	known := map[string]string{"": "", "flow": "", "flow list": "      --all   everything\n"}
	cases := map[string]string{
		"flow list --all":     "",
		"flow list --every":   "hutong flow list has no flag --every",
		"flaw list":           "there is no such command",
		"flow list # --every": "",
	}
	for line, want := range cases {
		if got := unknown(known, strings.Fields(line)); got != want {
			t.Errorf("unknown(%q) = %q, want %q", line, got, want)
		}
	}
}
