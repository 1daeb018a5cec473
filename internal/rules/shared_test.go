package rules_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"hutong/internal/dataspace"
	"hutong/internal/rules"
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

// TestSharedFiles keeps the copies inside the program equal to the originals.
func TestSharedFiles(t *testing.T) {
	for original, copied := range map[string]string{
		"law/facts.schema.json":    "schema/facts.schema.json",
		"law/decision.schema.json": "schema/decision.schema.json",
		"law/cn-workdays.yaml":     "../../packs/calendars/cn-workdays.yaml",
	} {
		want := shared(t, original)
		got, err := os.ReadFile(copied)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from %s", copied, original)
		}
	}
}

// TestSharedElements checks every element the packs name against the taxonomy.
func TestSharedElements(t *testing.T) {
	var file struct {
		Elements []struct {
			ID dataspace.ElementID `yaml:"id"`
		} `yaml:"elements"`
	}
	if err := yaml.Unmarshal(shared(t, "taxonomy/elements.yaml"), &file); err != nil {
		t.Fatal(err)
	}
	var known []dataspace.ElementID
	for _, e := range file.Elements {
		known = append(known, e.ID)
	}
	if len(known) < 100 {
		t.Fatalf("%d elements", len(known))
	}
	for _, p := range loadAll(t) {
		for _, f := range p.Check(rules.KnownElements(known)) {
			t.Errorf("%s: %+v", p.Ref().ID, f)
		}
	}
}
