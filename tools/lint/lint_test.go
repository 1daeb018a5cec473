package main

import (
	"go/ast"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
)

func TestImports(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), imports, "ordered")
}

// words reports each function by its name.
func words() *analysis.Analyzer {
	return &analysis.Analyzer{Name: "words", Doc: "report functions", Run: func(pass *analysis.Pass) (any, error) {
		if pass.Pkg.Name() == "main" {
			return nil, nil // the program that runs the tests
		}
		for _, f := range pass.Files {
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok {
					pass.Reportf(fn.Pos(), "function %s", fn.Name.Name)
				}
			}
		}
		return nil, nil
	}}
}

func TestIgnoredFindings(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), named(ignorable(words())), "ignored")
}

func TestFindingsLeftOut(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), product(words()), "product")
	analysistest.Run(t, analysistest.TestData(), without(words(), "left"), "left")
}

func TestExcludedFunctions(t *testing.T) {
	got := slices.Sorted(maps.Keys(excluded("# why\nfmt.Fprint\n\n  (*os.File).Close # only read\n")))
	if want := []string{"(*os.File).Close", "fmt.Fprint"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(excluded(unchecked)) == 0 {
		t.Error("the list of functions is empty")
	}
}

// Whoever adds an analyzer also plants a mistake for it.
func TestEveryAnalyzerHasAPlantedMistake(t *testing.T) {
	for _, a := range enabled() {
		name := filepath.Join("..", "..", "internal", "archtest", "testdata", "lint", a.Name+".go")
		if _, err := os.Stat(name); err != nil {
			t.Errorf("analyzer %s: %v", a.Name, err)
		}
	}
}
