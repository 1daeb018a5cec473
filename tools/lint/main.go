// Lint runs the analyzers that this project needs beyond vet and staticcheck:
// unchecked errors, response bodies that stay open, requests without a context,
// contexts that are not passed on, the form of log calls and the order of
// imports. It is one program, so that every package is read once.
//
//	lint PACKAGE...  looks at packages of the module in the current directory
//	lint -list       names the analyzers
//
// A finding that is wrong is silenced in the line before it, or at its end,
// with the name of the analyzer and a reason:
//
//	//lint:ignore contextcheck each handler works with the context of its request
//
// A comment without a reason, or one that silences nothing, is a finding.
package main

import (
	_ "embed"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/kisielk/errcheck/errcheck"
	"github.com/kkHAIKE/contextcheck"
	"github.com/sonatard/noctx"
	"github.com/timakin/bodyclose/passes/bodyclose"
	"go-simpler.org/sloglint"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/multichecker"
)

// unchecked are the functions whose errors need no check, with the reasons.
//
//go:embed unchecked.txt
var unchecked string

// enabled are the analyzers, each of which must find the mistake that is
// planted for it in internal/archtest/testdata/lint.
func enabled() []*analysis.Analyzer {
	for name := range excluded(unchecked) {
		errcheck.DefaultExcludedSymbols = append(errcheck.DefaultExcludedSymbols, name)
	}
	list := []*analysis.Analyzer{
		product(errcheck.Analyzer),
		bodyclose.Analyzer,
		// A statement in a group commit belongs to several callers, so that the
		// context of none of them may end it.
		without(product(noctx.Analyzer), "hutong/internal/sqlite"),
		product(contextcheck.NewAnalyzer(contextcheck.Configuration{DisableFact: true})),
		product(sloglint.New(&sloglint.Options{
			NoGlobalLogger: "all", ContextOnly: "scope", StaticMessage: true,
			NoMixedArguments: true, AttributesOnly: true, KeyNamingCase: "snake",
		})),
		imports,
	}
	for _, a := range list {
		named(ignorable(a))
	}
	return list
}

func main() {
	list := enabled()
	if slices.Equal(os.Args[1:], []string{"-list"}) {
		for _, a := range list {
			fmt.Println(a.Name)
		}
		return
	}
	multichecker.Main(list...)
}

// excluded reads a list with one function a line; # begins a comment.
func excluded(list string) map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(list) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" {
			out[line] = true
		}
	}
	return out
}
