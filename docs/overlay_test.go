package docs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A page for developers shows code in two forms. A go block that begins with
// the path of a file is a new file; a diff block that begins with one changes a
// file of the source, which must hold the lines of the block that have no plus.
// The commands of the page that begin with go run at the root of the source as
// if that had been done, so what a page shows is compiled and tested.

var codeFile = regexp.MustCompile(`^// ([a-z]+(?:/[\w.-]+)+)$`)

// overlay writes the files that a page shows below dir, and returns the list
// of them as the go command reads it; empty when the page shows none.
func overlay(t *testing.T, doc, dir string) string {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	files, err := codeOf(doc, func(path string) ([]byte, error) { return os.ReadFile(filepath.Join(root, filepath.FromSlash(path))) })
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		return ""
	}
	replace := map[string]string{}
	for path, text := range files {
		to := filepath.Join(dir, strings.ReplaceAll(path, "/", "+"))
		if err := os.WriteFile(to, text, 0o600); err != nil {
			t.Fatal(err)
		}
		at := filepath.Join(root, filepath.FromSlash(path))
		replace[at] = to
		// A test runs in the directory of its package, so that must be there.
		if dir := filepath.Dir(at); os.Mkdir(dir, 0o750) == nil {
			t.Cleanup(func() { _ = os.Remove(dir) }) // it is empty
		}
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(to, list, 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

// codeOf returns the files that a page makes or changes, by their paths.
func codeOf(doc string, source func(path string) ([]byte, error)) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, kind := range []string{"go", "diff"} {
		for _, piece := range strings.Split("\n"+doc, "\n```"+kind+"\n")[1:] {
			body, _, closed := strings.Cut(piece, "\n```")
			head, rest, _ := strings.Cut(body, "\n")
			m := codeFile.FindStringSubmatch(head)
			if m == nil || !closed {
				return nil, fmt.Errorf("a %s block begins with %q, not with the path of a file", kind, head)
			}
			path := m[1]
			old, err := source(path)
			switch {
			case kind == "go" && (err == nil || out[path] != nil):
				return nil, fmt.Errorf("%s is there already", path)
			case kind == "go":
				out[path] = []byte(strings.TrimPrefix(rest, "\n") + "\n")
			case err != nil:
				return nil, err
			default:
				if out[path] != nil {
					old = out[path]
				}
				if out[path], err = changed(string(old), rest); err != nil {
					return nil, fmt.Errorf("%s: %w", path, err)
				}
			}
		}
	}
	for path, text := range out {
		tidy, err := format.Source(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if !bytes.Equal(tidy, text) {
			return nil, fmt.Errorf("%s is not as gofmt writes it", path)
		}
	}
	return out, nil
}

// changed puts the lines of a diff with a plus into a text, beside those
// without and in the place of those with a minus.
func changed(text, diff string) ([]byte, error) {
	var before, after strings.Builder
	for line := range strings.Lines(diff + "\n") {
		switch line[0] {
		case '+':
			after.WriteString(line[1:])
		case '-':
			before.WriteString(line[1:])
		case ' ':
			before.WriteString(line[1:])
			after.WriteString(line[1:])
		default:
			return nil, fmt.Errorf("line %q has no mark", line)
		}
	}
	if n := strings.Count(text, before.String()); before.Len() == 0 || n != 1 {
		return nil, fmt.Errorf("these lines are there %d times, expected once:\n%s", n, before.String())
	}
	return []byte(strings.Replace(text, before.String(), after.String(), 1)), nil
}

func TestCodeOf(t *testing.T) {
	fence := "```"
	page := func(kind string, lines ...string) string {
		return fence + kind + "\n" + strings.Join(lines, "\n") + "\n" + fence + "\n"
	}
	source := func(path string) ([]byte, error) {
		if path != "internal/a/a.go" {
			return nil, os.ErrNotExist
		}
		return []byte("package a\n\nvar x = 1\n\nvar y = 1\n"), nil
	}
	files, err := codeOf(page("go", "// internal/a/b.go", "package a")+page("diff", "// internal/a/a.go", "-var x = 1", "+var x = 2", " ", " var y = 1"), source)
	if err != nil || string(files["internal/a/b.go"]) != "package a\n" || string(files["internal/a/a.go"]) != "package a\n\nvar x = 2\n\nvar y = 1\n" {
		t.Errorf("%q, %v", files, err)
	}
	for name, doc := range map[string]string{
		"no_path":     page("go", "package a"),
		"there":       page("go", "// internal/a/a.go", "package a"),
		"not_there":   page("diff", "// internal/a/b.go", "+x"),
		"other_lines": page("diff", "// internal/a/a.go", " var z = 1", "+var w = 1"),
		"twice":       page("diff", "// internal/a/a.go", " = 1", "+var w = 1"),
		"no_mark":     page("diff", "// internal/a/a.go", "var x = 1"),
		"only_new":    page("diff", "// internal/a/a.go", "+var w = 1"),
		"no_go":       page("go", "// internal/a/b.go", "package"),
		"untidy":      page("go", "// internal/a/b.go", "package a", "var  x = 1"),
	} {
		if files, err := codeOf(doc, source); err == nil {
			t.Errorf("%s: taken as %q", name, files)
		}
	}
}
