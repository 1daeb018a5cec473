package archtest_test

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestTree(t *testing.T) {
	files, err := readTree(os.DirFS(root(t)))
	if err != nil {
		t.Fatal(err)
	}
	packages := map[string]bool{}
	for _, f := range files {
		packages[f.dir()] = true
	}
	t.Logf("read %d files in %d packages", len(files), len(packages))
	if len(packages) < minPackages || len(files) < minFiles {
		t.Errorf("read %d files in %d packages, at least %d in %d should be there", len(files), len(packages), minFiles, minPackages)
	}
	for _, finding := range check(files) {
		t.Error(finding)
	}
	for _, f := range files {
		for _, note := range large(f, fileLook, testFileLook, funcLook) {
			t.Logf("look twice: %s", note)
		}
	}
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
}

// check applies every rule and returns what breaks one, in order.
func check(files []*source) []string {
	var out []string
	// By directory: whether some file other than a test says what it is for.
	documented := map[string]bool{}
	for _, f := range files {
		out = append(out, checkFile(f)...)
		if !f.test {
			documented[f.dir()] = documented[f.dir()] || strings.TrimSpace(f.doc) != ""
		}
	}
	for dir, ok := range documented {
		if !ok {
			out = append(out, dir+": the package has no comment that says what it is for")
		}
	}
	slices.Sort(out)
	return out
}

func checkFile(f *source) []string {
	var out []string
	say := func(format string, args ...any) {
		out = append(out, f.path+": "+fmt.Sprintf(format, args...))
	}
	if vague.MatchString(path.Base(f.dir())) {
		say("package %s says nothing about what belongs there", path.Base(f.dir()))
	}
	for _, note := range large(f, fileFail, testFileFail, funcFail) {
		say("%s", note)
	}
	own, known := layerOf(f.dir())
	if !known {
		say("package %s is in no layer: add it to the table", f.dir())
	}
	if f.test {
		return out
	}
	if known {
		out = append(out, checkImports(f, own)...)
	}
	if !slices.ContainsFunc(elapsed, func(e exempt) bool { return e.files.MatchString(f.path) }) {
		for _, c := range f.clock {
			say("asks package time instead of the clock it is given: %s", c)
		}
	}
	if !lawFree.MatchString(f.path) {
		for _, s := range f.strings {
			if jurisdiction.MatchString(s.value) {
				say("line %d names a jurisdiction or its law: that belongs in a rule pack", s.line)
			}
		}
	}
	return out
}

func checkImports(f *source, own int) []string {
	var out []string
	say := func(format string, args ...any) {
		out = append(out, f.path+": "+fmt.Sprintf(format, args...))
	}
	for _, imported := range f.imports {
		if layers[own].pure && impure.MatchString(imported) {
			say("a pure package imports %s", imported)
		}
		target, local := strings.CutPrefix(imported, module)
		if !local {
			continue
		}
		if l, ok := layerOf(target); !ok {
			say("imports %s, which is in no layer", target)
		} else if l <= own {
			say("imports %s: %s may not import from %s", target, layers[own].name, layers[l].name)
		}
	}
	if layers[own].pure {
		for _, c := range f.clock {
			say("a pure package uses the clock: %s", c)
		}
	}
	return out
}

func layerOf(dir string) (int, bool) {
	for i, l := range layers {
		if slices.Contains(l.packages, dir) {
			return i, true
		}
	}
	return 0, false
}

// large names what is longer than the bounds.
func large(f *source, file, testFile, function int) []string {
	var out []string
	if bound := map[bool]int{false: file, true: testFile}[f.test]; f.lines > bound {
		out = append(out, fmt.Sprintf("%s has %d lines, more than %d", f.path, f.lines, bound))
	}
	for _, fn := range f.funcs {
		if fn.lines > function {
			out = append(out, fmt.Sprintf("%s: function %s has %d lines, more than %d", f.path, fn.name, fn.lines, function))
		}
	}
	return out
}

// Every rule must be able to fail.
func TestRulesFind(t *testing.T) {
	const doc = "// Package x is for a test.\n"
	cases := map[string]struct{ path, text, want string }{
		"upwards":       {"internal/dataspace/a.go", doc + "package dataspace\nimport _ \"hutong/internal/prove\"", "vocabulary may not import from services"},
		"sideways":      {"internal/clear/a.go", doc + "package clear\nimport _ \"hutong/internal/prove\"", "services may not import from services"},
		"unknown":       {"internal/novelty/a.go", doc + "package novelty", "is in no layer"},
		"pure-io":       {"internal/rules/a.go", doc + "package rules\nimport _ \"os\"", "a pure package imports os"},
		"pure-clock":    {"internal/rules/a.go", doc + "package rules\nimport \"time\"\nvar _ = time.Now()", "uses the clock"},
		"clock":         {"internal/clear/a.go", doc + "package clear\nimport \"time\"\nvar _ = time.After(1)", "instead of the clock it is given: time.After"},
		"code":          {"internal/clear/a.go", doc + "package clear\nvar _ = \"CN-SH\"", "names a jurisdiction"},
		"name":          {"internal/clear/a.go", doc + "package clear\nvar _ = \"goes to Singapore\"", "names a jurisdiction"},
		"law":           {"internal/cli/a.go", doc + "package cli\nvar _ = `what PIPL says`", "names a jurisdiction"},
		"an age":        {"internal/rules/a.go", doc + "package rules\nvar _ = \"none of them is under 14\"", "names a jurisdiction"},
		"an age in zh":  {"internal/rules/a.go", doc + "package rules\nvar _ = \"不含不满十四周岁未成年人\"", "names a jurisdiction"},
		"a count":       {"internal/rules/a.go", doc + "package rules\nvar _ = \"counts.under_14\"", "names a jurisdiction"},
		"a class":       {"internal/rules/a.go", doc + "package rules\nvar _ = \"US persons\"", "names a jurisdiction"},
		"a fact":        {"internal/dossier/a.go", doc + "package dossier\nvar _ = \"data.important\"", "names a jurisdiction"},
		"a status":      {"internal/rules/a.go", doc + "package rules\nvar _ = \"关键信息基础设施运营者\"", "names a jurisdiction"},
		"chinese":       {"internal/cli/a.go", doc + "package cli\nvar _ = \"上海\"", "names a jurisdiction"},
		"no-comment":    {"internal/cli/a.go", "package cli", "has no comment"},
		"cli-group":     {"internal/cli/law/a.go", doc + "package law\nimport _ \"hutong/internal/cli/gate\"", "groups of commands may not import from groups of commands"},
		"cli-frame":     {"internal/cli/frame/a.go", doc + "package frame\nimport _ \"hutong/internal/cli/show\"", "frame of commands may not import from what groups of commands share"},
		"vague":         {"internal/util/a.go", doc + "package util", "says nothing"},
		"long-file":     {"internal/cli/a.go", doc + "package cli\n" + strings.Repeat("\n", fileFail), "lines, more than"},
		"long-function": {"internal/cli/a.go", doc + "package cli\nfunc f() {" + strings.Repeat("\n", funcFail) + "}", "function f has"},
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		t.Run(name, func(t *testing.T) {
			c := cases[name]
			files, err := readTree(fstest.MapFS{c.path: {Data: []byte(c.text)}})
			if err != nil {
				t.Fatal(err)
			}
			if found := strings.Join(check(files), "\n"); !strings.Contains(found, c.want) {
				t.Errorf("found %q, want something with %q", found, c.want)
			}
		})
	}
}

// What is allowed must not be found, or people stop reading the findings.
func TestRulesLeave(t *testing.T) {
	tree := fstest.MapFS{
		"internal/clear/a.go":      {Data: []byte("// Package clear decides in CN-SH.\npackage clear\nimport _ \"hutong/internal/dataspace\"\nvar _ = \"cn_resident_id\"")},
		"internal/clear/a_test.go": {Data: []byte("package clear_test\nimport _ \"hutong/internal/prove\"\nvar _ = \"CN-SH\"")},
		"internal/cli/send.go":     {Data: []byte("// Package cli is the command line.\npackage cli\nvar _ = command{Example: `hutong send x --to singapore/y`}\nvar _ = \"GB\"")},
		"internal/cli/demo/a.go":   {Data: []byte("// Package demo is the demonstration.\npackage demo\nvar _ = \"Shanghai\"")},
		"internal/deliver/pull.go": {Data: []byte("// Package deliver is for a test.\npackage deliver\nimport \"time\"\nvar _ = time.Now()")},
		"tools/go.go":              {Data: []byte("package tools")},
	}
	files, err := readTree(tree)
	if err != nil {
		t.Fatal(err)
	}
	if found := check(files); len(found) > 0 {
		t.Errorf("found %q in what is allowed", found)
	}
}
