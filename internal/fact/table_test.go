package fact_test

import (
	"bytes"
	"encoding/json"
	"errors"
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
		Facts    []fact.Definition `yaml:"facts"`
		Classes  []dataspace.CountClass
		Incident []fact.Definition `yaml:"incident"`
	}
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if len(file.Facts) < 61 {
		t.Fatalf("%d facts, want at least 61", len(file.Facts))
	}
	if len(file.Incident) < 11 {
		t.Fatalf("%d facts of an incident, want at least 11", len(file.Incident))
	}
	out := append([]byte("{\"facts\": [\n"), lines(t, file.Facts)...)
	out = append(append(out, "\n], \"classes\": [\n"...), lines(t, file.Classes)...)
	out = append(append(out, "\n], \"incident\": [\n"...), lines(t, file.Incident)...)
	made(t, "../../words/facts.json", append(out, "\n]}\n"...))
}

// lines are the members of a list as JSON, one a line.
func lines[T any](t *testing.T, list []T) (out []byte) {
	t.Helper()
	for i, d := range list {
		line, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			out = append(out, ",\n"...)
		}
		out = append(out, line...)
	}
	return out
}

// TestFields: what is said of an incident is checked by the table, and a number
// of people says that personal data is concerned.
func TestFields(t *testing.T) {
	of := func(name string, v dataspace.Value) dataspace.Values {
		return dataspace.ValuesOf(map[string]dataspace.Value{name: v})
	}
	for name, v := range map[string]dataspace.Values{
		"colour": of("colour", dataspace.TextOf("red")), "people": of("people", dataspace.IntOf(-1)),
		"grade": of("grade", dataspace.TextOf("huge")), "personal": of("personal", dataspace.IntOf(1)),
	} {
		var p *dataspace.Problem
		if err := fact.CheckIncident(v); !errors.As(err, &p) || p.Place != name || !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, tt := range []struct {
		v    dataspace.Values
		want bool
	}{{of("people", dataspace.IntOf(5)), true}, {of("people", dataspace.IntOf(0)), false}, {of("personal", dataspace.BoolOf(false)), false}} {
		if err := fact.CheckIncident(tt.v); err != nil {
			t.Error(err)
		}
		fact.Conclude(&tt.v)
		if got, _ := tt.v.Bool("personal"); got != tt.want {
			t.Errorf("personal is %v", got)
		}
	}
	denied := dataspace.ValuesOf(map[string]dataspace.Value{"people": dataspace.IntOf(5), "personal": dataspace.BoolOf(false)})
	if fact.Conclude(&denied); denied.Of("personal").Bool() {
		t.Error("what was said is overridden")
	}
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
