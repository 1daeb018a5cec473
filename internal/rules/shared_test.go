package rules_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/examine"
)

// shared finds ../shared from the root of the repository.
func shared(t *testing.T, name string) []byte {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != "/" {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	data, err := os.ReadFile(filepath.Join(dir, "..", "shared", name))
	if err != nil {
		t.Skip("needs ../shared")
	}
	return data
}

// TestSharedVectors runs the boundary cases of the shared facts of law.
func TestSharedVectors(t *testing.T) {
	var file struct {
		Defaults map[string]any `yaml:"defaults"`
		Cases    []struct {
			ID     string            `yaml:"id"`
			Facts  map[string]any    `yaml:"facts"`
			Counts map[string]any    `yaml:"counts"`
			Expect map[string]string `yaml:"expect"`
			Why    string            `yaml:"why"`
		} `yaml:"cases"`
	}
	if err := yaml.Unmarshal(shared(t, "law/vectors.yaml"), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < 10 {
		t.Fatalf("%d cases, want at least 10", len(file.Cases))
	}
	set := allPacks(t)
	for _, c := range file.Cases {
		t.Run(c.ID, func(t *testing.T) {
			doc := merge(file.Defaults, c.Facts)
			doc["counts"] = c.Counts
			text, err := yaml.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			d := decide(t, set, parse(t, string(text)))
			for j, want := range c.Expect {
				n := 0
				for _, r := range d.Regimes {
					if strings.EqualFold(string(r.Jurisdiction), j) && r.Side == dataspace.ExportSide {
						n++
						if r.Pathway != want {
							t.Errorf("pathway %s, want %s: %s\n%s", r.Pathway, want, c.Why, show(d))
						}
					}
				}
				if n != 1 {
					t.Errorf("%d regimes of %s, want one", n, j)
				}
			}
		})
	}
}

func merge(a, b map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range a {
		out[k] = v
	}
	for k, v := range b {
		old, isOld := out[k].(map[string]any)
		m, isNew := v.(map[string]any)
		if isOld && isNew {
			v = merge(old, m)
		}
		out[k] = v
	}
	return out
}

// TestSharedFiles keeps the calendar inside the program equal to the original,
// And the schemas true to theirs: fields may be added, never changed.
func TestSharedFiles(t *testing.T) {
	got, err := os.ReadFile("../../packs/calendars/cn-workdays.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, shared(t, "law/cn-workdays.yaml")) {
		t.Error("the calendar differs from law/cn-workdays.yaml")
	}
	for name, dir := range map[string]string{"facts.schema.json": "../pack/schema/", "decision.schema.json": "schema/"} {
		var theirs, ours any
		own, err := os.ReadFile(dir + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(json.Unmarshal(shared(t, "law/"+name), &theirs), json.Unmarshal(own, &ours)); err != nil {
			t.Fatal(err)
		}
		if n := keeps(t, name, theirs, ours); n < 90 {
			t.Errorf("only %d values of %s were compared", n, name)
		}
	}
}

// keeps reports what of the original is not in the copy, and counts what is.
func keeps(t *testing.T, at string, original, own any) int {
	switch o := original.(type) {
	case map[string]any:
		mine, _ := own.(map[string]any)
		n := 0
		for k, v := range o {
			n += keeps(t, at+"."+k, v, mine[k])
		}
		return n
	case []any:
		mine, _ := own.([]any)
		for _, v := range o {
			if !slices.ContainsFunc(mine, func(m any) bool { return reflect.DeepEqual(m, v) }) {
				t.Errorf("%s lacks %v", at, v)
			}
		}
		return len(o)
	}
	if !reflect.DeepEqual(original, own) {
		t.Errorf("%s is %v, the original says %v", at, own, original)
	}
	return 1
}

// TestSharedElements checks every element of the draft, and all that the packs
// name, against the taxonomy.
func TestSharedElements(t *testing.T) {
	var file struct {
		Elements []struct {
			ID dataspace.ElementID `yaml:"id"`
		} `yaml:"elements"`
	}
	if err := yaml.Unmarshal(shared(t, "taxonomy/elements.yaml"), &file); err != nil {
		t.Fatal(err)
	}
	for _, e := range file.Elements {
		if _, ok := element.Builtin().Lookup(e.ID); !ok {
			t.Errorf("%s is lost", e.ID)
		}
	}
	if len(file.Elements) < 100 {
		t.Fatalf("%d elements", len(file.Elements))
	}
	for _, p := range loadAll(t) {
		for _, f := range examine.Check(p) {
			t.Errorf("%s: %+v", p.Ref().ID, f)
		}
	}
}
