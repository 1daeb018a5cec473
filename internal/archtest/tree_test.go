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
	types   []typeDecl
	names   map[string]int // identifiers, and the line of the first use
}

type literal struct {
	value string
	line  int
}

type function struct {
	name     string
	receiver string // name of the type; empty: none
	lines    int
	params   int
	mentions []string // identifiers in its signature and body
}

// typeDecl is a type as it is declared. Of a type that is no struct only the
// name and the methods of an interface are known.
type typeDecl struct {
	name     string
	fields   int
	members  []string // names of fields and of the methods of an interface
	embeds   []string // types of the package
	pointers []string // types of the package to which a field points
	mentions []string // identifiers in its fields
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
		names: map[string]int{},
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
	case *ast.Ident:
		if _, seen := s.names[n.Name]; !seen {
			s.names[n.Name] = line(n.Pos())
		}
	case *ast.TypeSpec:
		s.types = append(s.types, declaration(n))
	case *ast.FuncDecl:
		s.funcs = append(s.funcs, signature(n, line(n.End())-line(n.Pos())+1))
	}
	return true
}

func signature(n *ast.FuncDecl, lines int) function {
	fn := function{name: n.Name.Name, lines: lines, params: n.Type.Params.NumFields(), mentions: mentioned(n)}
	if n.Recv != nil && len(n.Recv.List) == 1 {
		fn.receiver, _ = localType(n.Recv.List[0].Type)
	}
	return fn
}

func declaration(n *ast.TypeSpec) typeDecl {
	d := typeDecl{name: n.Name.Name, members: membersOf(n.Type)}
	st, ok := n.Type.(*ast.StructType)
	if !ok {
		return d
	}
	d.fields, d.mentions = st.Fields.NumFields(), mentioned(st)
	for _, field := range st.Fields.List {
		name, pointer := localType(field.Type)
		if name == "" {
			continue
		}
		if len(field.Names) == 0 {
			d.embeds = append(d.embeds, name)
		} else if pointer {
			d.pointers = append(d.pointers, name)
		}
	}
	return d
}

func membersOf(e ast.Expr) (out []string) {
	var list *ast.FieldList
	switch t := e.(type) {
	case *ast.StructType:
		list = t.Fields
	case *ast.InterfaceType:
		list = t.Methods
	default:
		return nil
	}
	for _, field := range list.List {
		for _, name := range field.Names {
			out = append(out, name.Name)
		}
	}
	return out
}

// localType is the name of a type of the same package, and whether it stands
// behind a pointer; empty for other types.
func localType(e ast.Expr) (name string, pointer bool) {
	for {
		switch t := e.(type) {
		case *ast.StarExpr:
			pointer, e = true, t.X
		case *ast.IndexExpr: // of a generic type
			e = t.X
		case *ast.IndexListExpr:
			e = t.X
		case *ast.Ident:
			return t.Name, pointer
		default:
			return "", false
		}
	}
}

func mentioned(n ast.Node) []string {
	var out []string
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			out = append(out, id.Name)
		}
		return true
	})
	return out
}
