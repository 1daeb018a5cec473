package archtest_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const (
	minSentences = 9000 // stored minimum
	maxWords     = 45   // in a sentence of a comment
)

// opener is the beginning of a sentence whose subject is a clause, or whose
// object comes first: "What it forbids it forbids at once."
var opener = regexp.MustCompile(`^(What|Whatever|Who|Whoever|Of|Nor|Such|That (the|a|an|it|they|nobody|no)) `)

// docTag is the description in the tag of a field.
var docTag = regexp.MustCompile(`\b(?:doc|help|description):"((?:[^"\\]|\\.)*)"`)

// metaphors are words that a reader must guess, unless the glossary has them.
var metaphors = regexp.MustCompile(`(?i)\b(shelf|stubborn(?:ly)?|patience|calms?|farewell|stumbl(?:es?|ed|ing)|shouts?|let(?:s|ting)? go|quarrels?|bur(?:y|ies|ied)|bears?|knowing|conductor|goodbye)\b`)

// TestPlainEnglish: a comment puts the subject first, has no metaphor, and its
// sentences are short enough to read once. The same holds for texts of the code:
// help, descriptions, errors. Names and documents have no metaphors either.
func TestPlainEnglish(t *testing.T) {
	sentences, findings, err := checkEnglish(os.DirFS(root(t)))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d sentences", sentences)
	if sentences < minSentences {
		t.Errorf("read %d sentences, at least %d should be there", sentences, minSentences)
	}
	for _, f := range findings {
		t.Errorf("%s:%d: %s: %s", f.file, f.line, f.why, f.sentence)
	}
}

func TestPlainEnglishFinds(t *testing.T) {
	_, findings, err := checkEnglish(fstest.MapFS{
		"docs/glossary.md": {Data: []byte("| word | meaning |\n|---|---|\n| shelf | where packs are kept |\n")},
		"docs/a.md":        {Data: []byte("A stubborn\npeer.\n\n```\nfarewell\n```\n")},
		"a/a.go": {Data: []byte("// Package a is plain. What it forbids it forbids at once.\npackage a\n\n" +
			"// What is a name, and the shelf is in the glossary.\nfunc What() {}\n\n" +
			"// B runs.\n//\n//	What is indented is code.\nfunc B() {\n\tWhat() // lets go of it\n}\n\n" +
			"// C " + strings.Repeat("goes on and ", 15) + "on.\nfunc C() {}\n\nfunc letGo() {}\n")},
		"a/b.go": {Data: []byte("package a\n\nvar b = Help{\n\tLong: \"Ask a peer. What \" + kind + \" leaves is cleared.\",\n" +
			"\tShort: \"What participants can send\",\n\tExample: `# Ask it.\n# Whoever asks, it answers.`,\n\tData: `What <a/> 1 b=c`,\n}\n\n" +
			"type c struct {\n\tD int `json:\"d\" doc:\"it lets go of the lock\"`\n}\n")},
		"a/a_test.go": {Data: []byte("// Whoever reads this reads a test.\npackage a\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range findings {
		got = append(got, fmt.Sprintf("%s:%d %s", f.file, f.line, f.why))
	}
	want := []string{"a/a.go:17 metaphor \"let Go\"", "a/a.go:1 the subject is not first", "a/a.go:11 metaphor \"lets go\"", "a/a.go:14 47 words",
		"a/b.go:4 the subject is not first", "a/b.go:5 the subject is not first", "a/b.go:6 the subject is not first", "a/b.go:12 metaphor \"lets go\"", "docs/a.md:1 metaphor \"stubborn\""}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

type unclear struct {
	file, sentence, why string
	line                int
}

// checkEnglish reads the comments and texts of the code, and the documents.
func checkEnglish(tree fs.FS) (sentences int, out []unclear, err error) {
	glossary, err := fs.ReadFile(tree, "docs/glossary.md")
	if err != nil {
		return 0, nil, err
	}
	metaphor := func(sentence string) string {
		for _, word := range metaphors.FindAllString(sentence, -1) {
			if !strings.Contains(string(glossary), "| "+strings.ToLower(word)+" |") {
				return fmt.Sprintf("metaphor %q", word)
			}
		}
		return ""
	}
	err = fs.WalkDir(tree, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && slices.Contains(notOurs, d.Name()) {
				return fs.SkipDir
			}
			return err
		}
		document := path.Ext(p) == ".md" && (path.Dir(p) == "." || strings.HasPrefix(p, "docs/"))
		if !document && (path.Ext(p) != ".go" || strings.HasSuffix(p, "_test.go")) {
			return nil
		}
		data, err := fs.ReadFile(tree, p)
		if err != nil {
			return err
		}
		if document {
			text := fence.ReplaceAllStringFunc(string(data), func(code string) string { return strings.Repeat("\n", strings.Count(code, "\n")) })
			for i, line := range strings.Split(text, "\n") {
				if why := metaphor(line); why != "" {
					out = append(out, unclear{p, line, why, i + 1})
				}
			}
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, p, data, parser.ParseComments)
		if err != nil {
			return err
		}
		names := map[string]bool{}
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && !names[id.Name] {
				names[id.Name] = true
				if why := metaphor(strings.Join(wordsOf(id.Name), " ")); why != "" {
					out = append(out, unclear{p, id.Name, why, set.Position(id.Pos()).Line})
				}
			}
			return true
		})
		read := func(text string, at token.Pos, named map[string]bool) {
			for i, sentence := range sentencesOf(text) {
				sentences++
				first, _, _ := strings.Cut(sentence, " ")
				why := metaphor(sentence)
				if n := len(strings.Fields(sentence)); n > maxWords {
					why = fmt.Sprintf("%d words", n)
				}
				if opener.MatchString(sentence) && (i > 0 || !named[first]) {
					why = "the subject is not first"
				}
				if why != "" {
					out = append(out, unclear{p, sentence, why, set.Position(at).Line})
				}
			}
		}
		for _, group := range file.Comments {
			read(group.Text(), group.Pos(), names)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			text, ok := textOf(e)
			if ok && isProse(text) {
				read(comment.ReplaceAllString(text, ""), e.Pos(), nil)
			}
			return !ok
		})
		return nil
	})
	return sentences, out, err
}

// comment is the mark of a comment in a text that becomes a file.
var comment = regexp.MustCompile(`(?m)^# `)

// plainWord is a word without digits or signs.
var plainWord = regexp.MustCompile(`^[('"]*[A-Za-z]+(?:['-][A-Za-z]+)*[)'"]*[,.;:?!]*$`)

// isProse tells prose from names, data and forms: it has at least four words,
// and most of them are plain.
func isProse(text string) bool {
	plain, all := 0, strings.Fields(text)
	for _, w := range all {
		if plainWord.MatchString(w) {
			plain++
		}
	}
	return len(all) >= 4 && 2*plain > len(all)
}

// textOf returns the text of an expression that makes one: a text, a tag with a
// description, or a sum of texts and values.
func textOf(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		if doc := docTag.FindStringSubmatch(text); doc != nil {
			text = doc[1]
		}
		return text, err == nil
	case *ast.BinaryExpr:
		x, isText := textOf(e.X)
		y, also := textOf(e.Y)
		return x + " " + y, isText || also
	case *ast.ParenExpr:
		return textOf(e.X)
	}
	return "", false
}

var endOfSentence = regexp.MustCompile(`[.!?]\s+`)

// sentencesOf divides the text of a comment. Indented lines are code, and each
// item of a list stands for itself.
func sentencesOf(comment string) (out []string) {
	for _, paragraph := range strings.Split(strings.ReplaceAll(comment, "\n- ", "\n\n- "), "\n\n") {
		var text []string
		for _, line := range strings.Split(paragraph, "\n") {
			if line != "" && line == strings.TrimLeft(line, " \t") {
				text = append(text, line)
			}
		}
		for _, s := range endOfSentence.Split(strings.Join(text, " "), -1) {
			if s != "" {
				out = append(out, s)
			}
		}
	}
	return out
}
