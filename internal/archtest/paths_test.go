package archtest_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// routesFile is the table of operations of the management API.
const routesFile = "internal/api/routes.go"

// minResources is how many first segments of paths the table has at least.
const minResources = 14

// TestPaths holds that only the table of operations and the public client write
// paths of the management API: everybody else uses the client.
func TestPaths(t *testing.T) {
	files, err := readTree(os.DirFS(root(t)))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(resources(files)); n < minResources {
		t.Errorf("%s has %d first segments of paths, at least %d should be there", routesFile, n, minResources)
	}
	for _, finding := range checkPaths(files) {
		t.Error(finding)
	}
}

var resource = regexp.MustCompile(`^/([a-z][a-z-]*)(/|$)`)

// resources are the first segments of the paths in the table.
func resources(files []*source) (out []string) {
	for _, f := range files {
		if f.path != routesFile {
			continue
		}
		for _, s := range f.strings {
			if m := resource.FindStringSubmatch(s.value); m != nil && !slices.Contains(out, m[1]) {
				out = append(out, m[1])
			}
		}
	}
	return out
}

// mayWrite says which files may write such paths, and why.
var mayWrite = []exempt{
	{"the table", regexp.MustCompile(`^` + regexp.QuoteMeta(routesFile) + `$`)},
	{"the public client", regexp.MustCompile(`^client/`)},
}

// betweenGateways begins what gateways answer each other, which is another
// interface.
const betweenGateways = "/gateway/"

func checkPaths(files []*source) []string {
	var out []string
	literal := regexp.MustCompile(`/api/v\d|^/(` + strings.Join(resources(files), "|") + `)([/?]|$)`)
	for _, f := range files {
		if f.test || slices.ContainsFunc(mayWrite, func(e exempt) bool { return e.files.MatchString(f.path) }) {
			continue
		}
		for _, s := range f.strings {
			if literal.MatchString(s.value) && !strings.HasPrefix(s.value, betweenGateways) {
				out = append(out, fmt.Sprintf("%s: line %d writes a path of the management API: use package client", f.path, s.line))
			}
		}
	}
	return out
}

// The rule finds a path wherever it stands, and leaves what is none.
func TestPathsFind(t *testing.T) {
	table := "// Package api is a test.\npackage api\nvar _ = []string{`/flows/{id}`, `/counts`, `/gateway`}"
	for name, c := range map[string]struct {
		path, literal string
		found         bool
	}{
		"a path":            {"internal/cli/gate/a.go", "/flows/send", true},
		"a query":           {"bench/a/a.go", "/counts?exporter=x", true},
		"the whole":         {"internal/node/a.go", "https://host/api/v1/x", true},
		"a list":            {"internal/cli/a.go", "/flows", true},
		"the client":        {"client/flows.go", "/flows/send", false},
		"another path":      {"internal/cli/a.go", "/flowsheet", false},
		"a file":            {"internal/cli/a.go", "data/flows/x", false},
		"between gateways":  {"internal/exchange/a.go", "/gateway/notes/", false},
		"a test":            {"internal/cli/a_test.go", "/flows/send", false},
		"another interface": {"internal/dsp/a.go", "/catalog/request", false},
	} {
		files, err := readTree(fstest.MapFS{
			routesFile: {Data: []byte(table)},
			c.path:     {Data: []byte("package a\nvar _ = `" + c.literal + "`")},
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := checkPaths(files); (len(got) == 1) != c.found {
			t.Errorf("%s: %v", name, got)
		}
	}
}
