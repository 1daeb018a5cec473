package archtest_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Stored minima; see rules_test.go.
const (
	minWalks  = 4
	minPlaces = 55
)

// The walks of ARCHITECTURE.md name places that exist, and no part of a walk
// goes up the layers again.
func TestWalks(t *testing.T) {
	tree := os.DirFS(root(t))
	data, err := fs.ReadFile(tree, "ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := readTree(tree)
	if err != nil {
		t.Fatal(err)
	}
	walks, places, findings := checkWalks(string(data), files)
	t.Logf("%d places in %d walks", places, walks)
	if walks < minWalks || places < minPlaces {
		t.Errorf("%d places in %d walks, at least %d in %d should be there", places, walks, minPlaces, minWalks)
	}
	for _, f := range findings {
		t.Error(f)
	}
}

// Each mistake in a walk is found.
func TestWalksFind(t *testing.T) {
	src := func(dir, text string) *source {
		t.Helper()
		s, err := parse(dir+"/x.go", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	files := []*source{
		src("internal/flow", "package flow\ntype Service struct{ Name string }\nfunc (s *Service) step() {}\ntype Store interface{ Create() }\n"),
		src("internal/agree", "package agree\nfunc New() {}\n"),
	}
	for _, c := range []struct{ name, text, want string }{
		{"down", "1. `flow.Service.step` and `flow.Store.Create`\n2. `flow.Service.Name`\n3. `agree.New`\n", ""},
		{"new part", "1. `agree.New`\n\nAgain:\n\n1. `flow.Service`\n", ""},
		{"up", "1. `agree.New`\n2. `flow.Service`\n", "a: flow.Service lies above agree.New"},
		{"up on one line", "1. `agree.New` calls `flow.Service`\n", "a: flow.Service lies above agree.New"},
		{"no function", "1. `agree.Old`\n", "a: there is no agree.Old"},
		{"no method", "1. `flow.Service.leap`\n", "a: there is no flow.Service.leap"},
		{"no package", "1. `floe.Service`\n", "a: there is no floe.Service"},
		{"nothing named", "1. `flow` does it\n", "a: no place is named by \"1. `flow` does it\""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, got := checkWalks("## Four walks through the source\n### a\n"+c.text+"## After\n1. `no.Walk`\n", files)
			if s := strings.Join(got, "\n"); s != c.want {
				t.Errorf("found %q, want %q", s, c.want)
			}
		})
	}
}

var (
	walksPart = regexp.MustCompile(`(?ms)^## Four walks through the source$(.*?)^## `)
	walkStep  = regexp.MustCompile(`^\d+\. `)
	walkPlace = regexp.MustCompile("`([a-z]+(?:/[a-z]+)*)\\.([A-Za-z]+(?:\\.[A-Za-z]+)?)`")
)

// checkWalks reads the walks of a document. A part of a walk is a list; a line
// of another kind ends it.
func checkWalks(text string, files []*source) (walks, places int, findings []string) {
	part := walksPart.FindStringSubmatch(text)
	if part == nil {
		return 0, 0, []string{"there is no heading of the walks"}
	}
	known := placesOf(files)
	walk, above, before := "", -1, ""
	for line := range strings.Lines(part[1]) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "### "); ok {
			walks++
			walk = name
		}
		if line == "" {
			continue
		}
		if !walkStep.MatchString(line) {
			above = -1
			continue
		}
		named := walkPlace.FindAllStringSubmatch(line, -1)
		if len(named) == 0 {
			findings = append(findings, fmt.Sprintf("%s: no place is named by %q", walk, line))
		}
		for _, m := range named {
			places++
			place := m[1] + "." + m[2]
			dir := path.Join("internal", m[1])
			if m[1] == "client" {
				dir = m[1]
			}
			layer, ok := layerOf(dir)
			if !ok || !known[dir+"."+m[2]] {
				findings = append(findings, fmt.Sprintf("%s: there is no %s", walk, place))
				continue
			}
			if layer < above {
				findings = append(findings, fmt.Sprintf("%s: %s lies above %s", walk, place, before))
			}
			above, before = layer, place
		}
	}
	return walks, places, findings
}

// placesOf are the functions, types, methods and fields of packages, by the
// directory and the name.
func placesOf(files []*source) map[string]bool {
	out := map[string]bool{}
	for _, f := range files {
		if f.test {
			continue
		}
		for _, fn := range f.funcs {
			out[strings.Join(slices.DeleteFunc([]string{f.dir(), fn.receiver, fn.name}, func(s string) bool { return s == "" }), ".")] = true
		}
		for _, t := range f.types {
			out[f.dir()+"."+t.name] = true
			for _, m := range t.members {
				out[f.dir()+"."+t.name+"."+m] = true
			}
		}
	}
	return out
}
