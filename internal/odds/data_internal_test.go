package odds

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/goccy/go-yaml"

	"hutong/internal/element"
)

var update = flag.Bool("update", false, "write odds.json from odds.yaml")

// TestCompactNumbers keeps the embedded JSON equal to the YAML that people
// read.
func TestCompactNumbers(t *testing.T) {
	data, err := os.ReadFile("../../words/odds.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var n Numbers
	if err := yaml.UnmarshalWithOptions(data, &n, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	const file = "../../words/odds.json"
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
		t.Fatal("odds.json is stale: go test ./internal/odds -run TestCompactNumbers -update")
	}
}

// TestNumbersOfElements: each number is of an element that exists, and can be
// used.
func TestNumbersOfElements(t *testing.T) {
	n, known := Builtin(), element.Builtin()
	seen := map[string]bool{}
	for _, d := range n.Detectors {
		if _, ok := known.CheckOf(d.ID); !ok || seen[string(d.ID)] {
			t.Errorf("%s has numbers, but no check, or twice", d.ID)
		}
		seen[string(d.ID)] = true
		if d.Miss <= 0 || d.Miss >= d.Hit || d.Hit >= 1 || d.Ceil < 0 || d.Floor < 0 {
			t.Errorf("%+v cannot be", d)
		}
	}
	for id := range n.Priors {
		if _, ok := known.Lookup(id); !ok {
			t.Errorf("%s has a prior, but is no element", id)
		}
	}
	if n.SchemaVersion != 1 || n.Enough < 1 || len(n.Detectors) < 55 || n.CommonPrior >= 0 {
		t.Errorf("%+v", n)
	}
}
