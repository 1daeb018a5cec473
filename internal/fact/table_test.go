package fact_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/goccy/go-yaml"

	"hutong/internal/dataspace"
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

// A number is never below the one that it holds at least, and unknown where it is
// not known itself.
func TestInt(t *testing.T) {
	table := fact.Standard()
	of := func(pairs map[string]int64) (v dataspace.Values) {
		for name, n := range pairs {
			v.Set(name, dataspace.IntOf(n))
		}
		return v
	}
	for _, tt := range []struct {
		name  string
		known map[string]int64
		want  int64
		ok    bool
	}{
		{"nothing", nil, 0, false},
		{"only-the-lower", map[string]int64{"counts.under_14": 3}, 0, false},
		{"alone", map[string]int64{"counts.sensitive": 2}, 2, true},
		{"below", map[string]int64{"counts.sensitive": 2, "counts.under_14": 3}, 3, true},
		{"above", map[string]int64{"counts.sensitive": 5, "counts.under_14": 3}, 5, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if n, ok := table.Int(of(tt.known), "counts.sensitive"); n != tt.want || ok != tt.ok {
				t.Errorf("%d %v", n, ok)
			}
		})
	}
}
