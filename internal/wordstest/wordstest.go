// Package wordstest keeps the JSON of package words, which the program embeds,
// equal to the YAML that people read and edit. YAML itself takes longer to parse
// than a command may take to start.
//
// A package that reads such a file calls it in one of its tests; with -update
// that test writes the JSON.
package wordstest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/goccy/go-yaml"
)

var update = flag.Bool("update", false, "write the embedded JSON from the YAML of words")

// where is words as a package two folders below the root sees it.
const where = "../../words/"

// Read reads the YAML of a name, without ending.
func Read[T any](t *testing.T, name string) (out T) {
	t.Helper()
	data, err := os.ReadFile(where + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(data, &out, yaml.Strict(), yaml.UseJSONUnmarshaler()); err != nil {
		t.Fatal(err)
	}
	return out
}

// Check compares the JSON of a name with its YAML, read as T, and returns that.
func Check[T any](t *testing.T, name string) T {
	t.Helper()
	out := Read[T](t, name)
	want, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	Same(t, name, append(want, '\n'))
	return out
}

// Same compares the JSON of a name with what it must be.
func Same(t *testing.T, name string, want []byte) {
	t.Helper()
	file := where + name + ".json"
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%s.json is stale (%v): go test -run %s -update", name, err, t.Name())
	}
}
