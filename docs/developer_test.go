package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Stored minima: names of files and of Go code on all pages for developers.
const (
	minFilesNamed = 20
	minNamesNamed = 8
)

var (
	quoted   = regexp.MustCompile("`([^`\n]+)`")
	codePath = regexp.MustCompile(`^(internal|cmd|packs|words|filings|client|docs|tools|bench)(/[\w.-]+)*/?$`)
	codeName = regexp.MustCompile(`^([a-z]+)\.([A-Z]\w*)(\.([A-Z]\w*))?$`)
)

// The pages for developers speak of files and names that are there.
func TestDeveloperPagesNameWhatIsThere(t *testing.T) {
	pages, err := filepath.Glob("developer/*.md")
	if err != nil {
		t.Fatal(err)
	}
	declared := declarations(t)
	files, names := 0, 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range quoted.FindAllStringSubmatch(string(text), -1) {
			word := strings.TrimSuffix(m[1], "/")
			switch {
			case strings.Contains(word, "NAME"):
			case codePath.MatchString(word) && strings.Contains(word, "/"):
				files++
				if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(word))); err != nil {
					t.Errorf("%s: there is no %s", page, word)
				}
			case codeName.MatchString(word) && !strings.HasPrefix(word, "io."):
				names++
				if !declared[word] {
					t.Errorf("%s: Go code declares no %s", page, word)
				}
			}
		}
	}
	t.Logf("%d files and %d names on %d pages", files, names, len(pages))
	if files < minFilesNamed || names < minNamesNamed {
		t.Errorf("%d files and %d names, at least %d and %d should be there", files, names, minFilesNamed, minNamesNamed)
	}
}

// declarations holds the exported names of all packages as package.Name, and
// their methods and fields as package.Type.Name.
func declarations(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == ".cache" || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || path.Ext(p) != ".go" || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range f.Decls {
			declare(out, f.Name.Name, decl)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func declare(out map[string]bool, pkg string, decl ast.Decl) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		name := d.Name.Name
		if d.Recv != nil {
			name = receiver(d.Recv.List[0].Type) + "." + name
		}
		out[pkg+"."+name] = true
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				out[pkg+"."+s.Name.Name] = true
			case *ast.ValueSpec:
				for _, n := range s.Names {
					out[pkg+"."+n.Name] = true
				}
			}
		}
	}
}

// receiver is the name of a method's type.
func receiver(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.StarExpr:
		return receiver(x.X)
	case *ast.IndexExpr:
		return receiver(x.X)
	case *ast.Ident:
		return x.Name
	}
	return ""
}
