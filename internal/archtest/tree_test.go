package archtest_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// source is one Go file.
type source struct {
	path    string // slash-separated, from the root of the module
	lines   int
	test    bool
	name    string // of the package
	doc     string // package comment
	imports []string
	strings []literal
	clock   []string // calls that read the clock
	funcs   []function
}

type literal struct {
	value string
	line  int
}

type function struct {
	name  string
	lines int
}

func (s *source) dir() string { return path.Dir(s.path) }

// notOurs are directories that hold no code of this module.
var notOurs = []string{".git", ".cache", "testdata", "tools", "vendor", "hutong-data"}

// readTree parses every Go file of the module.
func readTree(tree fs.FS) ([]*source, error) {
	var out []*source
	err := fs.WalkDir(tree, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains(notOurs, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(p) != ".go" {
			return nil
		}
		data, err := fs.ReadFile(tree, p)
		if err != nil {
			return err
		}
		s, err := parse(p, data)
		if err != nil {
			return err
		}
		out = append(out, s)
		return nil
	})
	return out, err
}

func parse(p string, data []byte) (*source, error) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, p, data, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", p, err)
	}
	s := &source{
		path:  p,
		lines: strings.Count(string(data), "\n"),
		test:  strings.HasSuffix(p, "_test.go"),
		name:  f.Name.Name,
		doc:   f.Doc.Text(),
	}
	for _, spec := range f.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, fmt.Errorf("parse %s: %w", p, err)
		}
		s.imports = append(s.imports, name)
	}
	ast.Inspect(f, func(n ast.Node) bool { return s.visit(set, n) })
	return s, nil
}

func (s *source) visit(set *token.FileSet, n ast.Node) bool {
	line := func(p token.Pos) int { return set.Position(p).Line }
	switch n := n.(type) {
	case *ast.ImportSpec:
		return false
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Example" {
			return false
		}
	case *ast.BasicLit:
		if n.Kind == token.STRING {
			value, _ := strconv.Unquote(n.Value) // the parser accepted it
			s.strings = append(s.strings, literal{value, line(n.Pos())})
		}
	case *ast.SelectorExpr:
		if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && clock.MatchString(n.Sel.Name) {
			s.clock = append(s.clock, fmt.Sprintf("time.%s in line %d", n.Sel.Name, line(n.Pos())))
		}
	case *ast.FuncDecl:
		s.funcs = append(s.funcs, function{n.Name.Name, line(n.End()) - line(n.Pos()) + 1})
	}
	return true
}
