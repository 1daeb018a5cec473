package main

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// imports wants the imports of a file in groups with a blank line between them:
// the standard library, then other modules, then this one. gofmt sorts each
// group.
var imports = &analysis.Analyzer{
	Name: "imports",
	Doc:  "check that imports stand in groups: standard library, other modules, this module",
	Run:  checkImports,
}

// group is the place of an import among the groups.
func group(path, module string) int {
	first, _, _ := strings.Cut(path, "/")
	switch {
	case path == module || strings.HasPrefix(path, module+"/"):
		return 3
	case strings.Contains(first, "."):
		return 2
	}
	return 1
}

func checkImports(pass *analysis.Pass) (any, error) {
	module, _, _ := strings.Cut(pass.Pkg.Path(), "/")
	if pass.Module != nil && pass.Module.Path != "" {
		module = pass.Module.Path
	}
	for _, f := range pass.Files {
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT && !ast.IsGenerated(f) {
				checkGroups(pass, g, module)
			}
		}
	}
	return nil, nil
}

func checkGroups(pass *analysis.Pass, decl *ast.GenDecl, module string) {
	last, lastLine := 0, 0
	for _, spec := range decl.Specs {
		imp, ok := spec.(*ast.ImportSpec)
		if !ok {
			continue
		}
		path, err := strconv.Unquote(imp.Path.Value)
		if err != nil {
			continue
		}
		start := imp.Pos()
		if imp.Doc != nil {
			start = imp.Doc.Pos()
		}
		line, now := pass.Fset.Position(start).Line, group(path, module)
		switch {
		case now < last:
			pass.Reportf(imp.Pos(), "import of %s stands after a later group: standard library, other modules, this module", path)
		case last != 0 && (now > last) != (line > lastLine+1):
			pass.Reportf(imp.Pos(), "import of %s: one blank line stands between groups, and none within", path)
		}
		last, lastLine = max(last, now), pass.Fset.Position(imp.End()).Line
	}
}
