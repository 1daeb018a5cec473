package fact_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/goccy/go-yaml"

	"hutong/internal/fact"
)

var update = flag.Bool("update", false, "write what is made from the table")

// made compares a file with what the table makes it, or writes it.
func made(t *testing.T, path string, want []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the table makes it; run: go test ./internal/fact -update, twice after a change of words/facts.yaml", path)
	}
}

// TestTableAsJSON: words/facts.json is words/facts.yaml, one fact a line.
func TestTableAsJSON(t *testing.T) {
	data, err := os.ReadFile("../../words/facts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Facts []fact.Definition `yaml:"facts"`
	}
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if len(file.Facts) < 61 {
		t.Fatalf("%d facts, want at least 61", len(file.Facts))
	}
	out := []byte("{\"facts\": [\n")
	for i, d := range file.Facts {
		line, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			out = append(out, ",\n"...)
		}
		out = append(out, line...)
	}
	made(t, "../../words/facts.json", append(out, "\n]}\n"...))
}
