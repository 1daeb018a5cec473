package archtest_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/mod/modfile"
)

// Stored minima; see rules_test.go.
const (
	minDocuments = 28
	minLinks     = 70
	maxReadme    = 120 // lines
)

// Every link inside the documents leads somewhere.
func TestLinks(t *testing.T) {
	documents, links, broken, err := checkLinks(os.DirFS(root(t)))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d links in %d documents", links, documents)
	if documents < minDocuments || links < minLinks {
		t.Errorf("%d links in %d documents, at least %d in %d should be there", links, documents, minLinks, minDocuments)
	}
	for _, b := range broken {
		t.Error(b)
	}
}

func TestLinksFind(t *testing.T) {
	_, _, broken, err := checkLinks(fstest.MapFS{
		"a.md":      {Data: []byte("# One & Two\n[x](gone.md) [y](b/c.md#no-such) [z](b/c.md#a-head) [w](#one--two)\n```\n[in code](nowhere.md)\n```\n")},
		"b/c.md":    {Data: []byte("## A head\n[back](../a.md) [web](https://example.com/x)\n")},
		"b/d/e.txt": {Data: []byte("[not a document](gone.md)")},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a.md: link to gone.md leads nowhere", "a.md: link to b/c.md#no-such leads nowhere"}
	if !slices.Equal(broken, want) {
		t.Errorf("found %q, want %q", broken, want)
	}
}

var (
	fence   = regexp.MustCompile("(?ms)^```.*?^```[ \t]*$")
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#{1,6} +(.*?)\s*$`)
	remote  = regexp.MustCompile(`^[a-z]+:`)
)

func checkLinks(tree fs.FS) (documents, links int, broken []string, err error) {
	err = fs.WalkDir(tree, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains(notOurs, d.Name()) {
			return fs.SkipDir
		}
		if d.IsDir() || path.Ext(p) != ".md" {
			return nil
		}
		data, err := fs.ReadFile(tree, p)
		if err != nil {
			return err
		}
		documents++
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(string(data), ""), -1) {
			if remote.MatchString(m[1]) {
				continue
			}
			links++
			if !leads(tree, p, m[1]) {
				broken = append(broken, fmt.Sprintf("%s: link to %s leads nowhere", p, m[1]))
			}
		}
		return nil
	})
	return documents, links, broken, err
}

func leads(tree fs.FS, from, to string) bool {
	file, anchor, _ := strings.Cut(to, "#")
	target := from
	if file != "" {
		target = path.Join(path.Dir(from), file)
	}
	if anchor == "" {
		_, err := fs.Stat(tree, target)
		return err == nil
	}
	data, err := fs.ReadFile(tree, target)
	if err != nil {
		return false
	}
	for _, h := range heading.FindAllStringSubmatch(fence.ReplaceAllString(string(data), ""), -1) {
		if slug(h[1]) == anchor {
			return true
		}
	}
	return false
}

var notSlug = regexp.MustCompile(`[^\p{L}\p{N} _-]`)

// slug is the anchor that web pages of repositories make of a heading.
func slug(heading string) string {
	return strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
}

var dependencyRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]{10,}) \\| ([^|]+) \\|$")

// Each direct dependency has a line that says what for, and no line is left
// of one that is gone.
func TestDependenciesAreExplained(t *testing.T) {
	tree := os.DirFS(root(t))
	data, err := fs.ReadFile(tree, "go.mod")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := fs.ReadFile(tree, "docs/explanation/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	explained := map[string]bool{}
	for _, m := range dependencyRow.FindAllStringSubmatch(string(text), -1) {
		explained[m[1]] = true
	}
	files, err := readTree(tree)
	if err != nil {
		t.Fatal(err)
	}
	direct := 0
	for _, r := range mod.Require {
		// A module that is imported counts, whatever the comment in go.mod says.
		if r.Indirect && !imported(files, r.Mod.Path) {
			continue
		}
		direct++
		if !explained[r.Mod.Path] {
			t.Errorf("go.mod requires %s: say what for in docs/explanation/dependencies.md", r.Mod.Path)
		}
		delete(explained, r.Mod.Path)
	}
	if direct < 10 {
		t.Errorf("%d direct dependencies read from go.mod: too few to be all", direct)
	}
	for m := range explained {
		t.Errorf("docs/explanation/dependencies.md explains %s, which go.mod does not require directly", m)
	}
}

func imported(files []*source, mod string) bool {
	return slices.ContainsFunc(files, func(f *source) bool {
		return slices.ContainsFunc(f.imports, func(p string) bool {
			return p == mod || strings.HasPrefix(p, mod+"/")
		})
	})
}

// Both READMEs are short and begin with the two commands that do everything.
func TestReadme(t *testing.T) {
	tree := os.DirFS(root(t))
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		data, err := fs.ReadFile(tree, name)
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(string(data), "\n"); lines > maxReadme {
			t.Errorf("%s has %d lines, more than %d", name, lines, maxReadme)
		}
		for _, command := range []string{"\ngo run ./cmd/hutong demo\n", "\n./check\n"} {
			if !strings.Contains(string(data), command) {
				t.Errorf("%s does not show %q", name, strings.TrimSpace(command))
			}
		}
	}
}

// Each decision has the parts that make it one.
func TestDecisions(t *testing.T) {
	tree := os.DirFS(root(t))
	names, err := fs.Glob(tree, "docs/adr/[0-9]*.md")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 9 {
		t.Errorf("%d decisions, at least 9 should be there", len(names))
	}
	index, err := fs.ReadFile(tree, "docs/adr/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(tree, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"**Status:** ", "\n## Decision\n", "\n## Rationale\n", "\n## Consequences\n"} {
			if !strings.Contains(string(data), part) {
				t.Errorf("%s has no %q", name, strings.TrimSpace(part))
			}
		}
		if !strings.Contains(string(index), path.Base(name)) {
			t.Errorf("docs/adr/README.md does not list %s", path.Base(name))
		}
	}
}
