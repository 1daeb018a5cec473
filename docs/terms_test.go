package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// Stored minima: with fewer texts the test has not looked at them.
const (
	minTermFiles = 100
	minTermTexts = 3000
	minTerms     = 12
)

// notOurs are files whose Chinese words are those of others (the headings of
// lists that others publish, words in names of columns), and what documents of
// filings are made of, because documents that were approved keep their bytes.
var notOurs = regexp.MustCompile(`^internal/annex/mapping\.go$|^words/(ages|nobody|roles|odds|places)\.yaml$|/testdata/|^filings/inventory\.yaml$|^internal/dossier/known\.go$`)

// unused reads the words that are not used from the glossary.
func unused(t *testing.T) []string {
	t.Helper()
	_, table, ok := strings.Cut(read(t, "glossary.md"), "| not used | but |\n|---|---|\n")
	if !ok {
		t.Fatal("the glossary has no table of words that are not used")
	}
	var out []string
	for _, line := range strings.Split(table, "\n") {
		if cells := strings.Split(line, "|"); len(cells) == 4 {
			out = append(out, strings.Split(strings.TrimSpace(cells[1]), ", ")...)
		}
	}
	if len(out) < minTerms {
		t.Fatalf("the glossary names %d words that are not used, at least %d should be there", len(out), minTerms)
	}
	return out
}

// firstOf returns the first of the words that a text has; empty if it has none.
func firstOf(text string, words []string) string {
	for _, w := range words {
		if strings.Contains(text, w) {
			return w
		}
	}
	return ""
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// texts are the lines of a document, or the strings of a Go file, that have
// Chinese characters, each with the number of its line.
func texts(t *testing.T, path string, data []byte) map[int]string {
	t.Helper()
	out := map[int]string{}
	if filepath.Ext(path) != ".go" {
		body := string(data)
		if filepath.Base(path) == "glossary.md" {
			body, _, _ = strings.Cut(body, "## Words that are not used")
		}
		for i, line := range strings.Split(body, "\n") {
			if hasHan(line) {
				out[i+1] = line
			}
		}
		return out
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, data, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil && hasHan(s) {
				out[set.Position(lit.Pos()).Line] += s
			}
		}
		return true
	})
	return out
}

// TestTerms finds the words that the glossary does not use in every Chinese text
// that a person reads.
func TestTerms(t *testing.T) {
	words := unused(t)
	files, count := 0, 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator)))
		if d.IsDir() {
			if strings.HasPrefix(d.Name(), ".") && path != ".." {
				return fs.SkipDir
			}
			return nil
		}
		ext := filepath.Ext(name)
		if ext != ".md" && ext != ".yaml" && ext != ".go" || strings.HasSuffix(name, "_test.go") || name == "bench/everyday/flows.yaml" || notOurs.MatchString(name) {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		all := texts(t, name, data)
		if len(all) > 0 {
			files++
		}
		for line, text := range all {
			count++
			if w := firstOf(text, words); w != "" {
				t.Errorf("%s:%d has the word %s; the glossary says what is used", name, line, w)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d texts in %d files, %d words", count, files, len(words))
	if files < minTermFiles || count < minTermTexts {
		t.Errorf("%d texts in %d files, at least %d in %d should be there", count, files, minTermTexts, minTermFiles)
	}
}

// What must be found is found.
func TestFirstOf(t *testing.T) {
	words := unused(t)
	for text, want := range map[string]string{"结论为人工审查。": "人工审查", "出境数据要素": "数据要素", "向省级网信部门申报标准合同": "申报标准合同", "人工复核，遮盖": ""} {
		if got := firstOf(text, words); got != want {
			t.Errorf("%s: found %q, want %q", text, got, want)
		}
	}
	if all := texts(t, "a.go", []byte("package a\n\nvar x = \"画像\"\n")); all[3] != "画像" {
		t.Errorf("strings of Go: %v", all)
	}
}
