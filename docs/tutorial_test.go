package docs_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/text/width"
)

// Stored minima of each tutorial: blocks that are run, lines of output that are
// compared, terminals.
var tutorials = map[string]struct{ blocks, lines, terminals int }{
	"first-exchange.md":     {20, 40, 2},
	"reinsurer.md":          {13, 60, 1},
	"hotel-membership.md":   {14, 80, 1},
	"crew-manager.md":       {13, 70, 1},
	"file-a-contract.md":    {5, 18, 1},
	"file-a-declaration.md": {5, 15, 1},
	"add-a-rule-pack.md":    {4, 4, 1},
	"add-an-element.md":     {2, 5, 1},
	"add-a-fact.md":         {2, 5, 1},
	"add-a-source.md":       {1, 2, 1},
	"add-a-store.md":        {1, 2, 1},
	"add-a-jurisdiction.md": {4, 6, 1},
}

// tutorialTime bounds a whole tutorial, which takes a few seconds.
const tutorialTime = 2 * time.Minute

// block is a piece of a tutorial that is typed into one terminal.
type block struct {
	terminal string
	script   string
	exit     int
	want     []string // lines of the output, in order; … is anything
}

var (
	heard   = regexp.MustCompile(`^\*\*Terminal ([A-Z])\*\*`)
	exiting = regexp.MustCompile(`^<!-- exit (\d+) -->$`)
)

// readBlocks takes the blocks out of a document: a shell block belongs to the
// terminal named last since the block before; the text block that follows it
// is what it prints. A document that names no terminal has one.
func readBlocks(doc string) ([]block, error) {
	var out []block
	var terminal, fenced string
	only := ""
	if !strings.Contains("\n"+doc, "\n**Terminal ") {
		only = "A"
	}
	var body []string
	exit, open := 0, false // open: the last block may still get its output
	for n, line := range strings.Split(doc, "\n") {
		switch {
		case fenced == "" && strings.HasPrefix(line, "```"):
			fenced, body = strings.TrimPrefix(line, "```"), nil
		case fenced != "" && line == "```":
			switch {
			case fenced == "sh" && only+terminal != "":
				out = append(out, block{terminal: only + terminal, script: strings.Join(body, "\n") + "\n", exit: exit})
				terminal, exit, open = "", 0, true
			case fenced == "text" && open:
				out[len(out)-1].want, open = body, false
			case fenced == "sh" && len(out) > 0:
				return nil, fmt.Errorf("line %d: no terminal is named for the block that ends here", n+1)
			}
			fenced = ""
		case fenced != "":
			body = append(body, line)
		default:
			if m := heard.FindStringSubmatch(line); m != nil {
				terminal = m[1]
			}
			if m := exiting.FindStringSubmatch(line); m != nil {
				exit, _ = strconv.Atoi(m[1]) // digits
			}
		}
	}
	return out, nil
}

// terminal is a shell that is open for the whole tutorial.
type terminal struct {
	in   io.WriteCloser
	out  *bufio.Reader
	done chan error
}

const mark = "-- that was the block, exit "

func openTerminal(ctx context.Context, t *testing.T, dir string, env []string) *terminal {
	t.Helper()
	cmd := exec.CommandContext(ctx, "bash", "--noprofile", "--norc")
	cmd.Dir, cmd.Env = dir, env
	// In a group of its own, with the gateways that it starts.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatalf("open a terminal: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	term := &terminal{in: in, out: bufio.NewReader(out), done: make(chan error, 1)}
	go func() { term.done <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = in.Close() // the shell ends with its input
		select {
		case <-term.done:
		case <-time.After(5 * time.Second):
		}
		// Only what a failed tutorial left is still there.
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = out.Close()
	})
	return term
}

// enter types a script and returns what it printed and its exit code.
func (term *terminal) enter(script string) (string, int, error) {
	if _, err := io.WriteString(term.in, script+"printf '%s%d\\n' '"+mark+"' $?\n"); err != nil {
		return "", 0, err
	}
	var b strings.Builder
	for {
		line, err := term.out.ReadString('\n')
		if err != nil {
			return b.String() + line, 0, fmt.Errorf("the terminal closed: %w", err)
		}
		if before, code, ok := strings.Cut(line, mark); ok {
			b.WriteString(before)
			exit, err := strconv.Atoi(strings.TrimSpace(code))
			return b.String(), exit, err
		}
		b.WriteString(line)
	}
}

// matches says which line of want is not in the output, in order.
func matches(want []string, output string) string {
	lines := strings.Split(output, "\n")
	for _, w := range want {
		parts := strings.Split(strings.Join(strings.Fields(w), " "), "…")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		pattern := regexp.MustCompile("^" + strings.Join(parts, ".*") + "$")
		found := false
		for len(lines) > 0 && !found {
			found = pattern.MatchString(strings.Join(strings.Fields(lines[0]), " "))
			lines = lines[1:]
		}
		if !found {
			return w
		}
	}
	return ""
}

// The tutorials, and the pages for developers with commands, are done as they
// are written, each in a directory of its own and in a shell for each terminal,
// with gateways as processes of their own. Only the four port numbers are
// others.
func TestTutorials(t *testing.T) {
	paths, err := filepath.Glob("tutorial/*.md")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob("developer/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		if strings.Contains(read(t, p), "\n```sh\n") { // the others show no commands
			paths = append(paths, p)
		}
	}
	if len(paths) != len(tutorials) {
		t.Errorf("%d tutorials, minima for %d", len(paths), len(tutorials))
	}
	bin := filepath.Dir(program(t))
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			follow(t, path, bin)
		})
	}
}

func follow(t *testing.T, path, bin string) {
	t.Helper()
	least, ok := tutorials[filepath.Base(path)]
	if !ok {
		t.Fatal("there are no minima for this tutorial")
	}
	ctx, cancel := context.WithTimeout(t.Context(), tutorialTime)
	t.Cleanup(cancel)
	dir := t.TempDir()
	doc := read(t, path)
	// The forms of the walks that fill them, as a reader copies them.
	if err := os.CopyFS(filepath.Join(dir, "forms"), os.DirFS(filepath.FromSlash("tutorial/forms"))); err != nil {
		t.Fatal(err)
	}
	source := inSource(t, overlay(t, doc, t.TempDir()))
	env := append(os.Environ(), "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "LC_ALL=C.UTF-8", "HUTONG_LANG=en")
	blocks, err := readBlocks(withFreePorts(t, doc))
	if err != nil {
		t.Fatal(err)
	}
	terminals := map[string]*terminal{}
	compared := 0
	for i, b := range blocks {
		term := terminals[b.terminal]
		if term == nil {
			term = openTerminal(ctx, t, dir, env)
			terminals[b.terminal] = term
		}
		script := b.script
		if strings.HasPrefix(script, "go ") {
			script = source + script + ")\n"
		}
		out, exit, err := term.enter(script)
		if err != nil {
			t.Fatalf("block %d: %v\n%s\n%s", i+1, err, b.script, out)
		}
		if exit != b.exit {
			t.Fatalf("block %d exits %d, not %d\n%s\n%s", i+1, exit, b.exit, b.script, out)
		}
		if missing := matches(b.want, out); missing != "" {
			t.Fatalf("block %d does not print %q (or not in this order)\n%s\n%s", i+1, missing, b.script, out)
		}
		compared += len(b.want)
	}
	t.Logf("%d blocks in %d terminals, %d lines compared", len(blocks), len(terminals), compared)
	if len(blocks) < least.blocks || compared < least.lines || len(terminals) < least.terminals {
		t.Errorf("at least %d blocks in %d terminals and %d lines should be there", least.blocks, least.terminals, least.lines)
	}
}

// inSource begins a script that runs at the root of the source, with the code
// that a page shows and with the caches of whoever runs the test.
func inSource(t *testing.T, overlay string) string {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("(cd '%s' && export HOME='%s' GOFLAGS=-overlay=%s\n", root, os.Getenv("HOME"), overlay)
}

// program is the program as users build it.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hutong")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "../cmd/hutong").CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	return path
}

// What the READMEs show of the demonstration is what it prints.
func TestReadmeOutput(t *testing.T) {
	exe := program(t)
	for lang, path := range map[string]string{"en": "../README.md", "zh": "../README.zh-CN.md"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			_, rest, ok := strings.Cut(read(t, path), "```text\n")
			shown, _, closed := strings.Cut(rest, "```\n")
			want := strings.Split(strings.TrimSpace(shown), "\n")
			if !ok || !closed || len(want) < 10 {
				t.Fatalf("%s shows no output", path)
			}
			ctx, cancel := context.WithTimeout(t.Context(), tutorialTime)
			defer cancel()
			out, err := exec.CommandContext(ctx, exe, "demo", "--lang", lang, "--dir", t.TempDir()).CombinedOutput()
			if err != nil {
				t.Fatalf("run the demonstration: %v\n%s", err, out)
			}
			if missing := matches(want, string(out)); missing != "" {
				t.Errorf("the demonstration does not print %q (or not in this order)", missing)
			}
			checkScreens(t, string(out), lang)
		})
	}
}

// demoScreens is the number of decisions that the demonstration shows: one for
// each verdict.
const demoScreens = 4

// checkScreens checks that each decision of the demonstration fits on a first
// screen: twelve lines of eighty columns.
func checkScreens(t *testing.T, out, lang string) {
	t.Helper()
	last := map[string]string{"en": "The rest: ", "zh": "其余："}[lang]
	screens, lines := 0, 0
	for _, line := range strings.Split(out, "\n") {
		line = strings.TrimPrefix(line, "     ") // what a command prints is indented
		if way := strings.Contains(line, "CN export: ") || strings.Contains(line, "CN 出境："); way {
			lines = 1
		} else if lines > 0 {
			lines++
		}
		columns := 0
		for _, r := range line {
			columns++
			if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
				columns++
			}
		}
		if lines > 12 || lines > 0 && columns > 80 {
			t.Errorf("line %d of a first screen, %d columns wide: %q", lines, columns, line)
		}
		if strings.HasPrefix(line, last) {
			screens, lines = screens+1, 0
		}
	}
	if screens != demoScreens {
		t.Errorf("the demonstration shows %d first screens, not %d", screens, demoScreens)
	}
}

// withFreePorts puts ports that nobody uses in the place of those written.
func withFreePorts(t *testing.T, doc string) string {
	t.Helper()
	var old []string
	for _, port := range []string{"8443", "8442", "9443", "9442"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		_, free, err := net.SplitHostPort(l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		old = append(old, "127.0.0.1:"+port, "127.0.0.1:"+free)
	}
	return strings.NewReplacer(old...).Replace(doc)
}

func TestMatches(t *testing.T) {
	const output = "one  1\n  two   and more\nthree\n"
	cases := []struct{ name, want, missing string }{
		{"in order, blanks apart", "one 1|two …", ""},
		{"out of order", "three|one 1", "one 1"},
		{"not there", "four", "four"},
		{"the whole line", "two", "two"},
	}
	for _, c := range cases {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			if got := matches(strings.Split(c.want, "|"), output); got != c.missing {
				t.Errorf("missing %q, want %q", got, c.missing)
			}
		})
	}
}

func TestReadBlocks(t *testing.T) {
	fence := "```"
	doc := strings.Join([]string{
		fence + "sh", "make", fence, // before any terminal: for the reader only
		"**Terminal A**", fence + "sh", "a1", "a2", fence, fence + "text", "out", fence,
		"**Terminal B**: words", "<!-- exit 3 -->", fence + "sh", "b", fence,
		fence + "yaml", "x: 1", fence,
	}, "\n")
	got, err := readBlocks(doc)
	if err != nil {
		t.Fatal(err)
	}
	want := []block{{"A", "a1\na2\n", 0, []string{"out"}}, {"B", "b\n", 3, nil}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("read %v, want %v", got, want)
	}
	alone, err := readBlocks(strings.Join([]string{fence + "sh", "a", fence, fence + "text", "out", fence, fence + "sh", "b", fence}, "\n"))
	if want := []block{{"A", "a\n", 0, []string{"out"}}, {"A", "b\n", 0, nil}}; err != nil || fmt.Sprint(alone) != fmt.Sprint(want) {
		t.Errorf("without terminals: read %v, %v, want %v", alone, err, want)
	}
	if _, err := readBlocks(doc + "\n" + fence + "sh\nwhere\n" + fence); err == nil {
		t.Error("a block without a terminal is taken")
	}
}
