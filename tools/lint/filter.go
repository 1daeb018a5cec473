package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// change has an analyzer report through what around makes of its report.
// Around may return a function that is called after the analyzer.
func change(a *analysis.Analyzer, around func(*analysis.Pass) (report func(analysis.Diagnostic), after func())) *analysis.Analyzer {
	run := a.Run
	a.Run = func(pass *analysis.Pass) (any, error) {
		changed := *pass
		var after func()
		changed.Report, after = around(pass)
		result, err := run(&changed)
		if err == nil && after != nil {
			after()
		}
		return result, err
	}
	return a
}

// product limits an analyzer to the product without its tests: a test with such
// a mistake fails anyway.
func product(a *analysis.Analyzer) *analysis.Analyzer {
	return change(a, func(pass *analysis.Pass) (func(analysis.Diagnostic), func()) {
		return func(d analysis.Diagnostic) {
			if !strings.HasSuffix(pass.Fset.Position(d.Pos).Filename, "_test.go") {
				pass.Report(d)
			}
		}, nil
	})
}

// without has an analyzer leave out packages.
func without(a *analysis.Analyzer, packages ...string) *analysis.Analyzer {
	return change(a, func(pass *analysis.Pass) (func(analysis.Diagnostic), func()) {
		return func(d analysis.Diagnostic) {
			if !slices.Contains(packages, pass.Pkg.Path()) {
				pass.Report(d)
			}
		}, nil
	})
}

// named puts the name of an analyzer before its reports.
func named(a *analysis.Analyzer) *analysis.Analyzer {
	return change(a, func(pass *analysis.Pass) (func(analysis.Diagnostic), func()) {
		return func(d analysis.Diagnostic) {
			d.Message = fmt.Sprintf("%s: %s", a.Name, d.Message)
			pass.Report(d)
		}, nil
	})
}

// ignorePrefix begins a comment that silences a finding. It is the one of
// staticcheck, which leaves alone the names that it does not know.
const ignorePrefix = "//lint:ignore "

// ignore is a comment that silences findings of one analyzer.
type ignore struct {
	pos    token.Pos
	reason string
	used   bool
}

// unsteady is an analyzer whose findings differ from run to run: it follows
// calls into other packages, in the order in which these are read. A comment
// for it may silence nothing in one run.
const unsteady = "contextcheck"

// ignorable has comments silence an analyzer.
func ignorable(a *analysis.Analyzer) *analysis.Analyzer {
	return change(a, func(pass *analysis.Pass) (func(analysis.Diagnostic), func()) {
		ignores := ignoresOf(pass, a.Name)
		report := func(d analysis.Diagnostic) {
			at := pass.Fset.Position(d.Pos)
			for _, line := range []int{at.Line, at.Line - 1} {
				if i := ignores[place{at.Filename, line}]; i != nil {
					i.used = true
					return
				}
			}
			pass.Report(d)
		}
		return report, func() {
			for _, i := range ignores {
				switch {
				case i.reason == "":
					pass.Reportf(i.pos, "this comment has no reason")
				case !i.used && a.Name != unsteady:
					pass.Reportf(i.pos, "this comment silences nothing")
				}
			}
		}
	})
}

// place is a line of a file.
type place struct {
	file string
	line int
}

// ignoresOf finds the comments that silence an analyzer in a package.
func ignoresOf(pass *analysis.Pass, name string) map[place]*ignore {
	found := map[place]*ignore{}
	for _, f := range pass.Files {
		for _, group := range f.Comments {
			for _, c := range group.List {
				if reason, ok := parseIgnore(c, name); ok {
					at := pass.Fset.Position(c.Pos())
					found[place{at.Filename, at.Line}] = &ignore{pos: c.Pos(), reason: reason}
				}
			}
		}
	}
	return found
}

// parseIgnore returns the reason of a comment that silences an analyzer.
func parseIgnore(c *ast.Comment, name string) (reason string, ok bool) {
	text, ok := strings.CutPrefix(c.Text, ignorePrefix)
	if !ok {
		return "", false
	}
	first, reason, _ := strings.Cut(strings.TrimSpace(text), " ")
	return strings.TrimSpace(reason), first == name
}
